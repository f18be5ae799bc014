using System.Globalization;
using System.Linq.Expressions;
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
public sealed partial class ShowImport(
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
    public const int MatchesShown = 20;
    public const int MatchesMax = 1000;

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
            .Select(i => new { Run = i, By = PersonName.Shown(i.CreatedBy.FullName, i.CreatedBy.NameAr) })
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
            found.By,
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

    /// <summary>What is wrong with a cell, in the reader's language.</summary>
    public static string FaultText(string kind) => ImportLimits.Text(Words.T, "import.fault." + kind);

    /// <summary>Why an import failed, in the reader's language.</summary>
    public static string FailureText(string? failure) => ImportLimits.Text(Words.T, failure ?? "problem.unexpected");

    /// <summary>The text key of why a column is not read.</summary>
    public static string ReasonKey(ColumnReason reason) => "import.reason." + Keys.Of(reason);

    /// <summary>The text key of why an undo left a transaction.</summary>
    public static string KeptKey(Keeping why) => "import.kept." + Keys.Of(why);

    /// <summary>The text key of a warning, which counts.</summary>
    public static string WarningKey(string kind) => "import.warning." + kind;

    /// <summary>The text key of a field's name.</summary>
    public static string FieldKey(RegisterField field) => "import.field." + Keys.Of(field);

    private async Task<List<Left>> KeptOf(ImportRun run, CancellationToken stop)
    {
        if (run.Status != ImportStatus.Undone)
            return [];
        var made = await db
            .Transactions.Where(t => t.ImportId == run.Id && t.DeletedAt == null)
            .OrderBy(t => t.Id)
            .Take(KeptMax)
            .Select(t => new Left(t.ReferenceNumber, t.Number, t.Title, Keeping.New))
            .ToListAsync(stop);
        var updated = await db
            .ImportMatches.Where(m => m.ImportRunId == run.Id && m.Before != null && m.Transaction.DeletedAt == null)
            .OrderBy(m => m.Row)
            .Take(KeptMax)
            .Select(m => new Left(
                m.Transaction.ReferenceNumber,
                m.Transaction.Number,
                m.Transaction.Title,
                m.Version == null ? Keeping.Later : Keeping.Edited
            ))
            .ToListAsync(stop);
        return [.. made, .. updated];
    }

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
