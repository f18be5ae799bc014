using System.Net;
using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>Behind a proxy, so that a test can come from any network.</summary>
public sealed class ProxiedApp : App
{
    protected override IEnumerable<(string, string)> Settings => [("TRUSTED_PROXIES", "127.0.0.1")];
}

public sealed class AttemptsTests(ProxiedApp app) : IClassFixture<ProxiedApp>
{
    private static int _network;

    [Fact]
    public async Task After_five_failures_the_next_try_waits_longer_and_longer()
    {
        var person = await app.Given.User();
        var from = Network();
        for (var i = 0; i < 5; i++)
            await Wrong(person, from);

        await Refused(person, from);
        app.Clock.Advance(TimeSpan.FromSeconds(29));
        await Refused(person, from);
        app.Clock.Advance(TimeSpan.FromSeconds(2));
        await Wrong(person, from);
        app.Clock.Advance(TimeSpan.FromSeconds(31));
        await Refused(person, from);
        app.Clock.Advance(TimeSpan.FromSeconds(30));
        await Accepted(person, from);

        await Wrong(person, from);
        await Accepted(person, from);
        Assert.Equal(3, await Audited(person, "account.sign_in_delayed"));
        Assert.Equal(7, await Audited(person, "account.sign_in_failed"));
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 30)]
    [InlineData(6, 60)]
    [InlineData(9, 480)]
    [InlineData(10, 900)]
    [InlineData(int.MaxValue, 900)]
    public void The_delay_doubles_up_to_a_quarter_of_an_hour(int failures, int seconds) =>
        Assert.Equal(seconds, Attempts.DelayAfter(failures).TotalSeconds);

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.250", true)]
    [InlineData("203.0.113.9", "203.0.114.9", false)]
    [InlineData("::ffff:203.0.113.9", "203.0.113.1", true)]
    [InlineData("2001:db8:1:2:3::1", "2001:db8:1:2:ffff::1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    public void A_network_is_what_one_person_can_change_within(string one, string other, bool same) =>
        Assert.Equal(same, Networks.Of(IPAddress.Parse(one)) == Networks.Of(IPAddress.Parse(other)));

    [Fact]
    public async Task An_attacker_elsewhere_does_not_make_the_owner_wait()
    {
        var person = await app.Given.User();
        var (home, attacker) = (Network(), Network());
        for (var i = 0; i < 8; i++)
            await Wrong(person, attacker);

        await Refused(person, attacker);
        await Accepted(person, home);
    }

    [Fact]
    public async Task An_account_attacked_from_everywhere_stays_open_to_networks_that_its_owner_came_from()
    {
        var person = await app.Given.User();
        var home = Network();
        await Accepted(person, home);
        for (var i = 0; i < Attempts.AccountFailuresMax; i++)
            await Fail(person.Email, person.Id, Network());

        await Refused(person, Network());
        await Accepted(person, home);
        app.Clock.Advance(Attempts.LongestDelay);
        await Accepted(person, Network());
    }

    [Fact]
    public async Task An_account_attacked_from_everywhere_stays_open_to_networks_of_its_owners_scripts()
    {
        var person = await app.Given.User();
        var (home, office) = (Network(), Network());
        (await Login(null, person, Password, home)).Expect(200);
        var pair = (await Login(null, person, Password, home)).Expect(200);
        using (var moved = app.AnonymousApi)
        {
            moved.Headers.Add("X-Forwarded-For", office);
            (await moved.Post("/auth/refresh", new { refreshToken = pair["refreshToken"] })).Expect(200);
        }

        for (var i = 0; i < Attempts.AccountFailuresMax; i++)
            await Fail(person.Email, person.Id, Network());

        (await Login(null, person, Password, Network())).Expect(401);
        (await Login(null, person, Password, home)).Expect(200);
        (await Login(null, person, Password, office)).Expect(200);
        await Accepted(person, office);
        // What remembers a network is no session of a browser, and one row each.
        var remembered = await app.Db(db =>
            db.Sessions.Where(s => s.UserId == person.Id && s.Device == Sessions.Script && s.EndedAt != null)
                .Select(s => s.Address!)
                .ToListAsync()
        );
        Assert.Equal(new[] { home, office }.Order(), remembered.Order());
    }

    [Fact]
    public async Task A_network_that_tries_account_after_account_has_no_free_failures_left()
    {
        var (one, other, from) = (await app.Given.User(), await app.Given.User(), Network());
        for (var i = 0; i < Attempts.NetworkFailuresMax; i++)
            await Fail($"somebody{i}@mdc.example", i + 1_000_000, from);

        // The first attempt of an account is not refused: whoever knows the password gets in.
        await Accepted(one, from);
        await Wrong(other, from);
        await Refused(other, from);
        await Accepted(other, Network());
        app.Clock.Advance(Attempts.FirstDelay);
        await Accepted(other, from);
    }

    [Fact]
    public async Task Failures_of_addresses_that_nobody_has_keep_nobody_of_that_network_out()
    {
        var (owner, colleague, from) = (await app.Given.User(), await app.Given.User(), Network());
        var signedIn = Visitor(from);
        (await signedIn.Submit("/signin", new { email = owner.Email, password = Password })).Expect(303);
        await app.Db(db => db.Sessions.ExecuteUpdateAsync(s => s.SetProperty(x => x.ConfirmedAt, Start.UtcDateTime)));
        for (var i = 0; i < 105; i++)
            await Post($"nobody{i}@mdc.example", "wrong-wrong-wrong", from);

        await Accepted(owner, from);
        await Accepted(colleague, from);
        var api = app.AnonymousApi;
        api.Headers.Add("X-Forwarded-For", from);
        (await api.Post("/auth/login", new { email = owner.Email, password = Password })).Expect(200);
        (await signedIn.Submit("/signin/confirm", new { proofPassword = Password })).Expect(303);
    }

    [Fact]
    public async Task A_stranger_in_the_same_office_makes_neither_session_nor_known_browser_wait()
    {
        var (person, from) = (await app.Given.User(), Network());
        var browser = Visitor(from);
        (await browser.Submit("/signin", new { email = person.Email, password = Password })).Expect(303);
        for (var i = 0; i < 12; i++)
        {
            await Wrong(person, from);
            app.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Refused(person, from);
        (await browser.Submit("/signin/confirm", new { proofPassword = Password })).Expect(303);
        (await browser.Submit("/signout", new { })).Expect(303);
        (await browser.Submit("/signin", new { email = person.Email, password = Password })).Expect(303);
    }

    [Fact]
    public async Task A_known_browser_guesses_no_faster_than_a_network()
    {
        var (person, from) = (await app.Given.User(), Network());
        var browser = Visitor(from);
        (await browser.Submit("/signin", new { email = person.Email, password = Password })).Expect(303);
        for (var i = 0; i < 5; i++)
            (await browser.Submit("/signin/confirm", new { proofPassword = "wrong-wrong" })).Expect(422);
        (await browser.Submit("/signin/confirm", new { proofPassword = Password })).Expect(422);
        (await browser.Submit("/signout", new { })).Expect(303);
        for (var i = 0; i < 5; i++)
            (await browser.Submit("/signin", new { email = person.Email, password = "wrong-wrong" })).Expect(422);

        (await browser.Submit("/signin", new { email = person.Email, password = Password })).Expect(422);
    }

    [Fact]
    public async Task A_burst_from_everywhere_gets_no_further_than_one_after_the_other()
    {
        await using var replica = await app.Replica(new ProxiedApp());
        var person = await app.Given.User();

        await Task.WhenAll(
            Enumerable
                .Range(0, 160)
                .Select(i => Login(i % 2 == 0 ? replica : null, person, "wrong-wrong", $"2001:db8:{i:x}:1::1"))
        );

        Assert.Equal(Attempts.AccountFailuresMax, await Audited(person, "account.sign_in_failed"));
        Assert.Equal(160 - Attempts.AccountFailuresMax, await Audited(person, "account.sign_in_delayed"));
    }

    [Fact]
    public async Task What_was_right_is_given_back_to_network_and_account()
    {
        var (person, from) = (await app.Given.User(), "2001:db8:aaaa:1::1");
        await app.Db(db => db.SignInFailures.ExecuteDeleteAsync());

        for (var i = 0; i < 3; i++)
            (await Login(null, person, Password, from)).Expect(200);

        Assert.Equal(0, await app.Db(db => db.SignInFailures.SumAsync(f => f.Count)));
    }

    [Fact]
    public async Task Of_many_at_once_no_more_are_tried_than_one_after_the_other_and_on_two_replicas_all_count()
    {
        await using var replica = await app.Replica(new ProxiedApp());
        var (person, from) = (await app.Given.User(), Network());

        await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Post(person.Email, "wrong-wrong", from, i % 2 == 0 ? replica : app))
        );

        Assert.Equal(5, await Audited(person, "account.sign_in_failed"));
        Assert.Equal(15, await Audited(person, "account.sign_in_delayed"));
        await Refused(person, from);
    }

    [Fact]
    public async Task Every_refusal_is_the_same_page()
    {
        var delayed = await app.Given.User();
        var suspended = await app.Given.User(status: UserStatus.Suspended);
        var pending = await app.Given.User(status: UserStatus.Pending);
        var from = Network();
        for (var i = 0; i < 5; i++)
            await Wrong(delayed, from);

        var texts = new List<string>();
        foreach (
            var (email, password) in new[]
            {
                (delayed.Email, Password),
                (delayed.Email, "wrong"),
                ("nobody@mdc.example", Password),
                (Sara.Email, "wrong"),
                (suspended.Email, Password),
                (pending.Email, "wrong"),
            }
        )
        {
            var answer = (await Post(email, password, from)).Expect(422);
            foreach (var token in answer.Document.QuerySelectorAll("[name=__RequestVerificationToken]"))
                token.RemoveAttribute("value");
            texts.Add(answer.One("main").InnerHtml.Replace(email, "", StringComparison.Ordinal));
        }

        Assert.Single(texts.Distinct());
        Assert.Contains("wait", texts[0]);
    }

    [Fact]
    public async Task The_api_counts_the_same_way()
    {
        var person = await app.Given.User();
        var api = app.AnonymousApi;
        api.Headers.Add("X-Forwarded-For", Network());
        for (var i = 0; i < 5; i++)
            (await api.Post("/auth/login", new { email = person.Email, password = "wrong" })).Expect(401);

        Assert.Equal(
            "signin-wrong",
            (await api.Post("/auth/login", new { email = person.Email, password = Password })).Expect(401).Problem
        );
        app.Clock.Advance(TimeSpan.FromSeconds(31));
        (await api.Post("/auth/login", new { email = person.Email, password = Password })).Expect(200);
    }

    [Fact]
    public async Task The_old_lock_is_there_for_those_who_ask_for_it()
    {
        var person = await app.Given.User();
        var home = Network();
        await Accepted(person, home);
        await app.Given.Settings(("lock_after_failures", "3"));
        for (var i = 0; i < 3; i++)
            await Wrong(person, Network());

        await Refused(person, home);
        app.Clock.Advance(Attempts.LockTime);
        await Accepted(person, home);
        await app.Given.Settings(("lock_after_failures", "0"));
    }

    [Fact]
    public async Task A_password_that_is_too_old_is_changed_before_anything_else()
    {
        var person = await app.Given.User();
        await app.Given.Settings(("password_max_days", "90"));
        app.Clock.Advance(TimeSpan.FromDays(91));
        await app.Db(db =>
            db.Users.Where(u => u.Id != person.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordChangedAt, app.Now))
        );
        var visitor = Visitor(Network());
        Assert.Equal(
            "/",
            (await visitor.Submit("/signin", new { email = person.Email, password = Password })).Expect(303).Location
        );

        Assert.Equal("/account/password", (await visitor.Page("/transactions")).Expect(303).Location);
        Assert.Contains("expired", (await visitor.Page("/account/password")).Expect(200).TextOf(".say.warn"));
        (await app.AnonymousApi.Post("/auth/login", new { email = person.Email, password = Password })).Expect(403);
        (
            await visitor.Submit(
                "/account/password",
                new
                {
                    current = Password,
                    password = "another-horse-battery",
                    repeat = "another-horse-battery",
                }
            )
        ).Expect(303);

        (await visitor.Page("/transactions")).Expect(200);
        await app.Given.Settings(("password_max_days", "0"));
    }

    private static string Network()
    {
        var n = Interlocked.Increment(ref _network);
        return $"198.{18 + n / 250}.{n % 250}.7";
    }

    private Visitor Visitor(string from, App? on = null)
    {
        var visitor = (on ?? app).Anonymous;
        visitor.Headers.Add("X-Forwarded-For", from);
        return visitor;
    }

    // An attempt that nobody ends is a failure.
    private Task Fail(string email, int? userId, string from) =>
        app.With<Attempts>(attempts =>
            attempts.Begin(
                email.ToUpperInvariant(),
                userId,
                new(IPAddress.Parse(from), Agent: null, RequestId: null),
                CancellationToken.None
            )
        );

    private async Task<ApiAnswer> Login(App? on, Person person, string password, string from)
    {
        using var api = (on ?? app).AnonymousApi;
        api.Headers.Add("X-Forwarded-For", from);
        return await api.Post("/auth/login", new { email = person.Email, password });
    }

    private Task<Answer> Post(string email, string password, string from, App? on = null) =>
        Visitor(from, on).Submit("/signin", new { email, password });

    private async Task Wrong(Person person, string from) =>
        (await Post(person.Email, "wrong-wrong-wrong", from)).Expect(422);

    private async Task Refused(Person person, string from) => (await Post(person.Email, Password, from)).Expect(422);

    private async Task Accepted(Person person, string from) => (await Post(person.Email, Password, from)).Expect(303);

    private Task<int> Audited(Person person, string action) =>
        app.Db(db => db.Audit.CountAsync(a => a.Action == action && a.ActorId == person.Id));
}
