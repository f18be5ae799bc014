using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace MdcTts.Infrastructure.Database;

public sealed class DataMarkTests(App app) : IClassFixture<App>
{
    /// <summary>
    /// Tables that nothing counts through <see cref="CountCache"/>, so that writing them costs no count.
    /// </summary>
    private static readonly HashSet<string> Uncounted =
    [
        "AccessTokens",
        "AccountLinks",
        "AspNetUserClaims",
        "AspNetUserTokens",
        "AuditErasures",
        "AuditPending",
        "AuditSeals",
        "ClientContacts",
        "DataMarks",
        "DataProtectionKeys",
        "Events",
        "FormDrafts",
        "IdempotencyKeys",
        "ImportClients",
        "ImportHeadings",
        "ImportMatches",
        "ImportRejects",
        "ImportSynonyms",
        "JobRuns",
        "Leases",
        "NumberCounters",
        "Outbox",
        "Passkeys",
        "RecoveryCodes",
        "Sessions",
        "SignInFailures",
        "TransactionChanges",
        "WorkSnoozes",
        "Attachments",
        "FileContents",
    ];

    [Fact]
    public async Task Every_table_that_may_be_counted_keeps_a_mark()
    {
        var tables = await app.Db(db =>
            Task.FromResult(db.Model.GetEntityTypes().Select(e => e.GetTableName()!).Distinct().ToList())
        );
        var triggers = await app.Db(db =>
            db.Database.SqlQueryRaw<string>(
                    db.IsSqlite
                        ? "SELECT name AS \"Value\" FROM sqlite_master WHERE type = 'trigger'"
                        : "SELECT tgname AS \"Value\" FROM pg_trigger WHERE NOT tgisinternal"
                )
                .ToListAsync()
        );
        var watched = triggers
            .Where(t => t.StartsWith("Mark_", StringComparison.Ordinal))
            .Select(t => t.Split('_')[1])
            .ToHashSet(StringComparer.Ordinal);
        Assert.True(watched.Count > 10);

        var unclear = tables.Where(t => watched.Contains(t) == Uncounted.Contains(t)).ToList();
        Assert.True(
            unclear.Count == 0,
            $"{string.Join(", ", unclear)}: let the migration call DataMark.Watch for what a page counts or offers "
                + "through CountCache (and again after SQLite made a table anew), and name any other table here."
        );
    }

    [Fact]
    public async Task A_commit_changes_the_mark_of_its_tables_alone()
    {
        var before = await Marks();
        await app.Given.Client();
        var after = await Marks();

        Assert.True(after.Register > before.Register);
        await app.Db(db => db.JobRuns.ExecuteDeleteAsync());
        Assert.Equal(after, await Marks());
    }

    [Fact]
    public async Task What_is_taken_back_leaves_the_mark_as_it_was()
    {
        var before = await Marks();
        await app.Db(async db =>
        {
            await using var write = await db.BeginWrite(default);
            return await db.Clients.ExecuteUpdateAsync(set => set.SetProperty(c => c.IsActive, c => c.IsActive));
        });

        Assert.Equal(before, await Marks());
    }

    [Fact]
    public async Task Writers_at_the_same_time_all_change_it()
    {
        var before = await Marks();
        await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(_ =>
                    app.Db(db =>
                        db.Clients.ExecuteUpdateAsync(set => set.SetProperty(c => c.IsActive, c => c.IsActive))
                    )
                )
        );

        Assert.True((await Marks()).Register >= before.Register + 12);
    }

    private Task<(long Register, long Audit)> Marks() =>
        app.Db(async db => (await db.MarkOf(DataMark.Register, default), await db.MarkOf(DataMark.Audit, default)));
}
