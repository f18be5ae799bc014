using MdcTts.Features.Outbox;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.News;

/// <summary>One act on many transactions is one mail a person; undone in time, it is none.</summary>
public sealed class ManyMailsTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Each_person_gets_one_mail_that_names_all()
    {
        var all = await app.Given.Transactions(4, i => $"Together {i}", status: "submitted", assignee: Omar);
        var batch = await Assign(all, Lina);

        var told = await Told(batch);

        Assert.Single(told, m => m.RecipientId == Omar.Id);
        Assert.Single(told, m => m.RecipientId == Lina.Id);
        Assert.Equal(told.Count, told.DistinctBy(m => m.RecipientId).Count());
        Assert.All(told, m => Assert.Equal(5, Args(m).Length));
    }

    [Fact]
    public async Task What_was_undone_before_it_was_sent_is_told_to_nobody()
    {
        var all = await app.Given.Transactions(2, i => $"Undone {i}", status: "submitted", assignee: Omar);
        var batch = await Assign(all, Lina);
        Assert.NotEmpty(await Told(batch));

        (await app.Api(Nasser).Post("/transactions/bulk/undo", new { batch })).Expect(200);

        Assert.Empty(await Told("undo " + batch));
    }

    private async Task<string> Assign(IEnumerable<Transaction> all, Person to) => (
            await app.Api(Nasser)
                .Post(
                    "/transactions/bulk",
                    new
                    {
                        numbers = all.Select(t => t.Number),
                        action = "assign",
                        assignee = $"{to.Id}",
                    }
                )
        ).Expect(200).Json.GetProperty("batch").GetString()!;

    private static string[] Args(OutboxMessage message) =>
        System.Text.Json.JsonSerializer.Deserialize<string[]>(message.Args)!;

    private async Task<List<OutboxMessage>> Told(string batch)
    {
        await app.Follow();
        var many = await app.Db(db => db.Outbox.Where(m => m.Event == TransactionEvents.Many).ToListAsync());
        return many.FindAll(m => Args(m)[0] == batch);
    }
}
