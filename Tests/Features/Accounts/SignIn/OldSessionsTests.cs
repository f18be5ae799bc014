using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>What ends when somebody signs in or out, or when what they prove themselves with changes.</summary>
public sealed class OldSessionsTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task Signing_in_again_ends_the_session_of_this_browser_also_as_somebody_else()
    {
        var (first, second) = (await app.Given.User(), await app.Given.User());
        var cookie = Visitor.SessionOf(app, first.Id);
        var (browser, copy) = (app.InSession(cookie), app.InSession(cookie));

        (await browser.Submit("/signin", new { email = second.Email, password = Password })).Expect(303);

        (await browser.Page("/account")).Expect(200);
        (await copy.Page("/account")).Expect(302);
    }

    [Fact]
    public async Task Signing_out_tells_the_browser_to_forget_what_it_kept()
    {
        var visitor = app.SignedInAs(await app.Given.User());

        var answer = (await visitor.Submit("/signout")).Expect(303);

        Assert.Equal("\"cache\", \"storage\"", answer.Header("Clear-Site-Data"));
    }

    [Fact]
    public async Task A_wrong_present_password_counts_like_one_at_sign_in()
    {
        var person = await app.Given.User();
        var visitor = app.SignedInAs(person);
        object Form(string current) =>
            new
            {
                current,
                password = "quite-another-phrase-7",
                repeat = "quite-another-phrase-7",
            };
        for (var i = 0; i < Attempts.FreeFailures; i++)
            (await visitor.Submit("/account/password", Form("guess number " + i))).Expect(422);

        (await visitor.Submit("/account/password", Form(Password))).Expect(422);
        app.Clock.Advance(Attempts.FirstDelay + TimeSpan.FromSeconds(1));
        (await visitor.Submit("/account/password", Form(Password))).Expect(303);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("role")]
    [InlineData("suspension")]
    [InlineData("authenticator")]
    [InlineData("sessions")]
    public async Task A_reset_link_ends_with_what_it_was_made_for(string change)
    {
        var person = await app.Given.User();
        (await app.Anonymous.Submit("/forgot", new { email = person.Email })).Expect(303);
        var link = "/reset/" + await app.TokenFor(person.Email, "account.reset");
        (await app.Anonymous.Page(link)).Expect(200);
        var (me, admin) = (app.SignedInAs(person), app.SignedInAs(Nasser));

        switch (change)
        {
            case "password":
                (
                    await me.Submit(
                        "/account/password",
                        new
                        {
                            current = Password,
                            password = "quite-another-phrase-7",
                            repeat = "quite-another-phrase-7",
                        }
                    )
                ).Expect(303);
                break;
            case "authenticator":
                await me.SetUpAuthenticator(app);
                break;
            case "sessions":
                (await admin.Submit($"/users/{person.Id}/sessions/end")).Expect(303);
                break;
            default:
                var page = (await admin.Page($"/users/{person.Id}")).Expect(200);
                object fill = change == "role" ? new { role = "admin" } : new { status = "suspended" };
                (await admin.Submit(page, "form[data-guard]", fill)).Expect(303);
                break;
        }

        (await app.Anonymous.Page(link)).Expect(404);
        (
            await app.Anonymous.Submit(link, new { password = "Attacker-pass-5512", repeat = "Attacker-pass-5512" })
        ).Expect(404);
    }

    [Fact]
    public async Task After_a_change_of_the_second_factor_one_can_end_the_other_sessions()
    {
        var person = await app.Given.User();
        var (me, other) = (app.SignedInAs(person), app.SignedInAs(person));
        await me.SetUpAuthenticator(app);
        var page = (await me.Page("/account/security")).Expect(200);

        (await me.Submit(page, "form[action='/account/sessions/others/end']")).Expect(303);

        (await me.Page("/account")).Expect(200);
        (await other.Page("/account")).Expect(302);
    }

    [Fact]
    public async Task Nobody_is_activated_whose_address_is_not_confirmed()
    {
        var person = await app.Given.User(
            role: Infrastructure.Security.Role.Client,
            client: Municipality,
            status: UserStatus.Pending
        );
        await app.Db(db =>
            db.Users.Where(u => u.Id == person.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, false))
        );
        await Refused(person);
        await app.Db(db =>
            db.Users.Where(u => u.Id == person.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.Status, UserStatus.Rejected))
        );
        await Refused(person);
    }

    private async Task Refused(Person person)
    {
        var admin = app.SignedInAs(Nasser);
        var page = (await admin.Page($"/users/{person.Id}")).Expect(200);
        Assert.Contains(
            "has not confirmed",
            (await admin.Submit(page, "form[data-guard]", new { status = "active" })).Expect(422).Text
        );
        var api = app.Api(Nasser);
        var found = (await api.Get($"/users/{person.Id}")).Expect(200);
        var answer = await api.Send(
            HttpMethod.Put,
            $"/users/{person.Id}",
            System.Net.Http.Json.JsonContent.Create(
                new
                {
                    fullName = person.Name,
                    role = "client",
                    clientId = "1",
                    status = "active",
                }
            ),
            ("If-Match", found.Header("ETag")!)
        );
        answer.Expect(422);
        Assert.NotEqual(
            UserStatus.Active,
            await app.Db(db => db.Users.Where(u => u.Id == person.Id).Select(u => u.Status).SingleAsync())
        );
    }
}
