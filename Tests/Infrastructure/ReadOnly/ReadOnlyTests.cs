using System.Net.Http.Headers;
using MdcTts.Features.Settings;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.ReadOnly;

public sealed class ReadOnlyBySettingTests(App app) : IClassFixture<App>, IAsyncLifetime
{
    public Task InitializeAsync() => Set("true");

    public Task DisposeAsync() => Set("false");

    [Fact]
    public async Task Writes_are_refused_as_page_notice_and_problem_and_reading_goes_on()
    {
        var transaction = await app.Given.Transaction("Facade");
        var (editor, form) = (app.SignedInAs(Sara), new { to = "submitted", version = transaction.Version });

        var page = (await editor.Submit($"/transactions/{transaction.Number}/status", form)).Expect(503);
        Assert.True(page.IsWholePage);
        Assert.Contains("read-only", page.TextOf("section.oops"));
        Assert.Equal("300", page.Header("Retry-After"));

        var notice = (await editor.Submit($"/transactions/{transaction.Number}/status", form, htmx: true)).Expect(503);
        Assert.Equal(
            ("#notices", false, "300"),
            (notice.Header("HX-Retarget"), notice.IsWholePage, notice.Header("Retry-After"))
        );

        editor.Headers.Add("Origin", app.Address.GetLeftPart(UriPartial.Authority));
        var typed = await editor.Submit($"/transactions/{transaction.Number}/comments", new { text = "Not lost" });
        Assert.Equal("Not lost", typed.Expect(503).TextOf("textarea[readonly]"));
        Assert.Equal("Not lost", typed.Attribute("#stale [name=text]", "value"));
        Assert.Equal("work", (await editor.Page("/transactions")).Attribute("html[data-locked]", "data-lock"));

        var problem = await app.Api(Sara)
            .Post($"/transactions/{transaction.Number}/status", new { status = "submitted" });
        Assert.Equal((503, "read-only", "300"), (problem.Status, problem.Problem, problem.Header("Retry-After")));
        Assert.Equal("draft", (await app.Given.Reload(transaction.Number)).Status);

        (await app.Api(Sara).Get($"/transactions/{transaction.Number}")).Expect(200);
        (await editor.Page("/transactions/export?format=csv")).Expect(200);
    }

    [Theory]
    [Trait("runs", "once")]
    [MemberData(nameof(Web.KindsOfForms.All), MemberType = typeof(Web.KindsOfForms))]
    public async Task Every_kind_of_form_is_kept_for_later(string url, string fields)
    {
        var (to, form) = Web.KindsOfForms.Of(url, fields, "TRX-2026-00001");
        var admin = app.SignedInAs(Nasser);
        admin.Headers.Add("Origin", app.Address.GetLeftPart(UriPartial.Authority));

        var answer = await admin.Submit(to, form);

        // The settings alone may be changed: they end it.
        if (url != "/settings")
            Web.KindsOfForms.AssertKept(answer.Expect(503), to, form);
    }

    [Theory]
    [InlineData("en", "Read-only for maintenance")]
    [InlineData("ar", "للقراءة فقط")]
    public async Task Every_page_says_so(string language, string words)
    {
        foreach (
            var page in new[]
            {
                await app.Anonymous.In(language).Page("/signin"),
                await app.Anonymous.In(language).Page("/track"),
                await app.SignedInAs(Nasser).In(language).Page("/transactions"),
            }
        )
            Assert.Contains(
                page.Expect(200).Select("main > .say.warn[role=status]"),
                text => text.Contains(words, StringComparison.Ordinal)
            );
        await app.Db(db => db.Users.ExecuteUpdateAsync(set => set.SetProperty(u => u.Language, (string?)null)));
    }

    [Fact]
    public async Task People_still_sign_in_and_out_and_an_admin_switches_it_off()
    {
        var admin = app.Anonymous;
        (await admin.Submit("/signin", new { email = Nasser.Email, password = Password })).Expect(303);
        (await admin.Submit("/theme", new { theme = "dark" })).Expect(303);
        (await app.SignedInAs(Sara).Submit("/signout")).Expect(303);
        (await app.AnonymousApi.Post("/auth/login", new { email = Sara.Email, password = Password })).Expect(200);

        var settings = (await admin.Page("/settings")).Expect(200);
        Assert.True(settings.Has("input[name=readOnly][checked]"));
        var fields = settings
            .Document.QuerySelectorAll("form[action='/settings'] [name]")
            .OfType<AngleSharp.Html.Dom.IHtmlInputElement>()
            .Where(i => i.Name is not "readOnly" && (i.Type != "checkbox" || i.IsChecked))
            .Select(i => (i.Name!, (string?)i.Value))
            .ToList();
        (await admin.Submit("/settings", fields)).Expect(303);

        Assert.False((await admin.Page("/transactions")).Has("main > .say.warn[role=status]"));
        (await admin.Submit("/clients", new { })).Expect(422);
    }

    private async Task Set(string value) =>
        await app.Db(async db =>
        {
            await db.Settings.Where(s => s.Key == "read_only" || s.Key == Setting.Version).ExecuteDeleteAsync();
            db.Settings.AddRange(
                new() { Key = "read_only", Value = value },
                new() { Key = Setting.Version, Value = Guid.NewGuid().ToString("N") }
            );
            return await db.SaveChangesAsync();
        });
}

public sealed class ReadOnlyApp : App
{
    protected override IEnumerable<(string, string)> Settings => [("READ_ONLY", "true")];
}

/// <summary>READ_ONLY=true: a second process beside the one that made the database.</summary>
public sealed class ReadOnlyByEnvironmentTests(App writer) : IClassFixture<App>
{
    [Fact]
    public async Task Nothing_is_written_and_who_is_signed_in_reads_on()
    {
        await using var reader = new ReadOnlyApp { ReplicaOf = writer };
        await reader.InitializeAsync();
        var transaction = await writer.Given.Transaction("Facade");
        var (cookie, value) = Visitor.SessionOf(writer, Sara.Id);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = reader.Address,
        };
        http.DefaultRequestHeaders.Add("Cookie", $"{cookie}={value}");
        var before = await Rows();
        // Past the idle limit: the last use is not known any more.
        reader.Clock.Advance(TimeSpan.FromHours(2));

        var page = await http.GetAsync($"/transactions/{transaction.Number}");
        Assert.Equal(200, (int)page.StatusCode);
        Assert.Contains("or sign in for now", await page.Content.ReadAsStringAsync());
        Assert.Equal(
            503,
            (int)
                (
                    await http.PostAsync(
                        $"/transactions/{transaction.Number}/status",
                        new FormUrlEncodedContent([new("to", "submitted")])
                    )
                ).StatusCode
        );
        Assert.Equal(
            503,
            (int)(await http.PostAsync("/signin", new FormUrlEncodedContent([new("email", Sara.Email)]))).StatusCode
        );
        // A safe method that writes: the database refuses it.
        Assert.Equal(503, (int)(await http.GetAsync("/transactions/export?format=csv")).StatusCode);
        // Forbidden, which would be written down.
        Assert.Equal(403, (int)(await http.GetAsync("/settings")).StatusCode);

        using var api = new HttpClient { BaseAddress = reader.Address };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", writer.NewToken(Sara));
        Assert.Equal(200, (int)(await api.GetAsync("/api/v1/transactions")).StatusCode);
        var refused = await api.PostAsync(
            "/api/v1/transactions",
            new StringContent("{}", MediaTypeHeaderValue.Parse("application/json"))
        );
        Assert.Equal((503, "300"), ((int)refused.StatusCode, refused.Headers.GetValues("Retry-After").Single()));
        Assert.Contains("urn:mdc:problem:read-only", await refused.Content.ReadAsStringAsync());

        Assert.Equal(before, await Rows());
        Assert.Empty(reader.Errors);
        Assert.Equal(200, (int)(await http.GetAsync("/health/ready")).StatusCode);
    }

    private Task<(int, int, DateTime, string)> Rows() =>
        writer.Db(async db =>
            (
                await db.Audit.CountAsync(),
                await db.Sessions.CountAsync(),
                await db.Sessions.MaxAsync(s => s.LastSeenAt),
                string.Join(',', await db.Transactions.Select(t => t.Status).ToListAsync())
            )
        );
}
