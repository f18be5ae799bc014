using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Clients.Contacts;

public sealed class ContactsTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task An_admin_keeps_contacts_which_staff_read_and_search_finds()
    {
        var firm = await app.Given.Client("Contacted Holding");
        var admin = app.SignedInAs(Nasser);
        var form = (await admin.Page($"/clients/{firm.Id}/contacts/new")).Expect(200);
        var refused = (
            await admin.Submit(
                form,
                "form[data-guard]",
                new
                {
                    name = " ",
                    phone = "12",
                    email = "nobody",
                }
            )
        ).Expect(422);
        Assert.Equal(
            ["name", "phone", "email"],
            refused.Document.QuerySelectorAll("[aria-invalid=true]").Select(e => e.GetAttribute("name"))
        );

        var typed = new
        {
            name = "Maha Zahrani",
            nameAr = "مها الزهراني",
            title = "Project manager",
            phone = "٠٥٥ ١٢٣ ٤٥٦٧",
            email = "maha@contacted.example",
            isMain = "true",
        };
        (await admin.Submit(form, "form[data-guard]", typed)).Expect(303);
        form = (await admin.Page($"/clients/{firm.Id}/contacts/new")).Expect(200);
        (await admin.Submit(form, "form[data-guard]", new { name = "Ali Second", isMain = "true" })).Expect(303);

        var page = (await app.SignedInAs(Sara).Page($"/clients/{firm.Id}")).Expect(200);
        Assert.StartsWith("Ali Second Main contact", page.Select("#contacts tbody th")[0], StringComparison.Ordinal);
        Assert.Contains("+966551234567", page.TextOf("#contacts"), StringComparison.Ordinal);
        Assert.False(page.Has("#contacts a[href*='/contacts']"));
        foreach (var q in new[] { "مها الزهرانى", "contacted.example", "551234567", "project manager maha" })
            Assert.Contains(
                "Contacted Holding",
                (await app.SignedInAs(Sara).Fragment("/clients?q=" + Uri.EscapeDataString(q)))
                    .Expect(200)
                    .TextOf("tbody")
            );

        var mine = (await admin.Page($"/clients/{firm.Id}")).Expect(200);
        var edit = (await admin.Page(mine.Document.QuerySelectorAll("#contacts th a")[1].GetAttribute("href")!)).Expect(
            200
        );
        (await admin.Submit(edit, "form[data-guard]", new { title = "Director" })).Expect(303);
        (await admin.Submit(edit, "form[data-guard]", new { title = "Too late" })).Expect(409);
        var history = (await admin.Page($"/clients/{firm.Id}")).Expect(200);
        Assert.Equal(["Project manager"], history.Select("#client-history del"));
        Assert.Equal(["Director"], history.Select("#client-history ins"));
        Assert.False(page.Has("#client-history"));
        (await admin.Submit(edit, "form[data-ask]")).Expect(303);
        Assert.Equal(1, await app.Db(db => db.ClientContacts.CountAsync(c => c.ClientId == firm.Id)));
    }

    [Fact]
    public async Task Scripts_keep_contacts_too()
    {
        var firm = await app.Given.Client("Scripted Holding");
        var (api, path) = (app.Api(Nasser), $"/clients/{firm.Id}/contacts");

        var made = (await api.Post(path, new { name = "Made By Script", isMain = true })).Expect(201);
        Assert.Equal($"/api/v1{path}/{made["id"]}", made.Header("Location"));
        (await api.Post(path, new { name = "" })).Expect(422);
        (await api.Post(path, new { name = "x", role = "y" })).Expect(400);
        (await api.Post("/clients/999999/contacts", new { name = "x" })).Expect(404);
        var body = System.Net.Http.Json.JsonContent.Create(new { name = "Changed", phone = "0551234567" });
        (await api.Send(HttpMethod.Put, $"{path}/{made["id"]}", body)).Expect(428);
        body = System.Net.Http.Json.JsonContent.Create(new { name = "Changed", phone = "0551234567" });
        var changed = await api.Send(HttpMethod.Put, $"{path}/{made["id"]}", body, ("If-Match", made.Header("ETag")!));
        Assert.Equal(("+966551234567", "false"), (changed.Expect(200)["phone"], changed["isMain"]));
        Assert.Equal("Changed", (await app.Api(Sara).Get(path)).Expect(200).Items[0].GetProperty("name").GetString());
        (await app.Api(Sara).Post(path, new { name = "x" })).Expect(403);
        (await app.Api(Huda).Get(path)).Expect(403);
        (await api.Delete($"/clients/{Hospital.Id}/contacts/{made["id"]}")).Expect(404);
        (await api.Delete($"{path}/{made["id"]}")).Expect(204);
        Assert.Empty((await api.Get(path)).Expect(200).Items);

        await app.Db(async db =>
        {
            for (var i = 0; i < ClientContact.Max; i++)
                db.ClientContacts.Add(new() { ClientId = firm.Id, Name = $"Contact {i}" });
            return await db.SaveChangesAsync();
        });
        (await api.Post(path, new { name = "One too many" })).Expect(409);
    }

    [Fact]
    public async Task Who_is_erased_is_no_contact_any_more()
    {
        var email = $"{Guid.NewGuid():N}@erased.example";
        var person = await app.Given.User("Also A Contact", email, role: Role.Client, client: Hospital);
        var kept = (
            await app.Api(Nasser)
                .Post(
                    $"/clients/{Hospital.Id}/contacts",
                    new { name = "Also A Contact", email = email.ToUpperInvariant() }
                )
        ).Expect(201);
        Assert.Contains(
            "Also A Contact",
            (await app.SignedInAs(person).Page("/account/data")).Expect(200).Text,
            StringComparison.Ordinal
        );

        (await app.SignedInAs(Nasser).Submit($"/users/{person.Id}/erasure", new { confirmation = email })).Expect(303);

        Assert.False(await app.Db(db => db.ClientContacts.AnyAsync(c => c.Id == int.Parse(kept["id"]!))));
    }
}
