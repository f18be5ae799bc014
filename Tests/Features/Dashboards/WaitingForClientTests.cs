using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Dashboards;

public sealed class WaitingForClientTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task A_client_reads_first_what_waits_for_them_since_when_and_what_is_asked()
    {
        var client = await app.Given.Client("Waiting Towers");
        var person = await app.Given.User("Wafa Waiting", role: Role.Client, client: client);
        await Made("Short", client, daysAgo: 2, note: "Please send the deed");
        await Made("Long", client, daysAgo: 30, note: null);
        await app.Given.Transaction("Ours", client: client, status: "submitted");
        await app.Given.Transaction("Over", client: client, status: "completed", holder: HolderKind.Client);
        await app.Given.Transaction("Draft", client: client, holder: HolderKind.Client);

        var page = (await app.SignedInAs(person).Page("/")).Expect(200);
        var arabic = (await app.SignedInAs(person).In("ar").Page("/")).Expect(200);
        var json = (await app.Api(person).Get("/dashboard")).Expect(200);

        Assert.Equal("2 transactions wait on you", page.TextOf("#waiting"));
        Assert.Equal("معاملتان بانتظاركم", arabic.TextOf("#waiting"));
        var card = page.TextOf("section[aria-labelledby=waiting]");
        Assert.True(card.IndexOf("Long", StringComparison.Ordinal) < card.IndexOf("Short", StringComparison.Ordinal));
        Assert.Contains("Please send the deed", card, StringComparison.Ordinal);
        Assert.Contains("with you since 20 Nov 2026", card, StringComparison.Ordinal);
        Assert.Contains("1 working day)", card, StringComparison.Ordinal);
        Assert.DoesNotContain("Only for us", page.Text, StringComparison.Ordinal);
        Assert.Equal(
            ["Long", "Short"],
            json.Json.GetProperty("waiting").EnumerateArray().Select(w => w.GetProperty("title").GetString())
        );
    }

    [Fact]
    public async Task Others_read_none_of_it()
    {
        var client = await app.Given.Client("Quiet Towers");
        var person = await app.Given.User("Qamar Quiet", role: Role.Client, client: client);

        var page = (await app.SignedInAs(person).Page("/")).Expect(200);

        Assert.Equal("Nothing waits on you", page.TextOf("#waiting"));
        Assert.False((await app.SignedInAs(Nasser).Page("/dashboard")).Has("#waiting"));
        Assert.Equal(0, (await app.Api(Nasser).Get("/dashboard")).Json.GetProperty("waiting").GetArrayLength());
    }

    private async Task Made(string title, Organisation client, int daysAgo, string? note)
    {
        var t = await app.Given.Transaction(title, client: client, status: "submitted", holder: HolderKind.Client);
        var since = app.Today.AddDays(-daysAgo);
        await app.Db(async db =>
        {
            var kept = await db.Transactions.SingleAsync(x => x.Id == t.Id);
            kept.Move(Given.Workflow["under_review"], note, NoteVisibility.Public, Sara.Acting(), app.Now);
            kept.Move(Given.Workflow["on_hold"], "Only for us", NoteVisibility.Internal, Sara.Acting(), app.Now);
            await db.SaveChangesAsync();
            return await db
                .Transactions.Where(x => x.Id == t.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(x => x.HolderSince, since));
        });
    }
}
