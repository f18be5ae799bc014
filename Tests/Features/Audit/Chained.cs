using MdcTts.Features.Audit.Sealing;
using MdcTts.Features.Audit.Verifying;
using MdcTts.Infrastructure.Audit;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit;

/// <summary>Making, sealing, verifying and tampering with entries.</summary>
internal static class Chained
{
    private static readonly string[] Tables = ["Audit", "AuditSeals", "AuditErasures"];

    private static readonly string[] SqliteTriggers =
    [
        "AuditQueued",
        "AuditKept",
        "AuditUnchanged",
        "AuditSealsNoUPDATE",
        "AuditSealsNoDELETE",
        "AuditErasuresNoUPDATE",
        "AuditErasuresNoDELETE",
    ];

    /// <summary>Entries with data and a personal part, sealed.</summary>
    public static async Task<List<AuditEntry>> Sealed(this App app, int count, int? actor = null)
    {
        var entries = Enumerable
            .Range(0, count)
            .Select(i =>
                AuditLog.Entry(
                    "test.made",
                    "test",
                    $"entry {i}",
                    actor ?? Cast.Sara.Id,
                    app.Now,
                    data: new { i, name = "قيد" },
                    about: new { phone = $"+9665{i:00000000}" }
                )
            )
            .ToList();
        await app.Db(async db =>
        {
            db.Audit.AddRange(entries);
            await db.SaveChangesAsync();
            // After Tamper there is no trigger to do it.
            if (!await db.AuditPending.AnyAsync(p => p.EntryId == entries[0].Id))
                db.AuditPending.AddRange(entries.Select(e => new AuditPending { EntryId = e.Id }));
            return await db.SaveChangesAsync();
        });
        await app.Seal();
        return entries;
    }

    public static Task<int> Seal(this App app) =>
        app.With<SealEntries, int>(entries => entries.All(CancellationToken.None));

    public static Task<Verdict> Verify(this App app, Anchor? anchor = null) =>
        app.With<VerifyChain, Verdict>(chain => chain.Handle(anchor, progress: null, CancellationToken.None));

    /// <summary>Where the chain stands.</summary>
    public static Task<Anchor> Head(this App app) =>
        app.Db(async db =>
        {
            var last = await db.AuditSeals.OrderByDescending(s => s.Sequence).FirstAsync();
            return new Anchor(last.Sequence, last.Sequence, Convert.ToHexStringLower(last.Seal), app.Now);
        });

    public static Task<long> SequenceOf(this App app, AuditEntry entry) =>
        app.Db(db => db.AuditSeals.Where(s => s.EntryId == entry.Id).Select(s => s.Sequence).SingleAsync());

    public static Task Run(this App app, string sql) => app.Db(db => db.Database.ExecuteSqlRawAsync(sql));

    /// <summary>As somebody would who owns the database: without its triggers.</summary>
    public static async Task Tamper(this App app, params string[] statements)
    {
        await app.Db(async db =>
        {
            var freed = db.IsSqlite
                ? SqliteTriggers.Select(t => $"DROP TRIGGER IF EXISTS \"{t}\"")
                : Tables.Select(t => $"ALTER TABLE \"{t}\" DISABLE TRIGGER ALL");
            foreach (var statement in freed.Concat(statements))
                await db.Database.ExecuteSqlRawAsync(statement);
            return 0;
        });
    }
}
