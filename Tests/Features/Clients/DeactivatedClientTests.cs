using MdcTts.Features.Accounts.Passkeys;
using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Clients;

/// <summary>The people of a client that was deactivated.</summary>
public sealed class DeactivatedClientTests(PasskeyApp app) : IClassFixture<PasskeyApp>
{
    [Theory]
    [InlineData("page")]
    [InlineData("delete")]
    [InlineData("put")]
    public async Task They_are_signed_out_and_cannot_sign_in_until_it_is_activated_again(string way)
    {
        var client = await app.Given.Client($"Gone {Guid.NewGuid():N}");
        var person = await app.Given.User(role: Role.Client, client: client);
        var colleague = await app.Given.User();
        var (me, other) = (app.SignedInAs(person), app.SignedInAs(colleague));
        using var key = new SoftKey(PasskeyApp.Url);
        var options = (await me.Submit("/account/security/passkeys/options")).Expect(200).Text;
        var credential = key.Make(options, verified: true);
        (await me.Submit("/account/security/passkeys", new { name = "Key", credential })).Expect(200);
        var token = app.Api(person);
        (await token.Get("/transactions")).Expect(200);

        await Switch(client.Id, way, isActive: false);

        (await me.Page("/transactions")).Expect(302);
        (await token.Get("/transactions")).Expect(401);
        Assert.Equal(
            (await app.Anonymous.Submit("/signin", new { email = person.Email, password = "wrong" })).TextOf(
                "[role=alert]"
            ),
            (await app.Anonymous.Submit("/signin", new { email = person.Email, password = Password }))
                .Expect(422)
                .TextOf("[role=alert]")
        );
        (await app.AnonymousApi.Post("/auth/login", new { email = person.Email, password = Password })).Expect(401);
        (await WithKey(key)).Expect(422);
        (await app.Anonymous.Submit("/forgot", new { email = person.Email })).Expect(303);
        Assert.False(
            await app.Db(db => db.Outbox.AnyAsync(m => m.Event == "account.reset" && m.RecipientId == person.Id))
        );
        (await other.Page("/transactions")).Expect(200);

        await Switch(client.Id, way == "put" ? "put" : "page", isActive: true);

        (await me.Page("/transactions")).Expect(302);
        (await token.Get("/transactions")).Expect(401);
        (await WithKey(key)).Expect(303);
    }

    [Fact]
    public async Task Deactivating_says_how_many_people_and_open_transactions_it_concerns()
    {
        var client = await app.Given.Client($"Counted {Guid.NewGuid():N}");
        await app.Given.User(role: Role.Client, client: client);
        await app.Given.User(role: Role.Client, client: client);
        await app.Given.User(role: Role.Client, client: client, status: Accounts.UserStatus.Suspended);
        await app.Given.Transaction("Open", status: "submitted", client: client);
        await app.Given.Transaction("Over", status: "completed", client: client);
        var admin = app.SignedInAs(Nasser);

        var page = (await admin.Page($"/clients/{client.Id}")).Expect(200);
        const string form = "form[action$='/activity']";
        Assert.Equal(
            ["2 people can sign in for it.", "It has 1 open transaction."],
            page.Document.QuerySelectorAll(form + " li").Select(li => li.TextContent)
        );
        Assert.False((await app.SignedInAs(Sara).Page($"/clients/{client.Id}")).Has(form));
        Assert.Contains(
            "شخصان",
            (await app.SignedInAs(Nasser).In("ar").Page($"/clients/{client.Id}")).Expect(200).TextOf(form)
        );
        (await admin.Submit(page, form, new { active = "false" })).Expect(303);

        var entry = await app.Db(db =>
            db.Audit.SingleAsync(a => a.Action == "client.deactivated" && a.EntityKey == client.Id.ToString())
        );
        Assert.Equal("""{"people":2,"openTransactions":1}""", entry.Data);
        page = (await admin.Page($"/clients/{client.Id}")).Expect(200);
        Assert.False(page.Has(form + " li"));
        Assert.Equal("true", page.Attribute(form + " button", "value"));
    }

    private async Task Switch(int id, string way, bool isActive)
    {
        if (way == "page")
        {
            var active = isActive ? "true" : "false";
            (await app.SignedInAs(Nasser).Submit($"/clients/{id}/activity", new { active })).Expect(303);
            return;
        }

        var api = app.Api(Nasser);
        if (way == "delete")
        {
            (await api.Delete($"/clients/{id}")).Expect(204);
            return;
        }

        var found = (await api.Get($"/clients/{id}")).Expect(200);
        (
            await api.Send(
                HttpMethod.Put,
                $"/clients/{id}",
                System.Net.Http.Json.JsonContent.Create(new { nameEn = found["nameEn"], isActive }),
                ("If-Match", found.Header("ETag")!)
            )
        ).Expect(200);
    }

    private async Task<Answer> WithKey(SoftKey key)
    {
        var visitor = app.Anonymous;
        var options = (await visitor.Submit("/signin/passkey/options")).Expect(200).Text;
        return await visitor.Submit("/signin/passkey", new { credential = key.Show(options, verified: true) });
    }
}
