using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace MdcTts.Features.Accounts.SetUp;

public sealed class SetUpAdminTests
{
    private static readonly object Right = new
    {
        fullName = "Aisha Alfarsi",
        email = "aisha@mdc.example",
        password = "correct-horse-staple",
        repeat = "correct-horse-staple",
    };

    [Fact]
    public async Task The_printed_link_makes_the_first_admin_once_and_signs_them_in()
    {
        await using var started = await Started();
        var (app, link, key) = started;
        (await app.Anonymous.Page("/setup?key=wrong")).Expect(404);
        (await app.Anonymous.Page("/setup")).Expect(404);
        var visitor = app.Anonymous;
        var page = (await visitor.Page(link)).Expect(200);

        var bad = (
            await visitor.Submit(
                "/setup",
                new
                {
                    key,
                    fullName = "",
                    email = "a@b\r\nBcc: c@d.sa",
                    password = "short",
                    repeat = "other",
                }
            )
        ).Expect(422);
        Assert.Equal(4, bad.Document.QuerySelectorAll("[aria-invalid=true]").Length);
        Assert.DoesNotContain("short", bad.Text, StringComparison.Ordinal);

        var made = (await visitor.Submit(page, "form.stack", Right)).Expect(303);
        (await visitor.Follow(made)).Expect(200);
        (await visitor.Page("/users")).Expect(200);
        (await app.Anonymous.Page(link)).Expect(404);
        (
            await app.Anonymous.Submit(
                "/setup",
                new
                {
                    key,
                    fullName = "Mallory",
                    email = "m@mdc.example",
                    password = "correct-horse-staple",
                    repeat = "correct-horse-staple",
                }
            )
        ).Expect(404);
    }

    [Fact]
    public async Task Two_at_once_make_one_admin()
    {
        await using var started = await Started();
        var (app, link, key) = started;
        var visitors = Enumerable.Range(0, 4).Select(_ => app.Anonymous).ToList();
        foreach (var visitor in visitors)
            (await visitor.Page(link)).Expect(200);
        var answers = await Task.WhenAll(
            visitors.Select(
                (v, i) =>
                    v.Submit(
                        "/setup",
                        new
                        {
                            key,
                            fullName = "A",
                            email = $"a{i}@mdc.example",
                            password = "correct-horse-staple",
                            repeat = "correct-horse-staple",
                        }
                    )
            )
        );

        Assert.Single(answers, a => a.Status == 303);
        Assert.All(answers, a => Assert.True(a.Status is 303 or 404, a.ToString()));
        Assert.Equal(1, await app.Db(db => db.Users.CountAsync(u => u.Role == Role.Admin)));
    }

    private static async Task<EmptyApp> Started()
    {
        var app = new EmptyApp();
        await app.InitializeAsync();
        await app.Db(db =>
            db.Users.Where(u => u.Role == Role.Admin)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.Role, Role.Editor))
        );
        app.Link = await app.With<FirstAdmin, string>(async first => (await first.Prepare(CancellationToken.None))!);
        return app;
    }

    /// <summary>Started without an admin.</summary>
    private sealed class EmptyApp : App
    {
        public string Link { get; set; } = "";

        public void Deconstruct(out App app, out string link, out string key)
        {
            app = this;
            link = Link;
            key = Link.Split('=')[1];
        }
    }
}
