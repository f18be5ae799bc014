using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

// Brings the good rows into the register, batch by batch.
public sealed partial class RunImport
{
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
                ChangeRecord.EventOf(
                    t,
                    t.History[0],
                    TransactionEvents.Imported,
                    PageEffect.Appeared,
                    ChangeRecord.DataOf(t, t.History[0], [])
                )
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
}
