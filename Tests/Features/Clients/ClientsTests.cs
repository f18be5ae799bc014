using System.Net;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Clients;

public sealed class ClientsTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task An_admin_adds_edits_and_deactivates_a_client()
    {
        var admin = app.SignedInAs(Nasser);
        var form = (await admin.Page("/clients/new")).Expect(200);
        var added = (
            await admin.Submit(
                form,
                "form.stack",
                new
                {
                    nameAr = "بلدية العليا",
                    crNumber = "١٠١٠٩٩٩٨٨٨",
                    phone = "0112345678",
                    email = "info@olaya.example",
                }
            )
        ).Expect(303);
        var page = (await admin.Follow(added)).Expect(200);
        Assert.Equal("بلدية العليا", page.TextOf("h1"));
        Assert.Contains("1010999888", page.Text, StringComparison.Ordinal);

        var edit = (await admin.Page(added.Location + "/edit")).Expect(200);
        (await admin.Submit(edit, "form.stack", new { nameEn = "Olaya Municipality" })).Expect(303);
        var late = await admin.Submit(edit, "form.stack", new { nameEn = "Too Late", address = "King Fahd Road" });
        Assert.Equal(["Olaya Municipality", "Too Late"], late.Expect(409).Select("table.merge tbody td"));
        Assert.Equal(["Address"], late.Select("form .muted b"));
        (await admin.Submit(late, "form.stack", new { nameEn = "Olaya Municipality" })).Expect(303);
        var id = int.Parse(added.Location!.Split('/')[^1]);
        Assert.Equal(
            ("Olaya Municipality", "King Fahd Road", "1010999888"),
            await app.Db(async db =>
            {
                var client = await db.Clients.SingleAsync(c => c.Id == id);
                return (client.NameEn, client.Address, client.CrNumber);
            })
        );

        (await admin.Submit(added.Location + "/activity", new { active = "false" })).Expect(303);
        Assert.Equal("Inactive", (await admin.Page(added.Location!)).TextOf(".sub .tag"));
        (await admin.Submit(added.Location + "/activity", new { active = "true" })).Expect(303);
        Assert.Equal(
            ["client.activated", "client.created", "client.deactivated", "client.edited", "client.edited"],
            await app.Db(db =>
                db.Audit.Where(a => a.EntityType == "client" && a.EntityKey == added.Location!.Replace("/clients/", ""))
                    .Select(a => a.Action)
                    .OrderBy(a => a)
                    .ToListAsync()
            )
        );
    }

    [Fact]
    public async Task Wrong_fields_are_refused_and_a_cr_number_is_unique()
    {
        var admin = app.SignedInAs(Nasser);
        var answer = (
            await admin.Submit(
                "/clients",
                new
                {
                    nameEn = " ",
                    crNumber = "123",
                    email = "x",
                    phone = "no",
                    address = new string('x', 501),
                }
            )
        ).Expect(422);
        Assert.Equal(
            ["nameEn", "crNumber", "email", "phone", "address"],
            answer.Document.QuerySelectorAll("[aria-invalid=true]").Select(e => e.GetAttribute("name"))
        );
        (await app.Api(Nasser).PostRaw("/clients", "{\"nameEn\":\"a\\u0000b\"}")).Expect(422);
        Assert.True((await app.Api(Nasser).PostRaw("/clients", "{\"nameEn\":\"\\ud800\"}")).Status is 400 or 422);

        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(i => app.Api(Nasser).Post("/clients", new { nameEn = $"Race {i}", crNumber = "1010777666" }))
        );
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(
            answers.Where(a => a.Status != 201),
            a => Assert.True(a.Expect(422).Json.GetProperty("errors").TryGetProperty("crNumber", out _))
        );
    }

    [Fact]
    public async Task The_api_wants_the_version_on_put()
    {
        var api = app.Api(Nasser);
        var made = (await api.Post("/clients", new { nameEn = "Api Client", isActive = false })).Expect(201);
        var path = made.Header("Location")!["/api/v1".Length..];
        Assert.Equal(
            ["id", "nameEn", "nameAr", "crNumber", "email", "phone", "address", "isActive"],
            made.Json.EnumerateObject().Select(p => p.Name)
        );
        (await api.Put(path, new { nameEn = "X" })).Expect(428);
        (await api.Put(path, new { nameEn = "X" }, version: 7)).Expect(412);
        (await api.Put(path, new { crNumber = "1" }, version: 1)).Expect(422);
        var put = (
            await api.Put(
                path,
                new
                {
                    nameEn = "Api Client",
                    nameAr = "عميل",
                    isActive = true,
                },
                version: 1
            )
        ).Expect(200);
        Assert.Equal(("\"2\"", "true"), (put.Header("ETag"), put["isActive"]));
        (await api.Delete(path)).Expect(204);
        Assert.Equal("false", (await api.Get(path)).Expect(200)["isActive"]);
        (await api.Get("/clients/999999")).Expect(404);
        (await api.Delete("/clients/999999")).Expect(404);
        (await api.Post("/clients", new { nameEn = "X", id = "1" })).Expect(400);
    }

    [Fact]
    public async Task A_renamed_clients_transactions_are_found_by_the_new_name_only()
    {
        var client = await app.Given.Client("Quartz Holding", "كوارتز القابضة");
        var t = await app.Given.Transaction("Tower", client: client, by: Nasser);
        (
            await app.Api(Nasser)
                .Put($"/clients/{client.Id}", new { nameEn = "Basalt Holding", nameAr = "بازلت" }, version: 1)
        ).Expect(200);

        var admin = app.SignedInAs(Nasser);
        foreach (var q in new[] { "basalt", "بازلت tower" })
            Assert.Contains(
                t.Number,
                (await admin.Page($"/transactions?q={WebUtility.UrlEncode(q)}")).Text,
                StringComparison.Ordinal
            );
        foreach (var q in new[] { "quartz", "كوارتز" })
            Assert.DoesNotContain(
                t.Number,
                (await admin.Page($"/transactions?q={WebUtility.UrlEncode(q)}")).Text,
                StringComparison.Ordinal
            );
        Assert.Equal(t.Version, (await app.Given.Reload(t.Number)).Version);
    }

    [Fact]
    public async Task The_page_of_a_client_holds_what_the_features_above_register()
    {
        var client = await app.Given.Client("Sections Trading");
        var project = await app.Given.Project("Sections Tower", client: client);
        await app.Given.Transaction(client: client, by: Sara, projectId: project.Id);
        await app.Given.Transaction(client: client, by: Omar, projectId: project.Id);

        var page = (await app.SignedInAs(Sara).Page($"/clients/{client.Id}")).Expect(200);
        Assert.Equal(["Contacts", "Projects", "People with access"], page.Select(".stack > .card h2"));
        Assert.Equal("Transactions 1", page.TextOf($".acts a[href='/transactions?client={client.Id}']"));
        page = (await app.SignedInAs(Nasser).Page($"/projects/{project.Code}")).Expect(200);
        Assert.Equal("Transactions 2", page.TextOf($".acts a[href='/transactions?project={project.Code}']"));
    }

    [Fact]
    public async Task Staff_read_admins_write_and_clients_see_none_of_it()
    {
        var client = await app.Given.Client("Readable أحجار");
        await app.Given.User(
            "Person Of Client",
            "person.of@client.example",
            Infrastructure.Security.Role.Client,
            client
        );
        var project = await app.Given.Project("Readable Project", client: client);
        var page = (await app.SignedInAs(Sara).Page($"/clients/{client.Id}")).Expect(200);
        Assert.Contains(project.Code, page.Text, StringComparison.Ordinal);
        Assert.Contains("person.of@client.example", page.Text, StringComparison.Ordinal);
        Assert.False(page.Has("main form[method=post]"));
        Assert.Equal(
            ["Readable أحجار"],
            (
                await app.SignedInAs(Sara)
                    .Fragment("/clients?q=" + WebUtility.UrlEncode("احجار readable") + "&active=true")
            )
                .Expect(200)
                .Select("tbody th a")
        );
        (await app.Api(Sara, "read").Get("/clients?pageSize=1")).Expect(200);
        (await app.Api(Sara).Get("/clients?active=maybe")).Expect(400);
        (await app.SignedInAs(Sara).Page("/clients?q=%00")).Expect(400);

        (await app.SignedInAs(Sara).Page("/clients/new")).Expect(403);
        (await app.SignedInAs(Sara).Submit($"/clients/{client.Id}/activity", new { active = "false" })).Expect(403);
        (await app.Api(Sara).Post("/clients", new { nameEn = "X" })).Expect(403);
        (await app.Api(Sara).Delete($"/clients/{client.Id}")).Expect(403);
        foreach (var url in new[] { "/clients", $"/clients/{client.Id}", $"/clients/{Municipality.Id}" })
        {
            (await app.SignedInAs(Huda).Page(url)).Expect(403);
            (await app.Api(Huda).Get(url)).Expect(403);
        }

        (await app.SignedInAs(Nasser).Page("/clients/99999999999999")).Expect(404);
    }
}
