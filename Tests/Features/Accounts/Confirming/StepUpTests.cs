using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Confirming;

/// <summary>What a session that was left open, or was stolen, cannot do without a new proof.</summary>
public sealed class StepUpTests(App app) : IClassFixture<App>
{
    private const string Asked = "/signin/confirm?returnUrl=";

    [Theory]
    [InlineData("/users/export?format=csv")]
    [InlineData("/audit/export?format=csv")]
    [InlineData("/mails/1/eml")]
    [InlineData("/users/new")]
    [InlineData("/account/data")]
    public async Task Nothing_personal_is_read_in_bulk_without_a_new_proof(string url)
    {
        var visitor = Late(Nasser);

        Assert.StartsWith(Asked, (await visitor.Page(url)).Expect(303).Location);
    }

    [Theory]
    [InlineData("/users/")]
    [InlineData("/users/2")]
    [InlineData("/users/2/reset")]
    [InlineData("/users/2/suspension")]
    [InlineData("/users/2/suspension/removal")]
    [InlineData("/users/2/sessions/end")]
    [InlineData("/users/2/invitation")]
    [InlineData("/users/2/approval")]
    [InlineData("/users/2/second-factor/removal")]
    [InlineData("/users/2/erasure")]
    [InlineData("/users/pending/approval")]
    [InlineData("/backups/")]
    [InlineData("/backups/verification")]
    [InlineData("/backups/drill")]
    [InlineData("/jobs/PurgeMailsJob/runs")]
    [InlineData("/settings/")]
    [InlineData("/account/sessions/others/end")]
    [InlineData("/account/sessions/00000000-0000-0000-0000-000000000000/end")]
    [InlineData("/account/sessions/api/ffffffffffffffffffffff/end")]
    public async Task Nothing_dangerous_is_done_without_a_new_proof(string url)
    {
        var visitor = Late(Nasser);

        var asked = (await visitor.Submit(url)).Expect(403);

        Assert.Equal("Confirm it’s you", asked.TextOf("h1"));
        Assert.Equal(url, asked.Attribute("form.stack", "action"));
    }

    [Fact]
    public async Task A_session_left_open_makes_no_admin_and_all_admins_hear_of_a_new_one()
    {
        var email = $"{Guid.NewGuid():N}@mdc.example";
        var other = await app.Given.User("Second Admin", role: Role.Admin);
        var visitor = Late(Nasser);
        var form = new
        {
            fullName = "Evil Twin",
            email,
            role = "admin",
        };

        var asked = (await visitor.Submit("/users/", form)).Expect(403);
        Assert.False(await app.Db(db => db.Users.AnyAsync(u => u.Email == email)));
        (await visitor.Submit(asked, "form.stack", new { proofPassword = Password })).Expect(303);

        var told = await app.Db(db =>
            db.Outbox.Where(m => m.Event == "account.new_admin" && m.Args!.Contains(email))
                .Select(m => m.RecipientId)
                .ToListAsync()
        );
        Assert.Contains(Nasser.Id, told);
        Assert.Contains(other.Id, told);
    }

    [Fact]
    public async Task A_proof_between_loses_neither_the_reason_nor_the_result()
    {
        var person = await app.Given.User("Suspended Late");
        var visitor = Late(Nasser);

        var asked = (await visitor.Submit($"/users/{person.Id}/suspension", new { reason = "Left us" })).Expect(403);
        var done = (await visitor.Submit(asked, "form.stack", new { proofPassword = Password })).Expect(303);

        Assert.Equal($"/users/{person.Id}", done.Location);
        var page = (await visitor.Page(done.Location!)).Expect(200);
        Assert.StartsWith("Suspended Late suspended.", page.TextOf(".toast"), StringComparison.Ordinal);
        Assert.Equal("Suspended", page.TextOf("h1 .tag"));
        Assert.Contains(
            "Left us",
            await app.Db(db =>
                db.Audit.Where(e => e.Action == "user.suspended" && e.EntityKey == person.Id.ToString())
                    .Select(e => e.Personal)
                    .SingleAsync()
            )
        );
    }

    [Fact]
    public async Task All_admins_hear_of_somebody_who_is_promoted()
    {
        var person = await app.Given.User("Promoted Person");
        var admin = app.SignedInAs(Nasser);
        var page = (await admin.Page($"/users/{person.Id}")).Expect(200);

        (await admin.Submit(page, "form[data-guard]", new { role = "admin" })).Expect(303);
        page = (await admin.Page($"/users/{person.Id}")).Expect(200);
        (await admin.Submit(page, "form[data-guard]", new { fullName = "Promoted Once" })).Expect(303);

        Assert.Equal(
            1,
            await app.Db(db =>
                db.Outbox.CountAsync(m =>
                    m.Event == "account.new_admin" && m.RecipientId == Nasser.Id && m.Args!.Contains(person.Email)
                )
            )
        );
    }

    [Fact]
    public async Task Who_has_a_second_factor_confirms_by_it_and_not_by_the_password()
    {
        var person = await app.Given.User();
        var visitor = app.SignedInAs(person);
        var (secret, codes) = await visitor.SetUpAuthenticator(app);
        app.Clock.Advance(TimeSpan.FromMinutes(11));

        var asked = (await visitor.Submit("/account/security/authenticator/removal")).Expect(403);
        Assert.False(asked.Has("input[name=proofPassword]"));
        (await visitor.Submit("/account/security/authenticator/removal", new { proofPassword = Password })).Expect(422);
        (await visitor.Submit("/signin/confirm", new { proofPassword = Password })).Expect(422);
        Assert.NotNull(
            await app.Db(db => db.Users.Where(u => u.Id == person.Id).Select(u => u.TotpSecret).SingleAsync())
        );

        (await visitor.Submit("/signin/confirm", new { proofCode = Authenticator.Code(secret, app.Now) })).Expect(303);
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        (await visitor.Submit("/signin/confirm", new { proofCode = codes[0] })).Expect(303);
        (await visitor.Submit("/account/security/authenticator/removal")).Expect(303);
    }

    [Fact]
    public async Task A_proof_gives_the_session_a_new_id_and_the_old_cookie_is_worth_nothing()
    {
        var person = await app.Given.User();
        var cookie = Visitor.SessionOf(app, person.Id);
        var (visitor, thief) = (app.InSession(cookie), app.InSession(cookie));
        (await thief.Page("/account")).Expect(200);
        app.Clock.Advance(TimeSpan.FromMinutes(11));

        (await visitor.Submit("/signin/confirm", new { proofPassword = Password })).Expect(303);

        (await visitor.Page("/account")).Expect(200);
        (await thief.Page("/account")).Expect(302);
        Assert.Equal(1, await app.Db(db => db.Sessions.CountAsync(s => s.UserId == person.Id && s.EndedAt == null)));
    }

    [Fact]
    public async Task What_is_proved_and_done_in_one_request_keeps_this_session()
    {
        var person = await app.Given.User();
        var (visitor, other) = (app.SignedInAs(person), app.SignedInAs(person));
        app.Clock.Advance(TimeSpan.FromMinutes(11));

        (await visitor.Submit("/account/sessions/others/end", new { proofPassword = Password })).Expect(303);

        (await visitor.Page("/account")).Expect(200);
        (await other.Page("/account")).Expect(302);
    }

    [Fact]
    public void Endpoints_that_ask_for_a_proof_say_so_in_their_metadata()
    {
        var marked = app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<ProofMetadata>() is not null)
            .Select(e => "/" + e.RoutePattern.RawText!.Trim('/'))
            .ToHashSet(StringComparer.Ordinal);

        Assert.Superset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                "/users",
                "/users/{id:int}",
                "/users/{id:int}/approval",
                "/users/{id:int}/invitation",
                "/users/{id:int}/reset",
                "/audit/export",
                "/backups",
                "/jobs/{job}/runs",
                "/mails/{id:long}/eml",
            },
            marked
        );
    }

    private Visitor Late(Person person)
    {
        var visitor = app.SignedInAs(person);
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        return visitor;
    }
}
