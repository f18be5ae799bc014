using System.Globalization;
using System.Linq.Expressions;
using System.Text.Json.Serialization;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// Where an import stands: progress, what is wrong with which cell, the summary. One address for page, fragment and
/// script.
/// </summary>
public sealed class ShowImport(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    CurrentChoices choices,
    TimeProvider clock
)
{
    public const int RejectsShown = 50;
    public const int ErrorsMax = 1000;
    public const int KeptMax = 1000;

    /// <summary>A rejected row with its faults.</summary>
    public sealed record Reject(int Row, IReadOnlyList<string> Cells, IReadOnlyList<ImportFault> Faults);

    public const int MatchesShown = 20;
    public const int MatchesMax = 1000;

    /// <summary>A row whose transaction is here already, and what an update changes.</summary>
    public sealed record Match(
        int Row,
        string Number,
        string? Reference,
        string Title,
        MatchedBy By,
        IReadOnlyList<FieldChange> Changes
    );

    /// <summary>An earlier import of the very same file.</summary>
    public sealed record Twin(int Id, DateTime At);

    /// <summary>A client that the import made.</summary>
    public sealed record MadeClient(string Id, string Name);

    /// <summary>The import that this one continues, or one that continues it.</summary>
    public sealed record Part(int Id, string FileName, int Imported);

    /// <summary>A transaction that an undo left, because it was edited since.</summary>
    public sealed record Left(string? Reference, string Number, string Title);

    /// <param name="Run">The row.</param>
    /// <param name="By">Who started it.</param>
    /// <param name="Rejects">Rejected rows, a page of them.</param>
    /// <param name="Kept">What an undo left.</param>
    /// <param name="User">Who looks.</param>
    /// <param name="Now">For times.</param>
    public sealed record View(
        ImportRun Run,
        string By,
        IReadOnlyList<Reject> Rejects,
        IReadOnlyList<Left> Kept,
        CurrentUser User,
        DateTime Now
    )
    {
        public ImportPreview Preview { get; } = Run.ReadPreview();

        /// <summary>The page of <see cref="Rejects"/>, from 1.</summary>
        public int Page { get; init; } = 1;

        /// <summary>The first rows whose transactions are here already.</summary>
        public IReadOnlyList<Match> Matches { get; init; } = [];

        /// <summary>The same file has been imported before.</summary>
        public Twin? Twin { get; init; }

        /// <summary>The import whose rejected rows this file brings again.</summary>
        public Part? Continues { get; init; }

        /// <summary>Those that brought the rejected rows of this one again.</summary>
        public IReadOnlyList<Part> ContinuedBy { get; init; } = [];

        /// <summary>After an undo, for an admin: clients that the batch made and nobody uses.</summary>
        public IReadOnlyList<MadeClient> UnusedClients { get; init; } = [];

        public required CatalogueEntries Catalogue { get; init; }

        /// <summary>What unknown names may mean.</summary>
        public Choices Choices { get; init; } = Choices.None;

        /// <summary>Errors of a form on the page.</summary>
        public FieldErrors? Errors { get; init; }

        /// <summary>What was typed into the form that has errors.</summary>
        public IReadOnlyDictionary<string, string> Typed { get; init; } =
            new Dictionary<string, string>(StringComparer.Ordinal);

        /// <summary>Without a title, a client and a type, the columns must be set right before the cells.</summary>
        public bool HasAllColumns { get; } =
            Run.ReadPreview() is var preview
            && new[] { RegisterField.Title, RegisterField.Client, RegisterField.Type }.All(field =>
                preview.Columns.Any(column => column.Field == field)
            );

        public int Good => Run.Rows - Run.Rejected;

        /// <summary>How many cells were corrected here.</summary>
        public int Corrected { get; } = CorrectedIn(Run);

        /// <summary>How long the rows still take at the pace so far; null as long as nobody can tell.</summary>
        public TimeSpan? TimeLeft => TimeLeftOf(Run, Now);

        /// <summary>A row as people call it: its number, with its sheet where there are several.</summary>
        public string RowName(int row)
        {
            var number = RegisterRow.NumberIn(row).ToString(CultureInfo.InvariantCulture);
            return Preview.SheetOf(row) is { } sheet ? $"{sheet} · {number}" : number;
        }

        /// <summary>The text of a cell, cut where it would widen the page.</summary>
        public static string RowText(IReadOnlyList<string> cells, int index, int most) =>
            index >= cells.Count ? ""
            : cells[index].Length <= most ? cells[index]
            : cells[index][..(most - 1)] + "…";
    }

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

        /// <summary>Numbers of what an undo left; only in its answer.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<string>? Kept { get; init; }
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

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{id:int}", Page);
        api.MapGet("/{id:int}", Json)
            .WithName("getImport")
            .WithSummary("Progress and outcome of an import")
            .Produces<Answer>()
            .ProducesProblem(404);
    }

    public Task<Result<View>> Handle(int id, CancellationToken stop) => Handle(id, page: null, stop);

    /// <summary>With a page of the rejected rows.</summary>
    public async Task<Result<View>> Handle(int id, string? page, CancellationToken stop)
    {
        var asked = PageRequest.From(page, size: null) with { Size = RejectsShown };
        var found = await db
            .Imports.AsNoTracking()
            .VisibleTo(user)
            .Where(i => i.Id == id)
            .Select(i => new { Run = i, i.CreatedBy.FullName })
            .SingleOrDefaultAsync(stop);
        if (found is null)
            return Problem.NotFound();
        var rejects = found.Run.IsUnderway
            ? []
            : await db
                .ImportRejects.AsNoTracking()
                .Where(r => r.ImportRunId == id)
                .OrderBy(r => r.Row)
                .Skip(asked.Skip)
                .Take(RejectsShown)
                .ToListAsync(stop);
        return new View(
            found.Run,
            found.FullName,
            rejects.ConvertAll(r => new Reject(r.Row, r.ReadCells(), r.ReadFaults())),
            await KeptOf(found.Run, stop),
            user,
            clock.Instant()
        )
        {
            Page = asked.Page,
            Matches = found.Run.IsUnderway ? [] : await MatchesOf(id, MatchesShown, stop),
            Twin = await TwinOf(found.Run, stop),
            Continues = found.Run.ContinuesId is { } former
                ? (await Parts(i => i.Id == former, stop)).SingleOrDefault()
                : null,
            ContinuedBy = await Parts(i => i.ContinuesId == id, stop),
            UnusedClients = await UnusedClients(found.Run, stop),
            Catalogue = await catalogues.Get(stop),
            Choices = found.Run.Status == ImportStatus.Checked ? await choices.Get(stop) : Choices.None,
        };
    }

    private async Task<List<Match>> MatchesOf(int id, int most, CancellationToken stop)
    {
        var matches = await db
            .ImportMatches.AsNoTracking()
            .Where(m => m.ImportRunId == id)
            .OrderBy(m => m.Row)
            .Take(most)
            .Select(m => new
            {
                Match = m,
                m.Transaction.Number,
                m.Transaction.ReferenceNumber,
                m.Transaction.Title,
            })
            .ToListAsync(stop);
        return matches.ConvertAll(m => new Match(
            m.Match.Row,
            m.Number,
            m.ReferenceNumber,
            m.Title,
            m.Match.By,
            m.Match.ReadChanges()
        ));
    }

    private async Task<Twin?> TwinOf(ImportRun run, CancellationToken stop) =>
        run.Hash is null
            ? null
            : await db
                .Imports.VisibleTo(user)
                .Where(i => i.Hash == run.Hash && i.Id < run.Id && i.Status == ImportStatus.Completed && i.Imported > 0)
                .OrderByDescending(i => i.Id)
                .Select(i => new Twin(i.Id, i.CreatedAt))
                .FirstOrDefaultAsync(stop);

    private Task<List<Part>> Parts(Expression<Func<ImportRun, bool>> which, CancellationToken stop) =>
        db
            .Imports.VisibleTo(user)
            .Where(which)
            .Where(i => i.Status != ImportStatus.Undone)
            .OrderBy(i => i.Id)
            .Select(i => new Part(i.Id, i.FileName, i.Imported))
            .ToListAsync(stop);

    private async Task<IReadOnlyList<MadeClient>> UnusedClients(ImportRun run, CancellationToken stop) =>
        run.Status != ImportStatus.Undone || !user.IsAdmin
            ? []
            : (
                await db.UnusedClientsOf(run.Id)
                    .OrderBy(c => c.Id)
                    .Take(KeptMax)
                    .Select(c => new
                    {
                        c.Id,
                        c.NameEn,
                        c.NameAr,
                    })
                    .ToListAsync(stop)
            ).ConvertAll(c => new MadeClient(
                c.Id.ToString(CultureInfo.InvariantCulture),
                Words.T.Pick(c.NameEn, c.NameAr)
            ));

    private static int CorrectedIn(ImportRun run) => run.ReadCorrections().Values.Sum(texts => texts.Count);

    private static TimeSpan? TimeLeftOf(ImportRun run, DateTime now) =>
        run.IsUnderway && run.RowsSince is { } since && run.Processed > 0 && run.Processed < run.Rows && now > since
            ? (now - since) * ((double)(run.Rows - run.Processed) / run.Processed)
            : null;

    /// <summary>The API's answer to anything that was done to an import.</summary>
    public async Task<Result<Answer>> Answered(int id, CancellationToken stop)
    {
        var run = await db.Imports.AsNoTracking().VisibleTo(user).SingleOrDefaultAsync(i => i.Id == id, stop);
        if (run is null)
            return Problem.NotFound();
        var preview = run.ReadPreview();
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
                .Select(f => new Error(RegisterRow.NumberIn(r.Row), f.Column, f.Value, Words.T[FaultKey(f.Kind)])
                {
                    Sheet = preview.SheetOf(r.Row),
                })
        );
        if (run.Failure is { } failure)
            errors = errors.Prepend(new Error(0, "", "", Words.T[failure]));
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
                    Words.T[FaultKey(g.Kind)],
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
            Kept = run.Status == ImportStatus.Undone ? [.. (await KeptOf(run, stop)).Select(t => t.Number)] : null,
        };
    }

    /// <summary>The text of what is wrong with a cell.</summary>
    public static string FaultKey(string kind) => "import.fault." + kind;

    /// <summary>The text key of why a column is not read.</summary>
    public static string ReasonKey(ColumnReason reason) => "import.reason." + Keys.Of(reason);

    /// <summary>The text key of a warning, which counts.</summary>
    public static string WarningKey(string kind) => "import.warning." + kind;

    /// <summary>The text key of a field's name.</summary>
    public static string FieldKey(RegisterField field) => "import.field." + Keys.Of(field);

    private async Task<List<Left>> KeptOf(ImportRun run, CancellationToken stop) =>
        run.Status != ImportStatus.Undone
            ? []
            : await db
                .Transactions.Where(t => t.ImportId == run.Id && t.DeletedAt == null)
                .OrderBy(t => t.Id)
                .Take(KeptMax)
                .Select(t => new Left(t.ReferenceNumber, t.Number, t.Title))
                .ToListAsync(stop);

    /// <summary>202 to a script: the import goes on, and this is where to follow it.</summary>
    public async Task<IResult> Accepted(int id, CancellationToken stop) =>
        (await Answered(id, stop)).Match<IResult>(
            answer => TypedResults.Accepted(RouteGroups.Api + TransactionRoutes.Import(id), answer),
            ProblemResults.Json
        );

    /// <summary>The page once more, with what is wrong in a form on it and what was typed there.</summary>
    public async Task<IResult> Again(
        int id,
        Problem invalid,
        HttpContext http,
        CancellationToken stop,
        IReadOnlyList<(string Name, string Value)>? typed = null
    ) =>
        (await Handle(id, stop)).Match<IResult>(
            view =>
                ImportPage
                    .Create(
                        view with
                        {
                            Errors = invalid.Fields,
                            Typed = (typed ?? []).ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal),
                        }
                    )
                    .Status(ProblemResults.StatusOf(invalid.Kind)),
            http.HtmlProblem
        );

    private static async Task<IResult> Page(
        int id,
        string? page,
        ShowImport useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(id, page, stop)).Match<IResult>(
            view => http.WantsFragment() ? ImportState.Create(view) : ImportPage.Create(view),
            http.HtmlProblem
        );

    private static async Task<IResult> Json(int id, ShowImport useCase, CancellationToken stop) =>
        (await useCase.Answered(id, stop)).Match<IResult>(TypedResults.Ok, ProblemResults.Json);
}
