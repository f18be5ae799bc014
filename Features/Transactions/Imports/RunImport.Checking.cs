using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

// Reads every row, and keeps what is wrong with it and what is here already.
public sealed partial class RunImport
{
    private async Task<ImportStatus> Check(
        Lease<ImportRun> lease,
        ImportRun run,
        CheckedRows rows,
        IReadOnlyDictionary<string, RegisterField?>? remembered,
        ExistingTransactions existing,
        CurrentUser importer
    )
    {
        var register = rows.File;
        var keys = register.Columns.Select(c => Headings.Key(c.Heading)).ToHashSet(StringComparer.Ordinal);
        var read = rows.Preview() with
        {
            Remembered = remembered
                ?.Where(each => keys.Contains(each.Key))
                .ToDictionary(each => each.Key, each => each.Value, StringComparer.Ordinal),
        };
        var groups = new FaultGroups(register, run.CreatesClients);
        var workflow = (await catalogues.Get(lease.Stop)).Workflow;
        var unfinished = new List<int>();
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
                                .SetProperty(i => i.ContinuesId, run.ContinuesId)
                                .SetProperty(i => i.Mapping, run.Mapping)
                                .SetProperty(i => i.Choices, run.Choices)
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
            unfinished.AddRange(
                readings
                    .Where(r =>
                        r.Reading.Draft is { CompletedAt: not null } draft
                        && workflow[draft.Status].Meaning != Meaning.Done
                    )
                    .Select(r => r.Row.Number)
            );
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

        var next =
            !run.RunsWhenChecked ? ImportStatus.Checked
            : groups.ForRelease > 0 ? ImportStatus.Waiting
            : ImportStatus.Running;
        var runs = next == ImportStatus.Running;
        var processed = runs ? 0 : register.Rows.Count;
        preview = ImportJson.Write(
            read with
            {
                Groups = groups.Found(),
                ForRelease = groups.ForRelease,
                Meant = rows.Names.Meant(),
                Warnings = [.. read.Warnings, .. Unfinished(register, unfinished)],
            }
        );
        await Change(
            lease,
            async () =>
            {
                await lease
                    .Held(db)
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(i => i.Status, next)
                                .SetProperty(i => i.Preview, preview)
                                .SetProperty(i => i.Processed, processed)
                                // Writing counts them again, as it finds them.
                                .SetProperty(i => i.Found, i => runs ? 0 : i.Found)
                                .SetProperty(i => i.RunsWhenChecked, runs)
                                .SetProperty(i => i.Attempts, 0),
                        lease.Stop
                    );
                if (next != ImportStatus.Waiting)
                    return;
                var policy = Keys.Of(run.Existing);
                await WaitingImports.Ask(db, importer, run.Id, groups.ForRelease, policy, clock.Instant(), lease.Stop);
                await db.SaveChangesAsync(lease.Stop);
            }
        );
        Log.Checked(log, run.Id, register.Rows.Count);
        return next;
    }

    /// <summary>Only what is done has a time of completion.</summary>
    private static IEnumerable<ImportWarning> Unfinished(RegisterFile register, List<int> rows) =>
        rows.Count == 0
            ? []
            :
            [
                new(
                    "not_completed",
                    rows.Count,
                    rows[0],
                    CheckedRows.Storable(register.Column(RegisterField.CompletedDate)!.Heading),
                    string.Empty
                ),
            ];

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
}
