using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Tokens;

/// <summary>
/// An admin's token without the scope <c>admin</c>, where the route is open to editors and the work asks who it is.
/// </summary>
public sealed class TokenScopesTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task It_deletes_nothing_by_the_way_of_many()
    {
        var t = await app.Given.Transaction(status: "submitted");
        var delete = new
        {
            numbers = new[] { t.Number },
            action = "delete",
            reason = "Entered twice",
        };

        using var scopeless = app.Api(Nasser, "read", "write");
        Assert.Contains("\"ok\":false", (await scopeless.Post("/transactions/bulk", delete)).Text);
        (await scopeless.Get("/transactions/" + t.Number)).Expect(200);

        using var admin = app.Api(Nasser);
        Assert.Contains("\"ok\":true", (await admin.Post("/transactions/bulk", delete)).Text);
    }

    [Fact]
    public async Task It_makes_the_moves_of_an_editor()
    {
        var t = await app.Given.Transaction(status: "under_review");
        var url = $"/transactions/{t.Number}";
        using var scopeless = app.Api(Nasser, "read", "write");

        Assert.DoesNotContain("approved", (await scopeless.Get(url + "/transitions")).Expect(200).Text);
        (await scopeless.Post(url + "/status", new { status = "approved" })).Expect(409);

        using var admin = app.Api(Nasser);
        (await admin.Post(url + "/status", new { status = "approved" })).Expect(200);
    }

    [Fact]
    public async Task It_reads_of_people_what_editors_read()
    {
        var list = (await app.Api(Nasser, "read").Get("/users?pageSize=1")).Expect(200);
        Assert.DoesNotContain("lastSignInAt", list.Text);
        Assert.DoesNotContain("\"role\"", list.Text);
        Assert.Contains("\"role\"", (await app.Api(Nasser).Get("/users?pageSize=1")).Expect(200).Text);
    }

    [Fact]
    public async Task It_imports_no_clients()
    {
        using var scopeless = app.Api(Nasser, "read", "write");
        var file = "Title,Client,Type\nA,Nobody yet,submission\n"u8.ToArray();

        var answer = await scopeless.Upload(
            "/transactions/imports",
            "file",
            "register.csv",
            file,
            ("createClients", "true")
        );

        var url = "/transactions/imports/" + answer.Expect(202)["id"];
        await Wait.Until(async () => (await scopeless.Get(url)).Expect(200)["status"] == "waiting");
        (await scopeless.Post(url + "/release")).Expect(403);
        Assert.False(await app.Db(db => db.Clients.AnyAsync(c => c.NameEn == "Nobody yet")));
    }
}
