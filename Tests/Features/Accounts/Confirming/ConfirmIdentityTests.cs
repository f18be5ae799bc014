using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Confirming;

public sealed class ConfirmIdentityTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task A_form_for_something_dangerous_is_shown_after_a_proof()
    {
        var visitor = await Late(await app.Given.User());

        var asked = (await visitor.Page("/account/security/authenticator")).Expect(303);
        Assert.Equal("/signin/confirm?returnUrl=%2Faccount%2Fsecurity%2Fauthenticator", asked.Location);
        var page = (await visitor.Follow(asked)).Expect(200);
        Assert.Contains(
            "wait",
            (await visitor.Submit(page, "form.stack", new { proofPassword = "wrong" }))
                .Expect(422)
                .TextOf("[role=alert]")
        );
        Assert.Equal(
            "/account/security/authenticator",
            (await visitor.Submit(page, "form.stack", new { proofPassword = Password })).Expect(303).Location
        );

        (await visitor.Page("/account/security/authenticator")).Expect(200);
    }

    [Fact]
    public async Task What_was_typed_too_slowly_is_carried_through_the_proof()
    {
        var person = await app.Given.User();
        var visitor = await Late(person);
        var form = new
        {
            name = "My <script>",
            scope = new[] { "read", "write" },
            days = "30",
        };

        var asked = (await visitor.Submit("/account/tokens", form)).Expect(403);
        Assert.Equal("/account/tokens", asked.Attribute("form.stack", "action"));
        var wrong = (await visitor.Submit(asked, "form.stack", new { proofPassword = "wrong" })).Expect(422);
        Assert.DoesNotContain("wrong\"", wrong.Text);
        (await visitor.Submit(wrong, "form.stack", new { proofPassword = Password })).Expect(200);

        var token = await app.Db(db =>
            db.AccessTokens.SingleAsync(t => t.UserId == person.Id && t.Kind == TokenKind.Personal)
        );
        Assert.Equal(("My <script>", "read write"), (token.Name, token.Scopes));
        (await visitor.Submit("/account/tokens", form)).Expect(200);
        Assert.Equal(
            ["account.confirm_failed", "account.confirmed"],
            await app.Db(db =>
                db.Audit.Where(a => a.ActorId == person.Id && a.Action.StartsWith("account.confirm"))
                    .OrderBy(a => a.Id)
                    .Select(a => a.Action)
                    .ToListAsync()
            )
        );
    }

    [Fact]
    public async Task Passwords_in_the_form_are_typed_again_and_never_written_into_the_page()
    {
        var visitor = await Late(await app.Given.User());

        var asked = (
            await visitor.Submit("/account/tokens", new { name = "x", password = "a-typed-secret-word" })
        ).Expect(403);

        Assert.DoesNotContain("a-typed-secret-word", asked.Text);
        Assert.True(asked.Has("input[type=password][name=password][required]"));
    }

    [Fact]
    public async Task Nothing_is_asked_within_ten_minutes_and_tokens_are_never_asked()
    {
        var person = await app.Given.User(role: Infrastructure.Security.Role.Admin);
        var deleted = await app.Given.Transaction(deleted: true);
        var visitor = app.SignedInAs(person);
        app.Clock.Advance(TimeSpan.FromMinutes(9));
        (
            await visitor.Submit(
                "/account/tokens",
                new
                {
                    name = "x",
                    scope = "read",
                    days = "30",
                }
            )
        ).Expect(200);
        app.Clock.Advance(TimeSpan.FromMinutes(2));
        (await visitor.Submit($"/transactions/{deleted.Number}/restore")).Expect(403);
        Assert.NotNull((await app.Given.Reload(deleted.Number)).DeletedAt);

        (await app.Api(person).Post($"/transactions/{deleted.Number}/restore", new { })).Expect(200);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    public async Task It_never_leads_to_another_site(string returnUrl)
    {
        var visitor = await Late(await app.Given.User());
        Assert.Equal(
            "/",
            (await visitor.Submit("/signin/confirm", new { returnUrl, proofPassword = Password })).Expect(303).Location
        );
        (await app.Anonymous.Page("/signin/confirm")).Expect(302);
    }

    [Theory]
    [InlineData("\0", null, null)]
    [InlineData(null, "-1", null)]
    [InlineData(null, null, "{}")]
    [InlineData(null, null, "[[[")]
    [InlineData("", "", "")]
    public async Task A_bad_proof_is_refused(string? proofPassword, string? proofCode, string? proofCredential)
    {
        var visitor = await Late(await app.Given.User());
        Assert.InRange(
            (
                await visitor.Submit(
                    "/signin/confirm",
                    new
                    {
                        proofPassword,
                        proofCode,
                        proofCredential,
                    }
                )
            ).Status,
            400,
            422
        );
        Assert.InRange(
            (await visitor.Submit("/signin/confirm", new { proofPassword = new string('x', 1_000_000) })).Status,
            400,
            422
        );
    }

    private Task<Visitor> Late(Person person)
    {
        var visitor = app.SignedInAs(person);
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        return Task.FromResult(visitor);
    }
}
