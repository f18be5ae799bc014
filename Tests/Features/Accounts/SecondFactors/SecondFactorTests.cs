using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.SecondFactors;

public sealed class SecondFactorTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task An_authenticator_is_set_up_with_a_code_and_gives_ten_recovery_codes()
    {
        var person = await app.Given.User();
        var (_, _, codes) = await SetUp(person);

        Assert.Equal(10, codes.Distinct().Count());
        Assert.All(codes, c => Assert.Matches("^[A-Z2-7]{4}(-[A-Z2-7]{4}){5}$", c));
        var user = await app.Db(db => db.Users.SingleAsync(u => u.Id == person.Id));
        Assert.NotNull(user.TotpSecret);
        Assert.True(
            await app.Db(db =>
                db.Outbox.AnyAsync(m =>
                    m.RecipientId == person.Id && m.Event == "account.second_factor_changed" && m.Args == "[\"on\"]"
                )
            )
        );
        Assert.True(
            await app.Db(db =>
                db.Audit.AnyAsync(a => a.Action == "account.second_factor_changed" && a.ActorId == person.Id)
            )
        );
    }

    [Fact]
    public async Task A_wrong_code_turns_nothing_on_and_keeps_the_secret_of_the_page()
    {
        var person = await app.Given.User();
        var visitor = app.SignedInAs(person);
        var page = (await visitor.Page("/account/security/authenticator")).Expect(200);

        foreach (var code in new[] { "000000", "", "-1", "\0", "12345", new string('1', 500_000), "١٢٣٤٥٦" })
        {
            var answer = await visitor.Submit(page, "form.sec", new { code });
            Assert.InRange(answer.Status, 400, 422);
            if (answer.Status == 422)
                Assert.Equal(page.TextOf("#secret"), answer.TextOf("#secret"));
        }

        // The page of somebody else, or a forged one: it starts with a new secret.
        Assert.Equal(
            "/account/security/authenticator",
            (
                await app.SignedInAs(Sara)
                    .Submit(
                        "/account/security/authenticator",
                        new
                        {
                            secret = page.Attribute("form.sec input[name=secret]", "value"),
                            code = Code(Secret(page)),
                        }
                    )
            )
                .Expect(303)
                .Location
        );
        (await visitor.Submit("/account/security/authenticator", new { secret = "forged", code = "123456" })).Expect(
            303
        );
        Assert.Null(await app.Db(db => db.Users.Where(u => u.Id == person.Id).Select(u => u.TotpSecret).SingleAsync()));
    }

    [Fact]
    public async Task After_the_password_comes_the_code_and_none_works_twice()
    {
        var person = await app.Given.User();
        var (_, secret, _) = await SetUp(person);
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        var visitor = await HalfWay(person);
        (await visitor.Page("/account")).Expect(302);
        (await visitor.Submit("/signin/code", new { code = "000000" })).Expect(422);

        Assert.Equal(
            "/account",
            (await visitor.Submit("/signin/code", new { code = Code(secret) })).Expect(303).Location
        );
        (await visitor.Page("/account")).Expect(200);

        var replayed = await HalfWay(person);
        (await replayed.Submit("/signin/code", new { code = Code(secret) })).Expect(422);
        app.Clock.Advance(TimeSpan.FromSeconds(30));
        var arabic = string.Concat(Code(secret).Select(c => (char)(c - '0' + '٠'))).Insert(3, " ");
        (await replayed.Submit("/signin/code", new { code = arabic })).Expect(303);
    }

    [Fact]
    public async Task Of_one_code_used_many_times_at_once_one_gets_in()
    {
        var person = await app.Given.User();
        var (_, secret, codes) = await SetUp(person);
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        foreach (var code in new[] { Code(secret), codes[3] })
        {
            var visitors = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => HalfWay(person)));
            var answers = await Task.WhenAll(visitors.Select(v => v.Submit("/signin/code", new { code })));
            Assert.Equal([303, 422, 422, 422], answers.Select(a => a.Status).Order());
            app.Clock.Advance(TimeSpan.FromHours(2));
        }
    }

    [Fact]
    public async Task Wrong_codes_make_wait_and_the_right_password_does_not_wipe_them_out()
    {
        var person = await app.Given.User();
        var (_, secret, _) = await SetUp(person);
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 5; i++)
            (await (await HalfWay(person)).Submit("/signin/code", new { code = "000000" })).Expect(422);

        (await app.Anonymous.Submit("/signin", new { email = person.Email, password = Password })).Expect(422);
        app.Clock.Advance(TimeSpan.FromSeconds(31));
        (await (await HalfWay(person)).Submit("/signin/code", new { code = Code(secret) })).Expect(303);
    }

    [Fact]
    public async Task A_recovery_code_works_once_and_all_can_be_made_anew()
    {
        var person = await app.Given.User();
        var (mine, _, codes) = await SetUp(person);
        (
            await (await HalfWay(person)).Submit(
                "/signin/code",
                new { code = codes[0].ToLowerInvariant().Replace("-", " ") }
            )
        ).Expect(303);
        (await (await HalfWay(person)).Submit("/signin/code", new { code = codes[0] })).Expect(422);
        Assert.Contains("9 codes", (await mine.Page("/account/security")).Expect(200).Text);

        var fresh = (await mine.Submit("/account/security/codes")).Expect(200).Select(".codes code");

        Assert.Empty(fresh.Intersect(codes));
        (await (await HalfWay(person)).Submit("/signin/code", new { code = codes[1] })).Expect(422);
        (await (await HalfWay(person)).Submit("/signin/code", new { code = fresh[1] })).Expect(303);
    }

    [Fact]
    public async Task The_half_way_ends_after_five_minutes_and_with_a_new_password()
    {
        var person = await app.Given.User();
        var (_, secret, _) = await SetUp(person);
        app.Clock.Advance(TimeSpan.FromSeconds(60));
        var slow = await HalfWay(person);
        app.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("/signin", (await slow.Submit("/signin/code", new { code = Code(secret) })).Expect(303).Location);
        Assert.Equal("/signin", (await app.Anonymous.Page("/signin/code")).Expect(303).Location);

        var reset = await HalfWay(person);
        await app.Db(db =>
            db.Users.Where(u => u.Id == person.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.SecurityStamp, "other"))
        );
        Assert.Equal("/signin", (await reset.Submit("/signin/code", new { code = Code(secret) })).Expect(303).Location);
    }

    [Fact]
    public async Task The_api_asks_for_the_code_after_the_right_password_only()
    {
        var person = await app.Given.User();
        var (_, secret, codes) = await SetUp(person);
        app.Clock.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(
            "signin-wrong",
            (await LogIn(new { email = person.Email, password = "wrong" })).Expect(401).Problem
        );
        Assert.Equal(
            "second-factor-required",
            (await LogIn(new { email = person.Email, password = Password })).Expect(401).Problem
        );
        Assert.Equal("signin-code-wrong", (
                await LogIn(
                    new
                    {
                        email = person.Email,
                        password = Password,
                        code = "000000",
                    }
                )
            ).Expect(401).Problem);
        (
            await LogIn(
                new
                {
                    email = person.Email,
                    password = Password,
                    code = Code(secret),
                }
            )
        ).Expect(200);
        (
            await LogIn(
                new
                {
                    email = person.Email,
                    password = Password,
                    code = Code(secret),
                }
            )
        ).Expect(401);
        (
            await LogIn(
                new
                {
                    email = person.Email,
                    password = Password,
                    code = codes[2],
                }
            )
        ).Expect(200);
    }

    [Fact]
    public async Task Removing_it_is_asked_about_first()
    {
        var person = await app.Given.User();
        var (mine, _, _) = await SetUp(person);
        var page = (await mine.Page("/account/security/authenticator/removal")).Expect(200);

        (await mine.Submit(page, "form.sec")).Expect(303);

        Assert.Equal(0, await app.Db(db => db.RecoveryCodes.CountAsync(c => c.UserId == person.Id)));
        (
            await app.Anonymous.Submit(
                "/signin",
                new
                {
                    email = person.Email,
                    password = Password,
                    returnUrl = "/account",
                }
            )
        ).Expect(303);
        Assert.Equal(
            "/account/security",
            (await mine.Page("/account/security/authenticator/removal")).Expect(303).Location
        );
    }

    [Fact]
    public async Task Who_lacks_a_needed_second_factor_opens_nothing_else_until_it_is_set_up()
    {
        var person = await app.Given.User(role: Infrastructure.Security.Role.Client);
        var (visitor, api) = (app.SignedInAs(person), app.Api(person));
        await app.Given.Settings(("second_factor_clients", "true"));
        try
        {
            foreach (var url in new[] { "/", "/transactions", "/account", "/account/tokens" })
                Assert.Equal("/account/security", (await visitor.Page(url)).Expect(303).Location);
            (await visitor.Submit("/account/tokens", new { name = "x" })).Expect(303);
            Assert.Equal("second-factor-setup-required", (await api.Get("/transactions")).Expect(403).Problem);
            var security = (await visitor.Page("/account/security")).Expect(200);
            Assert.Contains("requires two-factor authentication", security.Text);
            (await app.SignedInAs(Sara).Page("/account")).Expect(200);

            await SetUp(person, visitor);

            (await visitor.Page("/account")).Expect(200);
            (await api.Get("/transactions")).Expect(200);
        }
        finally
        {
            await app.Given.Settings(("second_factor_clients", "false"));
        }
    }

    private string Code(byte[] secret) => Authenticator.Code(secret, app.Now);

    private static byte[] Secret(Answer page)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(
            page.TextOf("#secret")
                .Where(char.IsLetterOrDigit)
                .Select(c => Convert.ToString(alphabet.IndexOf(c), 2).PadLeft(5, '0'))
        );
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }

    private async Task<(Visitor Visitor, byte[] Secret, IReadOnlyList<string> Codes)> SetUp(
        Person person,
        Visitor? visitor = null
    )
    {
        visitor ??= app.SignedInAs(person);
        var page = (await visitor.Page("/account/security/authenticator")).Expect(200);
        Assert.True(page.Has(".code-picture svg"));
        var secret = Secret(page);
        var done = (await visitor.Submit(page, "form.sec", new { code = Code(secret) })).Expect(200);
        return (visitor, secret, done.Select(".codes code"));
    }

    private async Task<Visitor> HalfWay(Person person)
    {
        var visitor = app.Anonymous;
        Assert.Equal("/signin/code", (
                await visitor.Submit(
                    "/signin",
                    new
                    {
                        email = person.Email,
                        password = Password,
                        returnUrl = "/account",
                    }
                )
            ).Expect(303).Location);
        return visitor;
    }

    private Task<ApiAnswer> LogIn(object body) => app.AnonymousApi.Post("/auth/login", body);
}
