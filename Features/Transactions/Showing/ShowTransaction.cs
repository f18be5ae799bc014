using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;
using RazorSlices;

namespace MdcTts.Features.Transactions.Showing;

/// <summary>One transaction: where it stands, what may be done with it now, and what happened to it.</summary>
public sealed class ShowTransaction(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    CurrentChoices choices,
    Timeline timeline,
    TrackingLinks links,
    TimeProvider clock
)
{
    /// <summary>All that the page shows.</summary>
    public sealed record View(
        TransactionFacts Facts,
        IReadOnlyList<WorkflowMove> Moves,
        IReadOnlyList<Timeline.Line> Timeline,
        string? Kind,
        Choices Choices,
        CatalogueEntries Catalogue,
        CurrentUser User,
        DateTime Now
    )
    {
        public DateOnly Today { get; } = Clock.RiyadhDate(Now);

        public bool CanChange => User.MayChange(Facts.AssigneeId, Facts.CreatedById);

        /// <summary>Whether this person may take it or give it to somebody.</summary>
        public bool CanAssign => CanChange || (User.IsStaff && Facts.AssigneeId is null);

        /// <summary>All lines, also while <see cref="Timeline"/> is narrowed to a kind.</summary>
        public required IReadOnlyList<Timeline.Line> History { get; init; }

        /// <summary>
        /// How long until a day, in working days. Null over a weekend: no working day lies between.
        /// </summary>
        public string? DueIn(DateOnly due)
        {
            var days = Catalogue.WorkingDays(Today, due);
            if (due == Today)
                return Words.T["time.today"];
            if (days == 0)
                return null;
            return due < Today
                ? Words.T["show.late", Words.T.Count("time.working_days", -days)]
                : Words.T["show.due_in", Words.T.Count("time.working_days", days)];
        }

        /// <summary>Where the QR leads.</summary>
        public required string TrackingUrl { get; init; }

        /// <summary>What was typed into a form of this page that was refused, and why.</summary>
        public Refused? Refused { get; init; }

        /// <summary>What other features put on the page.</summary>
        public PageSections Sections { get; init; } = PageSections.None;

        /// <summary>From where on the page hears of changes; null: from when it is open.</summary>
        public string? Mark { get; init; }
    }

    /// <summary>A refused post on this page: which form, its fields as typed, what is wrong.</summary>
    public sealed record Refused(string Form, IReadOnlyDictionary<string, string> Values, Problem Problem);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{number}", Page).RequireAuthorization(Policies.SignedIn);
        api.MapGet("/{number}", Json).RequireAuthorization(Policies.SignedIn).WithSummary("One transaction");
        api.MapGet("/{number}/transitions", Transitions)
            .RequireAuthorization(Policies.SignedIn)
            .WithSummary("The moves open to the caller now")
            .RequireAuthorization(Policies.SignedIn);
        api.MapGet("/{number}/history", History)
            .RequireAuthorization(Policies.SignedIn)
            .WithSummary("The timeline, newest first");
    }

    /// <summary>A move as the API tells it.</summary>
    public sealed record MoveJson(string To, string Name, bool NoteNeeded);

    /// <summary>A line of the timeline as the API tells it.</summary>
    public sealed record HistoryJson(
        string Id,
        string Kind,
        DateTime At,
        string By,
        string? FromStatus,
        string? ToStatus,
        string? Text,
        string? NoteVisibility,
        IReadOnlyList<FieldChange> Changes
    );

    public async Task<Result<View>> Handle(string number, string? kind, CancellationToken stop)
    {
        if (await db.Transactions.FactsOf(number, user, stop) is not { } facts)
            return Problem.NotFound();
        var catalogue = await catalogues.Get(stop);
        var lines = await timeline.Of(facts.Id, kind, stop);
        var changes = lines.SelectMany(line => line.Changes).ToLookup(c => c.Field, StringComparer.Ordinal);
        var named = new Choices.Chosen
        {
            Clients = Choices.Chosen.Ids(changes["client"].SelectMany(c => new[] { c.Old, c.New })),
            ProjectIds = Choices.Chosen.Ids(changes["project"].SelectMany(c => new[] { c.Old, c.New })),
            People = facts.AssigneeId is { } assignee ? [assignee] : [],
        };
        return new View(
            facts,
            MovesOf(facts.Status, facts.AssigneeId, facts.CreatedById, catalogue),
            lines,
            kind,
            await choices.Get(named, stop),
            catalogue,
            user,
            clock.Instant()
        )
        {
            History = kind is null ? lines : await timeline.Of(facts.Id, kind: null, stop),
            TrackingUrl = links.For(facts.TrackingToken),
        };
    }

    /// <summary>Where a transaction stands and the moves open to the caller.</summary>
    public sealed record Open(string Status, IReadOnlyList<MoveJson> Transitions);

    /// <summary>Reads no more than the status: scripts ask for this often.</summary>
    public async Task<Result<Open>> Moves(string number, CancellationToken stop)
    {
        var found = await db
            .Transactions.Numbered(number, user)
            .Select(t => new
            {
                t.Status,
                t.AssigneeId,
                t.CreatedById,
            })
            .SingleOrDefaultAsync(stop);
        if (found is null)
            return Problem.NotFound();
        var catalogue = await catalogues.Get(stop);
        return new Open(
            found.Status,
            [
                .. MovesOf(found.Status, found.AssigneeId, found.CreatedById, catalogue)
                    .Select(m => new MoveJson(m.To, catalogue.Workflow[m.To].Name, m.NeedsNote)),
            ]
        );
    }

    private IReadOnlyList<WorkflowMove> MovesOf(
        string status,
        int? assigneeId,
        int createdById,
        CatalogueEntries catalogue
    ) => user.MayChange(assigneeId, createdById) ? [.. catalogue.Workflow.MovesFrom(status, user.ActingRole)] : [];

    /// <summary>The page again after a refused post of one of its forms, with what was typed.</summary>
    public async Task<IResult> ShowAgain(
        string number,
        string form,
        Problem problem,
        HttpContext http,
        CancellationToken stop
    )
    {
        db.ChangeTracker.Clear();
        var values = http.Request.HasFormContentType
            ? (await http.Request.ReadFormAsync(stop)).ToDictionary(
                f => f.Key,
                f => f.Value.ToString(),
                StringComparer.Ordinal
            )
            : [];
        if (!(await Handle(number, kind: null, stop)).Ok(out var view, out var missing))
            return http.HtmlProblem(missing);
        view = view with { Refused = new(form, values, problem) };
        return (await Whole(view, http, stop)).Status(ProblemResults.StatusOf(problem.Kind));
    }

    private static async Task<IResult> Page(
        string number,
        string? kind,
        ShowTransaction useCase,
        LiveFeed live,
        HttpContext http,
        CancellationToken stop
    )
    {
        // Before anything is read, so that the page hears of every later change.
        var mark = live.Mark;
        if (!(await useCase.Handle(number, kind, stop)).Ok(out var view, out var missing))
            return http.HtmlProblem(missing);
        return http.WantsFragment() ? TimelineCard.Create(view) : await Whole(view with { Mark = mark }, http, stop);
    }

    private static async Task<RazorSlice> Whole(View view, HttpContext http, CancellationToken stop) =>
        TransactionPage.Create(view with { Sections = await PageSections.Of(view.Facts, http.RequestServices, stop) });

    private static Task<IResult> Json(
        string number,
        TransactionAnswers answers,
        HttpContext http,
        CancellationToken stop
    ) => answers.For(number, http, stop);

    private static async Task<IResult> Transitions(string number, ShowTransaction useCase, CancellationToken stop) =>
        (await useCase.Moves(number, stop)).Match(open => Results.Json(open), ProblemResults.Json);

    private static async Task<IResult> History(
        string number,
        string? page,
        string? pageSize,
        Timeline timeline,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await timeline.Page(number, PageRequest.From(page, pageSize), kind: null, stop)).Match(
            lines => Results.Json(ApiPage<HistoryJson>.From(lines.Select(JsonOf), http)),
            ProblemResults.Json
        );

    private static HistoryJson JsonOf(Timeline.Line line) =>
        new(
            line.Id.ToString(CultureInfo.InvariantCulture),
            Keys.Of(line.Kind),
            line.At,
            line.By,
            line.From,
            line.To,
            line.Text,
            line is { Kind: HistoryKind.Status, Text: not null } ? Keys.Of(line.Visibility) : null,
            line.Changes
        );
}
