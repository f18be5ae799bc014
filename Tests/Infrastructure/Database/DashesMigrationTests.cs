using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Database;

/// <summary>What the version before has stored for searching is found by today's queries.</summary>
public sealed class DashesMigrationTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task Stored_search_texts_lose_their_dashes()
    {
        var dashed = await app.Given.Transaction(reference: "DM\u20109001\u2013A");
        var plain = await app.Given.Transaction(reference: "DM-9002");
        var text = dashed.SearchText.Replace("dm-9001-a", "dm\u20109001\u2013a", StringComparison.Ordinal);
        Assert.NotEqual(text, dashed.SearchText);
        await app.Given.Client("Mixed CASE", "إدارة الميـاه بأبها");
        var names = await Names();

        await Migrate("FindBrowsersOfSessions");
        await app.Db(db =>
            db.Transactions.Where(t => t.Id == dashed.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.SearchText, text))
        );
        await Migrate(null);

        Assert.Equal(dashed.SearchText, (await app.Given.Reload(dashed.Number)).SearchText);
        Assert.Equal(plain.SearchText, (await app.Given.Reload(plain.Number)).SearchText);
        Assert.Equal(names, await Names());
        using var api = app.Api(Nasser);
        var found = (await api.Get("/transactions?q=DM-9001-A")).Expect(200);
        Assert.Equal(
            [dashed.Number],
            found.Json.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("number").GetString())
        );
    }

    // The order of names is computed anew for rows from before.
    private Task<List<string>> Names() =>
        app.Db(async db =>
            (await db.Clients.Select(c => new { c.OrderEn, c.OrderAr }).ToListAsync())
                .Concat(await db.Users.Select(u => new { u.OrderEn, u.OrderAr }).ToListAsync())
                .Select(n => $"{n.OrderEn} | {n.OrderAr}")
                .Order(StringComparer.Ordinal)
                .ToList()
        );

    private Task<bool> Migrate(string? to) =>
        app.Db(async db =>
        {
            await db.GetService<IMigrator>().MigrateAsync(to);
            return true;
        });
}
