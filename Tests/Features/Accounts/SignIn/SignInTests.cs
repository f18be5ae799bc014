using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.SignIn;

public sealed class SignInTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task The_right_password_opens_a_session_and_is_audited()
    {
        var visitor = app.Anonymous;
        var form = (await visitor.Page("/signin?returnUrl=%2Ftransactions%3Fq%3Dx")).Expect(200);

        var answer = (
            await visitor.Submit(
                form,
                "form.stack",
                new { email = "  " + Sara.Email.ToUpperInvariant(), password = Password }
            )
        ).Expect(303);

        Assert.Equal("/transactions?q=x", answer.Location);
        (await visitor.Follow(answer)).Expect(200);
        Assert.Equal(
            app.Now,
            await app.Db(db => db.Users.Where(u => u.Id == Sara.Id).Select(u => u.LastSignInAt).SingleAsync())
        );
        Assert.True(
            await app.Db(db => db.Audit.AnyAsync(a => a.Action == "account.signed_in" && a.ActorId == Sara.Id))
        );
    }

    [Fact]
    public async Task The_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites()
    {
        var answer = await app.Anonymous.Submit("/signin", new { email = Sara.Email, password = Password });

        var cookie = answer.Header("Set-Cookie")!;
        Assert.Contains("mdc.session=", cookie);
        Assert.Contains("httponly", cookie);
        Assert.Contains("samesite=lax", cookie);
    }

    [Fact]
    public async Task Wrong_unknown_and_not_active_are_one_answer()
    {
        var suspended = await app.Given.User("Suspended One", status: UserStatus.Suspended);
        var rejected = await app.Given.User("Rejected One", status: UserStatus.Rejected);
        var texts = new List<string>();

        foreach (
            var (email, password) in new[]
            {
                (Sara.Email, "wrong-wrong-wrong"),
                ("nobody@mdc.example", Password),
                (suspended.Email, Password),
                (rejected.Email, Password),
                ("", ""),
            }
        )
        {
            var visitor = app.Anonymous;
            var answer = (await visitor.Submit("/signin", new { email, password })).Expect(422);

            Assert.Equal(email, answer.Attribute("input[name=email]", "value") ?? "");
            Assert.Null(answer.Attribute("input[name=password]", "value"));
            Assert.DoesNotContain("mdc.session", visitor.Cookies.Keys);
            texts.Add(answer.TextOf("[role=alert]"));
        }

        Assert.Single(texts.Distinct());
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/ok\r\nSet-Cookie: a=b")]
    [InlineData("")]
    public async Task Signing_in_never_leads_to_another_site(string returnUrl)
    {
        var answer = (
            await app.Anonymous.Submit(
                "/signin",
                new
                {
                    email = Sara.Email,
                    password = Password,
                    returnUrl,
                }
            )
        ).Expect(303);

        Assert.Equal("/", answer.Location);
    }

    [Fact]
    public async Task A_post_without_its_token_is_refused()
    {
        var visitor = app.Anonymous;
        await visitor.Page("/signin");

        (
            await visitor.Submit(
                "/signin",
                [("email", Sara.Email), ("password", Password), ("__RequestVerificationToken", "forged")]
            )
        ).Expect(400);
        (await visitor.Send(new(HttpMethod.Post, "/signin"))).Expect(400);

        Assert.DoesNotContain("mdc.session", visitor.Cookies.Keys);
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        var sara = app.SignedInAs(Sara);
        (await sara.Page("/transactions")).Expect(200);

        (await sara.Submit("/signout")).Expect(303);

        (await sara.Page("/transactions")).Expect(302);
    }

    [Fact]
    public async Task A_suspension_bites_on_the_next_request_in_browser_and_api()
    {
        var reem = await app.Given.User("Reem Suspended");
        var (visitor, api) = (app.SignedInAs(reem), app.Api(reem));
        (await visitor.Page("/transactions")).Expect(200);
        (await api.Get("/transactions")).Expect(200);

        await app.Db(db =>
            db.Users.Where(u => u.Id == reem.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.Status, UserStatus.Suspended))
        );

        (await visitor.Page("/transactions")).Expect(302);
        (await api.Get("/transactions")).Expect(401);
    }

    [Fact]
    public async Task A_new_security_stamp_ends_every_session_and_token()
    {
        var reem = await app.Given.User("Reem Restamped");
        var (visitor, api) = (app.SignedInAs(reem), app.Api(reem));
        (await visitor.Page("/transactions")).Expect(200);

        await app.Db(db =>
            db.Users.Where(u => u.Id == reem.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.SecurityStamp, "another"))
        );

        (await visitor.Page("/transactions")).Expect(302);
        (await api.Get("/transactions")).Expect(401);
    }

    [Fact]
    public async Task Somebody_who_waits_for_approval_is_told_so_after_the_right_password_only()
    {
        var pending = await app.Given.User("Pending One", status: UserStatus.Pending);
        var visitor = app.Anonymous;

        var answer = (await visitor.Submit("/signin", new { email = pending.Email, password = Password })).Expect(200);
        Assert.Contains("Waiting for approval", answer.TextOf("h1"));
        Assert.DoesNotContain("mdc.session", visitor.Cookies.Keys);
        (await visitor.Submit("/signin", new { email = pending.Email, password = "wrong-wrong-wrong" })).Expect(422);
        (await app.AnonymousApi.Post("/auth/login", new { email = pending.Email, password = Password })).Expect(401);

        await app.Db(db =>
            db.Users.Where(u => u.Id == pending.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, false))
        );
        Assert.Contains(
            "Open the link",
            (await visitor.Submit("/signin", new { email = pending.Email, password = Password })).Expect(200).Text
        );
    }

    [Fact]
    public async Task A_token_expires_is_revoked_and_stays_within_its_scopes()
    {
        var lina = app.Api(Lina, "read");
        (await lina.Get("/transactions")).Expect(200);
        (
            await lina.Post(
                "/transactions",
                new
                {
                    title = "x",
                    client = "1",
                    type = "payment",
                }
            )
        ).Expect(403);

        await app.Db(db =>
            db.AccessTokens.Where(t => t.UserId == Lina.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, app.Now))
        );
        (await lina.Get("/transactions")).Expect(401);

        var omar = app.Api(Omar);
        app.Clock.Advance(TimeSpan.FromDays(91));
        (await omar.Get("/transactions")).Expect(401);
    }

    [Theory]
    [InlineData("a\0b@mdc.example", "x")]
    [InlineData("\ud800@mdc.example", "x")]
    [InlineData("a@mdc.example", "\0")]
    public async Task Bad_input_is_refused_like_a_wrong_password(string email, string password)
    {
        Assert.InRange((await app.Anonymous.Submit("/signin", new { email, password })).Status, 400, 422);
    }

    [Fact]
    public async Task A_megabyte_of_password_is_answered_and_never_fails()
    {
        Assert.InRange(
            (
                await app.Anonymous.Submit("/signin", new { email = Sara.Email, password = new string('p', 1_000_000) })
            ).Status,
            400,
            499
        );
        Assert.InRange(
            (await app.Anonymous.Submit("/signin", new { email = new string('e', 1_000_000), password = "x" })).Status,
            400,
            499
        );
    }
}
