using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Projects;

public sealed class ProjectsTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task An_admin_adds_a_project_with_the_next_code_and_edits_it()
    {
        var admin = app.SignedInAs(Nasser);
        var form = (await admin.Page($"/projects/new?client={Hospital.Id}")).Expect(200);
        Assert.Equal($"{Hospital.Id}", form.Attribute("#f-clientId option[selected]", "value"));
        var added = (
            await admin.Submit(form, "form.stack", new { nameEn = "North Wing", nameAr = "الجناح الشمالي" })
        ).Expect(303);
        Assert.Matches("^/projects/PRJ-2026-[0-9]{3}$", added.Location);
        Assert.Equal("North Wing", (await admin.Follow(added)).Expect(200).TextOf("h1"));
        (await admin.Page(added.Location!.ToLowerInvariant())).Expect(200);

        var edit = (await admin.Page(added.Location + "/edit")).Expect(200);
        (await admin.Submit(edit, "form.stack", new { nameEn = "South Wing" })).Expect(303);
        var late = await admin.Submit(edit, "form.stack", new { nameEn = "West Wing", clientId = $"{Hospital.Id}" });
        Assert.Equal(["South Wing", "West Wing"], late.Expect(409).Select("table.merge tbody td"));
        Assert.Equal($"{Hospital.Id}", late.Attribute("[name=clientId]", "value"));
        (await admin.Submit(late, "form.stack")).Expect(303);
        Assert.Equal("West Wing", (await admin.Page(added.Location!)).TextOf("h1"));
        (await admin.Submit(added.Location + "/activity", new { active = "false" })).Expect(303);
        Assert.Equal("Inactive", (await admin.Page(added.Location!)).TextOf(".sub .tag"));
    }

    [Fact]
    public async Task Codes_are_distinct_under_parallel_writers()
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    app.Api(Nasser).Post("/projects", new { nameEn = $"P {i}", clientId = $"{Municipality.Id}" })
                )
        );
        Assert.Equal(8, answers.Select(a => a.Expect(201)["code"]).Distinct().Count());
    }

    [Fact]
    public async Task The_api_reads_replaces_and_deactivates_by_code()
    {
        var api = app.Api(Nasser);
        var made = (await api.Post("/projects", new { nameAr = "حديقة", clientId = $"{Municipality.Id}" })).Expect(201);
        var path = $"/projects/{made["code"]}";
        Assert.Equal($"/api/v1{path}", made.Header("Location"));
        (await api.Put(path, new { nameEn = "X", clientId = $"{Municipality.Id}" })).Expect(428);
        (await api.Put(path, new { nameEn = "X", clientId = $"{Municipality.Id}" }, version: 9)).Expect(412);
        (await api.Put(path, new { clientId = "none" }, version: 1)).Expect(422);
        Assert.Equal(
            "\"2\"",
            (await api.Put(path, new { nameEn = "Park", clientId = $"{Hospital.Id}" }, version: 1))
                .Expect(200)
                .Header("ETag")
        );
        (await api.Delete(path)).Expect(204);
        Assert.Equal(
            ("false", "Park"),
            ((await api.Get(path)).Expect(200)["isActive"], (await api.Get(path))["nameEn"])
        );
        (await api.Get("/projects/PRJ-1999-001")).Expect(404);
        (await api.Get("/projects/" + new string('x', 500))).Expect(404);
        (await api.Get("/projects/%01")).Expect(404);
    }

    [Fact]
    public async Task A_project_with_transactions_stays_with_its_client()
    {
        var project = await app.Given.Project("Fixed");
        await app.Given.Transaction(projectId: project.Id);
        var answer = (
            await app.Api(Nasser)
                .Put($"/projects/{project.Code}", new { nameEn = "Fixed", clientId = $"{Hospital.Id}" }, version: 1)
        ).Expect(422);
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty("clientId", out _));
    }

    [Fact]
    public async Task Staff_read_and_search_and_clients_see_none_of_it()
    {
        var project = await app.Given.Project("Findable Plaza", "ساحة");
        var rows = (await app.SignedInAs(Sara).Fragment("/projects?q=findable+riyadh&active=true")).Expect(200);
        Assert.Equal([project.Code], rows.Select("tbody th"));
        (
            await app.Api(Sara, "read").Get($"/projects?client={Municipality.Id}&q={project.Code.ToLowerInvariant()}")
        ).Expect(200);
        Assert.False(
            (await app.SignedInAs(Sara).Page($"/projects/{project.Code}")).Expect(200).Has("main form[method=post]")
        );
        (await app.SignedInAs(Sara).Page("/projects?client=x")).Expect(400);
        (await app.SignedInAs(Sara).Page("/projects/new")).Expect(403);
        (await app.Api(Sara).Put($"/projects/{project.Code}", new { nameEn = "X" }, version: 1)).Expect(403);
        (await app.SignedInAs(Huda).Page("/projects")).Expect(403);
        (await app.Api(Huda).Get($"/projects/{project.Code}")).Expect(403);
    }
}
