using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// The work of an import: check every row, then write the good ones in batches. A batch is one database transaction
/// with its rows, their numbers and history, the clients it created, the counts and the cursor. A worker that takes
/// over after a crash therefore continues behind the last batch, and no row comes twice.
/// </summary>
public sealed partial class RunImport(
    AppDb db,
    ImportFiles files,
    CatalogueCache catalogues,
    Leases leases,
    TimeProvider clock,
    ILogger<RunImport> log
)
{
    public const int BatchSize = 500;
    public const int AttemptsMax = 5;

    /// <summary>How long others wait when a worker is killed.</summary>
    public static readonly TimeSpan LeaseLength = TimeSpan.FromSeconds(15);

    private const int CheckedAtOnce = 2_000;

    /// <summary>
    /// How long a file may be missing: another process may keep it, or the process that keeps it is restarting.
    /// </summary>
    private static readonly TimeSpan FileMissing = TimeSpan.FromMinutes(10);

    /// <summary>Takes the import as far as it may go. Nothing happens when another worker has it.</summary>
    public async Task Handle(int id, CancellationToken stop)
    {
        var stored = await db
            .Imports.Underway()
            .Where(i => i.Id == id)
            .Select(i => new { i.StoredName, i.CreatedAt })
            .SingleOrDefaultAsync(stop);
        if (stored is null)
            return;
        var isHere = files.Has(stored.StoredName);
        if (!isHere && clock.Instant() - stored.CreatedAt < FileMissing)
            return;

        await using var lease = await leases.Claim(
            each => each.Set<ImportRun>().Where(i => i.Id == id),
            LeaseLength,
            stop,
            set => set.SetProperty(i => i.Attempts, i => i.Attempts + 1).SetProperty(i => i.LeaseOwner, (string?)null)
        );
        // It may have ended since the question.
        if (lease is not { Row: { IsUnderway: true } run })
            return;
        lease.Hold(stop);
        try
        {
            if (!isHere)
                await Fail(lease, run, "import.failed.file_gone");
            else if (run.Attempts > AttemptsMax)
                await Fail(lease, run, "import.failed.gave_up");
            else
                await Work(lease, run);
        }
        catch (OperationCanceledException) when (lease.IsLost)
        {
            Log.LeaseLost(log, id);
        }
        catch (OperationCanceledException) when (lease.Stop.IsCancellationRequested)
        {
            Log.Stopped(log, id);
        }
    }

    private async Task Work(Lease<ImportRun> lease, ImportRun run)
    {
        var importer = (await db.Users.AsNoTracking().SingleAsync(u => u.Id == run.CreatedById, lease.Stop)).Acting();
        var remembered =
            run.Status == ImportStatus.Running
                ? run.ReadPreview().Remembered
                : await db.RememberedFor(run.CreatedById, lease.Stop);
        var (register, fault) = await Open(run, remembered, lease.Stop);
        if (register is not null && await Follow(run, register, importer, lease.Stop))
            (register, fault) = await Open(run, remembered, lease.Stop);
        if (register is null)
        {
            await Fail(lease, run, ImportLimits.Failed(fault!.Value));
            return;
        }

        var names = await ImportNames.Read(
            db,
            await catalogues.Get(lease.Stop),
            run,
            Clock.RiyadhTime(clock.Instant()),
            lease.Stop
        );
        var rows = new CheckedRows(register, names, run.ReadCorrections());
        var existing = new ExistingTransactions(db, importer, register, names);
        if (run.Status != ImportStatus.Running)
        {
            var next = await Check(lease, run, rows, remembered, existing, importer);
            if (next != ImportStatus.Running)
                return;
        }

        await WriteRows(
            lease,
            await db.Imports.AsNoTracking().SingleAsync(i => i.Id == run.Id, lease.Stop),
            rows,
            names,
            existing,
            importer
        );
    }

    private async Task<RegisterOpening> Open(
        ImportRun run,
        IReadOnlyDictionary<string, RegisterField?>? remembered,
        CancellationToken stop
    )
    {
        await using var stored = files.Open(run.StoredName);
        return RegisterFile.Open(stored, run.ReadMapping(), remembered, stop);
    }

    /// <summary>
    /// A file of rejected rows that was saved in another format says only in its headings which import it continues: it
    /// takes over what was said there. True when that names its columns.
    /// </summary>
    private async Task<bool> Follow(ImportRun run, RegisterFile register, CurrentUser importer, CancellationToken stop)
    {
        if (run.ContinuesId is not null || run.Status == ImportStatus.Running)
            return false;
        var mark = RejectedMark.In(register.Columns.Select(column => column.Heading));
        if (await db.FormerOf(mark, importer, stop) is not { } former || former.Id == run.Id)
            return false;
        run.ContinuesId = former.ContinuesId ?? former.Id;
        run.Choices ??= former.Choices;
        if (run.Mapping is not null || former.Mapping is null)
            return false;
        run.Mapping = former.Mapping;
        return true;
    }

    private async Task Fail(Lease<ImportRun> lease, ImportRun run, string reason)
    {
        Log.Failed(log, run.Id, reason);
        await Finish(lease, run, ImportStatus.Failed, reason);
    }

    private async Task Finish(Lease<ImportRun> lease, ImportRun run, ImportStatus status, string? failure)
    {
        await Change(
            lease,
            async () =>
            {
                var now = clock.Instant();
                await lease
                    .Held(db)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(i => i.Status, status)
                                .SetProperty(i => i.Failure, failure)
                                .SetProperty(i => i.FinishedAt, now),
                        lease.Stop
                    );
                var counts = await db
                    .Imports.Where(i => i.Id == run.Id)
                    .Select(i => new
                    {
                        i.Rows,
                        i.Imported,
                        i.Rejected,
                        i.Skipped,
                        i.Updated,
                        i.Failure,
                    })
                    .SingleAsync(lease.Stop);
                db.Audit.Add(
                    AuditLog.Entry(
                        failure is null ? "import.completed" : "import.failed",
                        "import",
                        run.Id.ToString(CultureInfo.InvariantCulture),
                        run.CreatedById,
                        now,
                        data: counts
                    )
                );
                await db.SaveChangesAsync(lease.Stop);
                if (failure is null)
                    Log.Completed(log, run.Id, counts.Imported, counts.Rejected);
            }
        );
        Counters.Import(Keys.Of(status));
    }

    /// <summary>One database transaction that stands only when the lease is still held in it.</summary>
    private async Task Change(Lease<ImportRun> lease, Func<Task> change)
    {
        db.ChangeTracker.Clear();
        if (!await lease.Write(db, change, lease.Stop))
            lease.Stop.ThrowIfCancellationRequested();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Import {Id} checked: {Rows} rows")]
        public static partial void Checked(ILogger logger, int id, int rows);

        [LoggerMessage(2, LogLevel.Information, "Import {Id} completed: {Imported} rows imported, {Rejected} rejected")]
        public static partial void Completed(ILogger logger, int id, int imported, int rejected);

        [LoggerMessage(3, LogLevel.Warning, "Import {Id} failed: {Reason}")]
        public static partial void Failed(ILogger logger, int id, string reason);

        [LoggerMessage(
            4,
            LogLevel.Warning,
            "Import {Id} is no longer ours: its claim expired, or another worker has it"
        )]
        public static partial void LeaseLost(ILogger logger, int id);

        [LoggerMessage(5, LogLevel.Information, "Import {Id} stopped between two batches; it goes on later")]
        public static partial void Stopped(ILogger logger, int id);
    }
}
