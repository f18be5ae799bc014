using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.SessionList;

public sealed class SessionsTests(App app) : IClassFixture<App>
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";

    [Fact]
    public async Task The_list_shows_live_sessions_and_api_sign_ins_and_says_which_is_this_one()
    {
        var person = await app.Given.User();
        var (here, there) = (
            await SignIn(person, Firefox),
            await SignIn(
                person,
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
            )
        );
        await LogIn(person);
        (await there.Page("/account/sessions")).Expect(200);

        var page = (await here.Page("/account/sessions")).Expect(200);

        var names = page.Select("tbody th")
            .Select(t => string.Join(' ', t.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            .ToList();
        Assert.Equal("Firefox, Linux this session", names[0]);
        Assert.Equal(
            ["API sign-in", "Edge, Windows", "Firefox, Linux this session"],
            names.Order(StringComparer.Ordinal)
        );
        Assert.Contains("127.0.0.1", page.Select("tbody tr")[0]);
        Assert.Contains("هذه", (await here.In("ar").Page("/account/sessions")).Expect(200).Select("tbody th")[0]);
    }

    [Fact]
    public async Task Uses_of_sessions_and_tokens_are_written_together_and_not_by_the_requests()
    {
        var person = await app.Given.User();
        var (browser, script) = (await SignIn(person, Firefox), app.Api(person));
        app.Clock.Advance(TimeSpan.FromMinutes(7));

        var page = (await browser.Page("/transactions")).Expect(200);
        var body = (await script.Get("/transactions")).Expect(200);
        Assert.DoesNotContain(
            page.Statements.Concat(body.Statements),
            s => s.StartsWith("UPDATE", StringComparison.Ordinal)
        );

        await app.Db(async db =>
        {
            await app.Services.GetRequiredService<LastUses>().Write(db, default);
            return true;
        });
        var now = app.Clock.GetUtcNow().UtcDateTime;
        Assert.Equal(
            now,
            await app.Db(db => db.Sessions.Where(s => s.UserId == person.Id).MaxAsync(s => s.LastSeenAt))
        );
        Assert.Equal(
            now,
            await app.Db(db => db.AccessTokens.Where(t => t.UserId == person.Id).MaxAsync(t => t.LastUsedAt))
        );
    }

    [Fact]
    public async Task Uses_of_different_minutes_that_are_written_together_keep_their_times()
    {
        var person = await app.Given.User();
        var (early, late) = (Guid.NewGuid(), Guid.NewGuid());
        var now = app.Now;
        await app.Db(db =>
        {
            foreach (var id in new[] { early, late })
                db.Sessions.Add(
                    new()
                    {
                        Id = id,
                        UserId = person.Id,
                        CreatedAt = now,
                        LastSeenAt = now,
                    }
                );
            return db.SaveChangesAsync();
        });
        var uses = new LastUses();
        uses.Note(early, now.AddMinutes(1));
        uses.Note(late, now.AddMinutes(21));

        await app.With<AppDb>(db => uses.Write(db, CancellationToken.None));

        var seen = await app.Db(db =>
            db.Sessions.Where(s => s.UserId == person.Id).ToDictionaryAsync(s => s.Id, s => s.LastSeenAt)
        );
        Assert.Equal((now.AddMinutes(1), now.AddMinutes(21)), (seen[early], seen[late]));
    }

    [Fact]
    public async Task One_session_is_ended_and_is_refused_with_its_next_request()
    {
        var person = await app.Given.User();
        var (here, there) = (await SignIn(person), await SignIn(person));
        var page = (await here.Page("/account/sessions")).Expect(200);

        (await here.Submit(page, "td form")).Expect(303);

        (await there.Page("/account")).Expect(302);
        (await here.Page("/account")).Expect(200);
        Assert.True(
            await app.Db(db => db.Audit.AnyAsync(a => a.Action == "account.session_ended" && a.ActorId == person.Id))
        );
    }

    [Fact]
    public async Task All_others_are_ended_at_once_and_this_one_goes_on()
    {
        var person = await app.Given.User();
        var (here, there, api, personal) = (
            await SignIn(person),
            await SignIn(person),
            await LogIn(person),
            app.Api(person)
        );

        (await here.Submit("/account/sessions/others/end")).Expect(303);

        (await there.Page("/account")).Expect(302);
        (await api.Get("/me")).Expect(401);
        (await personal.Get("/me")).Expect(200);
        Assert.Single((await here.Page("/account/sessions")).Expect(200).Select("tbody tr"));
    }

    [Fact]
    public async Task Sessions_of_others_are_not_there()
    {
        var (mine, theirs) = (await app.Given.User(), await app.Given.User());
        var (me, them) = (await SignIn(mine), await SignIn(theirs));
        var api = await LogIn(theirs);
        var id = await app.Db(db =>
            db.Sessions.Where(s => s.UserId == theirs.Id && s.EndedAt == null).Select(s => s.Id).SingleAsync()
        );
        var family = await app.Db(db =>
            db.AccessTokens.Where(t => t.UserId == theirs.Id).Select(t => t.Family).FirstAsync()
        );

        (await me.Submit($"/account/sessions/{id}/end")).Expect(404);
        (await me.Submit($"/account/sessions/api/{family}/end")).Expect(404);
        (await me.Submit("/account/sessions/nonsense/end")).Expect(404);
        (await app.Anonymous.Page("/account/sessions")).Expect(302);

        (await them.Page("/account")).Expect(200);
        (await api.Get("/me")).Expect(200);
        (await them.Submit($"/account/sessions/api/{family}/end")).Expect(303);
        (await api.Get("/me")).Expect(401);
    }

    [Fact]
    public async Task Signing_out_ends_the_row_and_a_kept_cookie_opens_nothing()
    {
        var person = await app.Given.User();
        var visitor = await SignIn(person);
        var cookie = visitor.Cookies["mdc.session"];

        (await visitor.Submit("/signout")).Expect(303);

        var thief = app.Anonymous;
        thief.Headers.Add("Cookie", $"mdc.session={cookie}");
        (await thief.Page("/account")).Expect(302);
        Assert.NotNull(
            await app.Db(db => db.Sessions.Where(s => s.UserId == person.Id).Select(s => s.EndedAt).SingleAsync())
        );
        Assert.True(
            await app.Db(db =>
                db.Audit.AnyAsync(a =>
                    a.Action == "account.signed_out" && a.ActorId == person.Id && a.SessionId != null
                )
            )
        );
    }

    [Fact]
    public async Task A_session_ends_after_thirty_idle_minutes_and_after_a_day_in_use()
    {
        var person = await app.Given.User();
        var (idle, used) = (await SignIn(person), await SignIn(person));
        for (var minutes = 0; minutes < 24 * 60 - 29; minutes += 29)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(29));
            (await used.Page("/account/tokens")).Expect(200);
        }

        (await idle.Page("/account")).Expect(302);
        app.Clock.Advance(TimeSpan.FromMinutes(29));
        (await used.Page("/account")).Expect(302);
    }

    [Fact]
    public async Task A_suspension_a_new_role_and_a_new_password_bite_at_once_on_every_replica()
    {
        await using var replica = await app.Replica();
        var other = replica ?? app;
        foreach (
            var change in new Action<User>[]
            {
                u => u.Status = UserStatus.Suspended,
                u =>
                {
                    u.Role = Infrastructure.Security.Role.Client;
                    u.EndSessions();
                },
                u => u.UsePassword("x"),
            }
        )
        {
            var person = await app.Given.User();
            var (visitor, token) = (await SignIn(person), app.NewToken(person));
            var elsewhere = other.Anonymous;
            elsewhere.Headers.Add("Cookie", $"mdc.session={visitor.Cookies["mdc.session"]}");
            var api = other.AnonymousApi;
            api.Headers.Authorization = new("Bearer", token);
            (await elsewhere.Page("/account")).Expect(200);
            (await api.Get("/me")).Expect(200);

            await app.Db(async db =>
            {
                change(await db.Users.SingleAsync(u => u.Id == person.Id));
                return await db.SaveChangesAsync();
            });

            (await elsewhere.Page("/account")).Expect(302);
            (await visitor.Page("/account")).Expect(302);
            (await api.Get("/me")).Expect(401);
        }
    }

    [Fact]
    public async Task A_sign_in_from_a_new_device_is_told_by_mail_once()
    {
        var person = await app.Given.User();
        var visitor = await SignIn(person);
        await SignIn(person, Firefox, visitor);
        Assert.Equal(1, await Told(person));

        await SignIn(person);
        Assert.Equal(2, await Told(person));
    }

    [Fact]
    public async Task Sessions_are_forgotten_after_ninety_days()
    {
        var person = await app.Given.User();
        var visitor = await SignIn(person);
        app.Clock.Advance(TimeSpan.FromDays(89));
        await app.With<PurgeSessions>(job => job.Invoke());
        Assert.Equal(1, await app.Db(db => db.Sessions.CountAsync(s => s.UserId == person.Id)));

        app.Clock.Advance(TimeSpan.FromDays(2));
        await app.With<PurgeSessions>(job => job.Invoke());

        Assert.Equal(0, await app.Db(db => db.Sessions.CountAsync(s => s.UserId == person.Id)));
        (await visitor.Page("/account")).Expect(302);
    }

    [Theory]
    [InlineData(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 "
            + "Mobile/15E148 Safari/604.1",
        "Safari, iPhone"
    )]
    [InlineData(
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
        "Samsung Internet, Android"
    )]
    [InlineData("curl/8.5", "curl")]
    [InlineData("<script>", null)]
    [InlineData(null, null)]
    public void A_device_has_a_short_name(string? agent, string? name) => Assert.Equal(name, DeviceName.Of(agent));

    private Task<int> Told(Person person) =>
        app.Db(db => db.Outbox.CountAsync(m => m.RecipientId == person.Id && m.Event == "account.new_device"));

    private async Task<Visitor> SignIn(Person person, string agent = Firefox, Visitor? visitor = null)
    {
        visitor ??= app.Anonymous;
        if (visitor.Headers.UserAgent.Count == 0)
            visitor.Headers.TryAddWithoutValidation("User-Agent", agent);
        (await visitor.Submit("/signin", new { email = person.Email, password = Password })).Expect(303);
        return visitor;
    }

    private async Task<ApiClient> LogIn(Person person)
    {
        var pair = (
            await app.AnonymousApi.Post("/auth/login", new { email = person.Email, password = Password })
        ).Expect(200);
        var api = app.AnonymousApi;
        api.Headers.Authorization = new("Bearer", pair["accessToken"]);
        return api;
    }
}
