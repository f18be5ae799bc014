using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Xunit;

namespace MdcTts.Infrastructure.Database;

/// <summary>A database of the version before is brought to this one, and that version goes on writing to it.</summary>
public sealed class MeaningMigrationTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task What_is_there_gets_its_meaning_and_so_does_what_the_version_before_writes()
    {
        var draft = await app.Given.Transaction();
        var dropped = await app.Given.Transaction(status: "cancelled");
        var waiting = await app.Given.Transaction(status: "payment_pending");
        var done = await app.Given.Transaction(status: "completed");
        var archived = await app.Given.Transaction(status: "in_progress");
        var lost = await app.Given.Transaction(status: "in_progress");

        await Migrate("Leases");
        await AddEnd("archived");
        await SetStatus(archived, "archived");
        await SetStatus(lost, "no_longer_there");
        await Migrate(null);

        var statuses = await app.Db(db => db.WorkflowStatuses.AsNoTracking().ToListAsync());
        Assert.Equal(
            DefaultWorkflow.Statuses.Select(s => (s.Key, s.Meaning)).Append(("archived", Meaning.Done)).Order(),
            statuses.Select(s => (s.Key, s.Meaning)).Order()
        );
        Assert.Equal(
            DefaultWorkflow.Moves.Select(m => (m.From, m.To, m.Meaning)).Order(),
            (await app.Db(db => db.WorkflowMoves.ToListAsync())).Select(m => (m.From, m.To, m.Meaning)).Order()
        );
        Assert.Equal(Meaning.Draft, await MeaningOf(draft));
        Assert.Equal(Meaning.Dropped, await MeaningOf(dropped));
        Assert.Equal(Meaning.Waiting, await MeaningOf(waiting));
        Assert.Equal(Meaning.Done, await MeaningOf(done));
        Assert.Equal(Meaning.Done, await MeaningOf(archived));
        Assert.Equal(Meaning.Done, await MeaningOf(lost));
        var history = (await app.Given.Reload(waiting.Number)).History;
        Assert.All(history, h => Assert.Equal(Given.Workflow[h.ToStatus!].Meaning, h.ToMeaning));

        // The version before knows none of the new columns.
        await AddEnd("shredded");
        await SetStatus(draft, "shredded");
        await SetStatus(waiting, "in_progress");
        await Copy<Transaction>(done, nameof(Transaction.Id), nameof(Transaction.Meaning));
        await Copy<HistoryEntry>(dropped, nameof(HistoryEntry.Id), nameof(HistoryEntry.ToMeaning));

        Assert.Equal(Meaning.Done, await MeaningOf(draft));
        Assert.Equal(Meaning.Open, await MeaningOf(waiting));
        Assert.Equal(Meaning.Done, (await app.Given.Reload(done.Number + "-2")).Meaning);
        Assert.Equal(2, (await app.Given.Reload(dropped.Number)).History.Count(h => h.ToMeaning == Meaning.Dropped));
    }

    private Task<bool> Migrate(string? to) =>
        app.Db(async db =>
        {
            await db.GetService<IMigrator>().MigrateAsync(to);
            return true;
        });

    private Task<int> Run(string sql) => app.Db(db => db.Database.ExecuteSqlRawAsync(sql));

    private Task<int> AddEnd(string key) =>
        Run(
            $"""
            INSERT INTO "WorkflowStatuses" ("Key", "NameEn", "NameAr", "Position", "IsInitial", "IsEnd", "IsOnPath")
            VALUES ('{key}', 'Added', 'مضافة', 10, FALSE, TRUE, FALSE);
            """
        );

    private Task<int> SetStatus(Transaction t, string key) =>
        Run($"""UPDATE "Transactions" SET "Status" = '{key}' WHERE "Id" = {t.Id};""");

    // The rows of a transaction once more, without some columns; what must be unique gets a suffix.
    private async Task<int> Copy<T>(Transaction t, params string[] without)
    {
        var type = await app.Db(db => Task.FromResult(db.Model.FindEntityType(typeof(T))!));
        var columns = type.GetProperties().Select(p => p.GetColumnName()).Except(without).ToList();
        var values = columns.Select(c => c is "Number" or "TrackingToken" ? $"\"{c}\" || '-2'" : $"\"{c}\"");
        var owner = typeof(T) == typeof(Transaction) ? "Id" : "TransactionId";
        return await Run(
            $"""
            INSERT INTO "{type.GetTableName()}" ("{string.Join("\", \"", columns)}")
            SELECT {string.Join(", ", values)} FROM "{type.GetTableName()}" WHERE "{owner}" = {t.Id};
            """
        );
    }

    private Task<Meaning> MeaningOf(Transaction t) =>
        app.Db(db => db.Transactions.Where(x => x.Id == t.Id).Select(x => x.Meaning).SingleAsync());
}
