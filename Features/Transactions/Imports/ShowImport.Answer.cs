using System.Globalization;
using System.Text.Json.Serialization;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

// What the API answers of an import.
public sealed partial class ShowImport
{
    /// <summary>The API's answer.</summary>
    public sealed record Answer(
        string Id,
        string Status,
        int Rows,
        int Processed,
        int Imported,
        int Rejected,
        IReadOnlyList<Error> Errors,
        string? RejectedUrl,
        IReadOnlyList<AnsweredColumn> Columns,
        IReadOnlyList<AnsweredSheet> Sheets,
        IReadOnlyList<Error> Warnings,
        AnsweredExisting Existing
    )
    {
        /// <summary>What is wrong by kind, with the names that a person can give a meaning to.</summary>
        public required IReadOnlyList<AnsweredGroup> Faults { get; init; }

        /// <summary>Names that were read as somebody said.</summary>
        public required IReadOnlyList<AnsweredMeaning> Meanings { get; init; }

        /// <summary>How many cells were corrected here.</summary>
        public int CorrectedCells { get; init; }

        /// <summary>About how long it still takes; only under way.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public int? SecondsLeft { get; init; }

        /// <summary>The earlier import of the same file; left out when there is none.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? SameFileAs { get; init; }

        /// <summary>The import whose rejected rows this file brings again.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Continues { get; init; }

        /// <summary>Those that brought the rejected rows of this one again.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<string>? ContinuedBy { get; init; }

        /// <summary>How many rows wait for an admin's release, or would with a request.</summary>
        public int ForRelease { get; init; }

        /// <summary>Why an admin sent it back.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Refusal { get; init; }

        /// <summary>After an undo, for an admin: clients that it made and nobody uses.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<MadeClient>? UnusedClients { get; init; }

        /// <summary>Numbers of what an undo left as it is.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<string>? Kept { get; init; }

        /// <summary>Why, in words, by number.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyDictionary<string, string>? KeptBecause { get; init; }
    }

    /// <summary>Rows whose transactions are here already: what is done with them, and the first of them.</summary>
    public sealed record AnsweredExisting(
        string Policy,
        int Found,
        int Skipped,
        int Updated,
        IReadOnlyList<AnsweredMatch> Rows
    );

    /// <summary>One of them, found by number, reference or title, and what an update changes.</summary>
    public sealed record AnsweredMatch(int Row, string Number, string By, IReadOnlyList<FieldChange> Changes)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Sheet { get; init; }
    }

    /// <summary>All faults of one kind in one column, and the most frequent unknown names.</summary>
    public sealed record AnsweredGroup(
        string Kind,
        string? Field,
        string Column,
        string Message,
        int Rows,
        int Values,
        IReadOnlyList<ImportName> Names
    );

    /// <summary>A name of the file and what it was read as; null for a client that is to be created.</summary>
    public sealed record AnsweredMeaning(string Field, string Text, string? Means, int Rows, bool Remembered);

    /// <summary>One wrong cell; row 0 speaks of the whole file.</summary>
    public sealed record Error(int Row, string Column, string Value, string Message)
    {
        /// <summary>Where the rows come from several sheets.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Sheet { get; init; }
    }

    /// <summary>Where a column went; without a field, why it was not read.</summary>
    public sealed record AnsweredColumn(string Heading, string? Field, string? Reason);

    /// <summary>A sheet of the workbook, its rows, and whether they were read.</summary>
    public sealed record AnsweredSheet(string Name, int Rows, bool Read);

    /// <summary>The API's answer to anything that was done to an import.</summary>
    public async Task<Result<Answer>> Answered(int id, CancellationToken stop)
    {
        var run = await db.Imports.AsNoTracking().VisibleTo(user).SingleOrDefaultAsync(i => i.Id == id, stop);
        if (run is null)
            return Problem.NotFound();
        var preview = run.ReadPreview();
        var kept = await KeptOf(run, stop);
        var rejects = await db
            .ImportRejects.AsNoTracking()
            .Where(r => r.ImportRunId == id)
            .OrderBy(r => r.Row)
            .Take(ErrorsMax)
            .Select(r => new { r.Row, r.Faults })
            .ToListAsync(stop);
        var errors = rejects.SelectMany(r =>
            ImportJson
                .Read<List<ImportFault>>(r.Faults)
                .Select(f => new Error(RegisterRow.NumberIn(r.Row), f.Column, f.Value, FaultText(f.Kind))
                {
                    Sheet = preview.SheetOf(r.Row),
                })
        );
        if (run.Failure is { } failure)
            errors = errors.Prepend(new Error(0, "", "", FailureText(failure)));
        return new Answer(
            run.Id.ToString(CultureInfo.InvariantCulture),
            Keys.Of(run.Status),
            run.Rows,
            run.Processed,
            run.Imported,
            run.Rejected,
            [.. errors.Take(ErrorsMax)],
            run.Rejected > 0 ? RouteGroups.Api + TransactionRoutes.ImportRejected(id) : null,
            [
                .. preview.Columns.Select(c => new AnsweredColumn(
                    c.Heading,
                    c.Field is { } field ? ImportMapping.NameOf(field) : null,
                    c.Reason is { } reason ? Words.T[ReasonKey(reason)] : null
                )),
            ],
            [.. preview.Sheets.Select(s => new AnsweredSheet(s.Name ?? "", s.Rows, s.IsRead))],
            [
                .. preview.Warnings.Select(w => new Error(
                    RegisterRow.NumberIn(w.Row),
                    w.Column,
                    w.Value,
                    Words.T.Count(WarningKey(w.Kind), w.Count)
                )
                {
                    Sheet = preview.SheetOf(w.Row),
                }),
            ],
            new AnsweredExisting(
                Keys.Of(run.Existing),
                run.Found,
                run.Skipped,
                run.Updated,
                [
                    .. (await MatchesOf(id, MatchesMax, stop)).Select(m => new AnsweredMatch(
                        RegisterRow.NumberIn(m.Row),
                        m.Number,
                        Keys.Of(m.By),
                        m.Changes
                    )
                    {
                        Sheet = preview.SheetOf(m.Row),
                    }),
                ]
            )
        )
        {
            Faults =
            [
                .. preview.Groups.Select(g => new AnsweredGroup(
                    g.Kind,
                    g.Column.Length == 0 ? null : ImportMapping.NameOf(g.Field),
                    g.Column,
                    FaultText(g.Kind),
                    g.Rows,
                    g.Values,
                    g.Names
                )),
            ],
            Meanings =
            [
                .. preview.Meant.Select(m => new AnsweredMeaning(
                    ImportMapping.NameOf(m.Field),
                    m.Text,
                    m.NameEn is null && m.NameAr is null ? null : Words.T.Pick(m.NameEn, m.NameAr),
                    m.Rows,
                    m.IsRemembered
                )),
            ],
            CorrectedCells = CorrectedIn(run),
            SecondsLeft = TimeLeftOf(run, clock.Instant()) is { } left ? (int)Math.Ceiling(left.TotalSeconds) : null,
            SameFileAs = (await TwinOf(run, stop))?.Id.ToString(CultureInfo.InvariantCulture),
            Continues = run.ContinuesId?.ToString(CultureInfo.InvariantCulture),
            ContinuedBy = (await Parts(i => i.ContinuesId == id, stop)) is { Count: > 0 } parts
                ? parts.ConvertAll(p => p.Id.ToString(CultureInfo.InvariantCulture))
                : null,
            ForRelease = run.Status is ImportStatus.Checked or ImportStatus.Waiting ? preview.ForRelease : 0,
            Refusal = run.Refusal,
            UnusedClients = (await UnusedClients(run, stop)) is { Count: > 0 } unused ? unused : null,
            Kept = run.Status == ImportStatus.Undone ? [.. kept.Select(t => t.Number)] : null,
            KeptBecause =
                kept.Count > 0
                    ? kept.DistinctBy(t => t.Number).ToDictionary(t => t.Number, t => Words.T[KeptKey(t.Why)])
                    : null,
        };
    }
}
