using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>A password that an admin or a script has chosen for somebody.</summary>
public sealed class GivenPasswordTests(App app) : IClassFixture<App>
{
    private const string Given = "given-by-a-script-4";

    [Fact]
    public async Task It_is_replaced_before_anything_else()
    {
        var email = $"{Guid.NewGuid():N}@mdc.example";
        (
            await app.Api(Nasser)
                .Post(
                    "/users",
                    new
                    {
                        fullName = "By Script",
                        email,
                        role = "editor",
                        password = Given,
                    }
                )
        ).Expect(201);
        var visitor = app.Anonymous;
        Assert.Equal(
            "signin-password-old",
            (await app.AnonymousApi.Post("/auth/login", new { email, password = Given })).Expect(403).Problem
        );

        (await visitor.Submit("/signin", new { email, password = Given })).Expect(303);
        Assert.Equal("/account/password", (await visitor.Page("/transactions")).Expect(303).Location);
        var page = (await visitor.Page("/account/password")).Expect(200);
        Assert.Contains("Somebody else chose", page.TextOf(".say.warn"));
        Assert.Contains(
            "اختار شخص آخر",
            (await visitor.In("ar").Page("/account/password")).Expect(200).TextOf(".say.warn")
        );

        Assert.Contains(
            "current password",
            (await Change(visitor.In("en"), Given, Given)).Expect(422).TextOf("#f-password-e")
        );
        Assert.Equal("/account/password", (await visitor.Page("/transactions")).Expect(303).Location);
        (await Change(visitor, Given, "only-mine-battery-9")).Expect(303);

        (await visitor.Page("/transactions")).Expect(200);
        (await app.AnonymousApi.Post("/auth/login", new { email, password = "only-mine-battery-9" })).Expect(200);
    }

    [Fact]
    public async Task A_reset_link_replaces_it_as_well()
    {
        var person = await app.Given.User();
        await app.Db(db =>
            db.Users.Where(u => u.Id == person.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.HasGivenPassword, true))
        );
        var link = "/reset/" + await Asked(person);
        const string password = "only-mine-battery-9";

        (await app.Anonymous.Submit(link, new { password, repeat = password })).Expect(303);

        (await app.AnonymousApi.Post("/auth/login", new { email = person.Email, password })).Expect(200);
    }

    private async Task<string> Asked(Person person)
    {
        (await app.Anonymous.Submit("/forgot", new { email = person.Email })).Expect(303);
        return await app.TokenFor(person.Email, "account.reset");
    }

    private static Task<Answer> Change(Visitor visitor, string current, string password) =>
        visitor.Submit(
            "/account/password",
            new
            {
                current,
                password,
                repeat = password,
            }
        );
}
