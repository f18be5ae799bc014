using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Events;
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
        RegisterFile register;
        await using (var stored = files.Open(run.StoredName))
        {
            var (file, fault) = RegisterFile.Open(stored, run.ReadMapping(), lease.Stop);
            if (file is null)
            {
                await Fail(lease, run, "import.failed." + Keys.Of(fault!.Value));
                return;
            }

            register = file;
        }

        var names = await ImportNames.Read(
            db,
            await catalogues.Get(lease.Stop),
            run,
            Clock.RiyadhTime(clock.Instant()),
            lease.Stop
        );
        var rows = new CheckedRows(register, names, run.ReadCorrections());
        var importer = (await db.Users.AsNoTracking().SingleAsync(u => u.Id == run.CreatedById, lease.Stop)).Acting();
        var existing = new ExistingTransactions(db, importer, register, names);
        if (run.Status != ImportStatus.Running)
        {
            await Check(lease, run, register, rows, names, existing);
            if (!run.RunsWhenChecked)
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

    private async Task Check(
        Lease<ImportRun> lease,
        ImportRun run,
        RegisterFile register,
        CheckedRows rows,
        ImportNames names,
        ExistingTransactions existing
    )
    {
        var read = rows.Preview();
        var groups = new FaultGroups(register);
        var preview = ImportJson.Write(read);
        var since = clock.Instant();
        await Change(
            lease,
            async () =>
            {
                await db.ImportRejects.Where(r => r.ImportRunId == run.Id).ExecuteDeleteAsync(lease.Stop);
                await db.ImportMatches.Where(m => m.ImportRunId == run.Id).ExecuteDeleteAsync(lease.Stop);
                await lease
                    .Held(db)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(i => i.Status, ImportStatus.Checking)
                                .SetProperty(i => i.Preview, preview)
                                .SetProperty(i => i.Rows, register.Rows.Count)
                                .SetProperty(i => i.RowsSince, since)
                                .SetProperty(i => i.Processed, 0)
                                .SetProperty(i => i.Rejected, 0)
                                .SetProperty(i => i.Imported, 0)
                                .SetProperty(i => i.Found, 0)
                                .SetProperty(i => i.Skipped, 0)
                                .SetProperty(i => i.Updated, 0)
                                .SetProperty(i => i.Cursor, 0),
                        lease.Stop
                    );
            }
        );

        foreach (var batch in rows.All.Chunk(CheckedAtOnce))
        {
            lease.Stop.ThrowIfCancellationRequested();
            var readings = batch.Select(row => (Row: row, Reading: rows.Read(row))).ToList();
            readings.ForEach(r => groups.Add(r.Row, r.Reading.Faults));
            var rejects = readings
                .Where(r => r.Reading.Draft is null)
                .Select(r => CheckedRows.Reject(run.Id, r.Row, r.Reading.Faults))
                .ToList();
            var matches = await Matches(run.Id, readings, existing, lease.Stop);
            await Change(
                lease,
                async () =>
                {
                    await db.InsertMany(rejects, lease.Stop);
                    await db.InsertMany(matches, lease.Stop);
                    await lease
                        .Held(db)
                        .ExecuteUpdateAsync(
                            set =>
                                set.SetProperty(i => i.Processed, i => i.Processed + batch.Length)
                                    .SetProperty(i => i.Found, i => i.Found + matches.Count)
                                    .SetProperty(i => i.Rejected, i => i.Rejected + rejects.Count),
                            lease.Stop
                        );
                }
            );
        }

        var next = run.RunsWhenChecked ? ImportStatus.Running : ImportStatus.Checked;
        var processed = run.RunsWhenChecked ? 0 : register.Rows.Count;
        preview = ImportJson.Write(
            read with
            {
                Groups = groups.Found(),
                ForRelease = groups.ForRelease,
                Meant = names.Meant(),
            }
        );
        await Change(
            lease,
            () =>
                lease
                    .Held(db)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(i => i.Status, next)
                                .SetProperty(i => i.Preview, preview)
                                .SetProperty(i => i.Processed, processed)
                                // Writing counts them again, as it finds them.
                                .SetProperty(i => i.Found, i => next == ImportStatus.Running ? 0 : i.Found)
                                .SetProperty(i => i.Attempts, 0),
                        lease.Stop
                    )
        );
        Log.Checked(log, run.Id, register.Rows.Count);
    }

    private async Task WriteRows(
        Lease<ImportRun> lease,
        ImportRun run,
        CheckedRows rows,
        ImportNames names,
        ExistingTransactions existing,
        CurrentUser importer
    )
    {
        var workflow = (await catalogues.Get(lease.Stop)).Workflow;
        // A worker that takes over goes on from where another was.
        var since = run.Processed > 0 && run.RowsSince is { } begun ? begun : clock.Instant();
        var known = await db
            .ImportRejects.Where(r => r.ImportRunId == run.Id && r.Row > run.Cursor)
            .ToDictionaryAsync(r => r.Row, r => r.Faults, lease.Stop);
        foreach (var batch in rows.All.Where(r => r.Number > run.Cursor).Chunk(BatchSize))
        {
            lease.Stop.ThrowIfCancellationRequested();
            var readings = batch.Select(row => (Row: row, Reading: rows.Read(row))).ToList();
            var drafts = readings.Where(r => r.Reading.Draft is not null).Select(r => r.Reading.Draft!).ToList();
            var last = batch[^1].Number;
            List<Client> created = [];
            await Change(
                lease,
                async () =>
                {
                    var rejected = batch.Length - drafts.Count - batch.Count(row => known.ContainsKey(row.Number));
                    await lease
                        .Held(db)
                        .ExecuteUpdateAsync(
                            set =>
                                set.SetProperty(i => i.Cursor, last)
                                    .SetProperty(i => i.Processed, i => i.Processed + batch.Length)
                                    .SetProperty(i => i.Rejected, i => i.Rejected + rejected)
                                    .SetProperty(i => i.RowsSince, since)
                                    .SetProperty(i => i.Attempts, 0),
                            lease.Stop
                        );
                    await KeepRejects(run.Id, readings, known, lease.Stop);
                    var found =
                        run.Existing == ExistingRows.Import ? [] : await existing.Find(drafts, run.Id, lease.Stop);
                    var fresh = found.Count == 0 ? drafts : drafts.FindAll(draft => !found.ContainsKey(draft.Row));
                    await Meet(run, readings, found, existing, names, importer, lease);
                    await lease
                        .Held(db)
                        .ExecuteUpdateAsync(
                            set => set.SetProperty(i => i.Imported, i => i.Imported + fresh.Count),
                            lease.Stop
                        );
                    created = await Add(run, fresh, names, workflow, lease.Stop);
                }
            );
            created.ForEach(names.Learn);
        }

        await Finish(lease, run, ImportStatus.Completed, failure: null);
    }

    /// <summary>What the check says of rows whose transactions are here already.</summary>
    private async Task<List<ImportMatch>> Matches(
        int id,
        List<(RegisterRow Row, RowReading Reading)> readings,
        ExistingTransactions existing,
        CancellationToken stop
    )
    {
        var drafts = readings.Select(r => r.Reading.Draft).OfType<RowDraft>().ToList();
        var found = await existing.Find(drafts, id, stop);
        if (found.Count == 0)
            return [];
        var transactions = await existing.Load([.. found.Values.Select(f => f.Id).Distinct()], stop);
        db.ChangeTracker.Clear();
        return
        [
            .. readings
                .Where(r => r.Reading.Draft is not null && found.ContainsKey(r.Row.Number))
                .Select(r =>
                {
                    var match = found[r.Row.Number];
                    var transaction = transactions[match.Id];
                    var merged = existing.Merged(transaction, r.Row, r.Reading.Draft!);
                    return MatchOf(id, r.Row, match, existing.Differences(transaction, merged));
                }),
        ];
    }

    private static ImportMatch MatchOf(
        int importId,
        RegisterRow row,
        ExistingTransactions.Found match,
        List<FieldChange> changes
    ) =>
        new()
        {
            ImportRunId = importId,
            Row = row.Number,
            TransactionId = match.Id,
            By = match.By,
            Changes = ImportJson.Write(changes),
        };

    /// <summary>
    /// Leaves what is here as it is, or takes over what its row says: one change for each transaction, which the undo
    /// of the import takes back.
    /// </summary>
    private async Task Meet(
        ImportRun run,
        List<(RegisterRow Row, RowReading Reading)> readings,
        Dictionary<int, ExistingTransactions.Found> found,
        ExistingTransactions existing,
        ImportNames names,
        CurrentUser importer,
        Lease<ImportRun> lease
    )
    {
        var (first, last) = (readings[0].Row.Number, readings[^1].Row.Number);
        await db
            .ImportMatches.Where(m => m.ImportRunId == run.Id && m.Row >= first && m.Row <= last)
            .ExecuteDeleteAsync(lease.Stop);
        if (found.Count == 0)
            return;

        var transactions = await existing.Load([.. found.Values.Select(f => f.Id).Distinct()], lease.Stop);
        var at = clock.Instant();
        var (matches, updated, met) = (new List<ImportMatch>(), 0, new HashSet<int>());
        foreach (var (row, reading) in readings)
        {
            if (reading.Draft is not { } draft || !found.TryGetValue(row.Number, out var match))
                continue;
            var transaction = transactions[match.Id];
            var before = TransactionFields.Of(transaction);
            var merged = existing.Merged(transaction, row, draft);
            var entry = MatchOf(run.Id, row, match, existing.Differences(transaction, merged));
            matches.Add(entry);
            // Of two rows for one transaction the first counts: the second would be a second change.
            if (run.Existing != ExistingRows.Update || !met.Add(match.Id))
                continue;
            if (transaction.Edit(merged, importer, at) is not { } change)
                continue;
            if (names.ClientOf(transaction.ClientId) is { } client)
                transaction.RefreshSearchText(client);
            db.Record(change);
            entry.Before = ImportJson.Write(before);
            entry.Version = transaction.Version;
            updated++;
        }

        await db.SaveChangesAsync(lease.Stop);
        await db.InsertMany(matches, lease.Stop);
        await lease
            .Held(db)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(i => i.Found, i => i.Found + matches.Count)
                        .SetProperty(i => i.Updated, i => i.Updated + updated)
                        .SetProperty(i => i.Skipped, i => i.Skipped + matches.Count - updated),
                lease.Stop
            );
    }

    /// <summary>A name may have come or gone since the check; then the row is judged again.</summary>
    private async Task KeepRejects(
        int id,
        List<(RegisterRow Row, RowReading Reading)> readings,
        Dictionary<int, string> known,
        CancellationToken stop
    )
    {
        var changed = readings
            .Where(r =>
                known.GetValueOrDefault(r.Row.Number)
                != (r.Reading.Draft is null ? CheckedRows.FaultsOf(r.Reading.Faults) : null)
            )
            .ToList();
        if (changed.Count == 0)
            return;
        var numbers = changed.ConvertAll(r => r.Row.Number);
        await db
            .ImportRejects.Where(r => r.ImportRunId == id && EF.Parameter(numbers).Contains(r.Row))
            .ExecuteDeleteAsync(stop);
        await db.InsertMany(
            changed
                .Where(r => r.Reading.Draft is null)
                .Select(r => CheckedRows.Reject(id, r.Row, r.Reading.Faults))
                .ToList(),
            stop
        );
    }

    private async Task<List<Client>> Add(
        ImportRun run,
        List<RowDraft> drafts,
        ImportNames names,
        WorkflowMap workflow,
        CancellationToken stop
    )
    {
        if (drafts.Count == 0)
            return [];
        var at = clock.Instant();
        var year = Clock.RiyadhDate(at).Year;
        // Taking numbers locks the year's counter until the commit: two imports never create the same client at once.
        var number = await NumberCounter.Take(db, TransactionNumber.Series, year, drafts.Count, stop);
        var created = await CreateClients(run.Id, drafts, names, at, stop);
        var transactions = drafts.ConvertAll(draft =>
        {
            var client = names.ClientOf(draft) ?? created[ArabicText.Fold(draft.ClientName)];
            var transaction = new Transaction(
                TransactionNumber.Of(year, number++),
                FieldsOf(draft, client.Id),
                workflow[draft.Status],
                run.CreatedById,
                draft.Assignee is { } assignee ? ImportNames.Number(assignee) : null,
                at,
                HistoryKind.Imported
            );
            transaction.CameFrom(run.Id, draft.Row);
            transaction.Happened(Instant(draft.CreatedAt), Instant(draft.SubmittedAt), Instant(draft.CompletedAt));
            transaction.RefreshSearchText(client);
            return transaction;
        });
        await db.InsertMany(transactions, stop);

        var (first, last) = (drafts[0].Row, drafts[^1].Row);
        var ids = await db
            .Transactions.Where(t => t.ImportId == run.Id && t.ImportRow >= first && t.ImportRow <= last)
            .Select(t => new { t.ImportRow, t.Id })
            .ToDictionaryAsync(t => t.ImportRow!.Value, t => (object?)t.Id, stop);
        await db.InsertMany(
            transactions.SelectMany(t => t.History, (t, entry) => (entry, ids[t.ImportRow!.Value])).ToList(),
            nameof(HistoryEntry.TransactionId),
            stop
        );
        await db.InsertMany(
            transactions.SelectMany(t => t.Tags, (t, tag) => (tag, ids[t.ImportRow!.Value])).ToList(),
            nameof(TransactionTag.TransactionId),
            stop
        );
        await db.InsertMany(
            transactions
                .SelectMany(t => t.AuthorityReferences, (t, reference) => (reference, ids[t.ImportRow!.Value]))
                .ToList(),
            nameof(AuthorityReference.TransactionId),
            stop
        );
        await db.InsertMany(
            transactions.ConvertAll(t =>
                AuditLog.Entry(
                    "transaction.imported",
                    "transaction",
                    t.Number,
                    run.CreatedById,
                    at,
                    data: new
                    {
                        import = run.Id,
                        row = t.ImportRow,
                        t.Status,
                    }
                )
            ),
            stop
        );
        await db.InsertMany(
            transactions.ConvertAll(t =>
                ChangeRecord.EventOf(t, t.History[0], TransactionEvents.Imported, PageEffect.Appeared, [])
            ),
            stop
        );
        return [.. created.Values];
    }

    private async Task<Dictionary<string, Client>> CreateClients(
        int importId,
        List<RowDraft> drafts,
        ImportNames names,
        DateTime at,
        CancellationToken stop
    )
    {
        if (drafts.TrueForAll(d => names.ClientOf(d) is not null))
            return [];
        await names.LearnClients(db, stop);
        var created = drafts
            .Where(d => names.ClientOf(d) is null)
            .DistinctBy(d => ArabicText.Fold(d.ClientName), StringComparer.Ordinal)
            .ToDictionary(
                d => ArabicText.Fold(d.ClientName),
                d => ClientNamed(d.ClientName, at),
                StringComparer.Ordinal
            );
        db.Clients.AddRange(created.Values);
        await db.SaveChangesAsync(stop);
        db.ImportClients.AddRange(
            created.Values.Select(c => new ImportClient { ImportRunId = importId, ClientId = c.Id })
        );
        await db.SaveChangesAsync(stop);
        return created;
    }

    private static Client ClientNamed(string name, DateTime at)
    {
        var isArabic = name.Any(c => c is >= '\u0600' and <= '\u06FF');
        return new()
        {
            NameEn = isArabic ? null : name,
            NameAr = isArabic ? name : null,
            CreatedAt = at,
            SearchText = ArabicText.Fold(name),
        };
    }

    private static TransactionFields FieldsOf(RowDraft draft, int clientId) =>
        new()
        {
            ReferenceNumber = draft.Reference,
            Title = draft.Title,
            Description = draft.Description,
            Type = draft.Type,
            Category = draft.Category,
            Priority = Keys.Find<Priority>(draft.Priority) ?? Priority.Normal,
            AmountMinor = draft.AmountMinor,
            Currency = draft.Currency ?? "SAR",
            ClientId = clientId,
            ProjectId = draft.Project is { } project ? ImportNames.Number(project) : null,
            Department = draft.Department,
            DueDate = draft.DueDate,
            InternalNotes = draft.InternalNotes,
            HolderKind = draft.HolderKind,
            HolderName = draft.HolderName,
            HolderSince = draft.HolderSince,
            AuthorityReferences = draft.AuthorityReferences,
            Tags = draft.Tags,
        };

    private static DateTime? Instant(DateTime? riyadhTime) => riyadhTime is { } time ? Clock.InstantOf(time) : null;

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
