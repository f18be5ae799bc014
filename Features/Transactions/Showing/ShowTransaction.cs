using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.Live;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Showing;

/// <summary>One transaction: where it stands, what may be done with it now, and what happened to it.</summary>
public static class ShowTransaction
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

        /// <summary>The facts that the history and the pages name people by.</summary>
        public bool CanChange => User.IsStaff;

        /// <summary>Where the QR leads.</summary>
        public required string TrackingUrl { get; init; }

        /// <summary>What was typed into a form of this page that was refused, and why.</summary>
        public Refused? Refused { get; init; }

        /// <summary>From where on the page hears of changes; null: from when it is open.</summary>
        public long? Mark { get; init; }
    }

    /// <summary>A refused post on this page: which form, its fields as typed, what is wrong.</summary>
    public sealed record Refused(string Form, IReadOnlyDictionary<string, string> Values, Problem Problem);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{number}", Page);
        api.MapGet("/{number}", Json).WithSummary("One transaction");
        api.MapGet("/{number}/transitions", Transitions)
            .WithSummary("The moves open to the caller now")
            .RequireAuthorization(Policies.SignedIn);
        api.MapGet("/{number}/history", History).WithSummary("The timeline, newest first");
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

    public static async Task<Result<View>> Handle(
        string number,
        string? kind,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TrackingLinks links,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        if (await db.Transactions.FactsOf(number, user, stop) is not { } facts)
            return Problem.NotFound();
        var catalogue = await catalogues.Get(stop);
        var timeline = await Timeline.Of(facts.Id, db, user, kind, stop);
        return new View(
            facts,
            [.. catalogue.Workflow.MovesFrom(facts.Status, user.Role)],
            timeline,
            kind,
            await Choices.For(user, db, counts, stop),
            catalogue,
            user,
            clock.Instant()
        )
        {
            TrackingUrl = links.For(facts.TrackingToken),
        };
    }

    /// <summary>The page again after a refused post, with what was typed.</summary>
    public static async Task<IResult> Again(
        string number,
        string form,
        Problem problem,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TrackingLinks links,
        TimeProvider clock,
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
        return (await Handle(number, kind: null, db, user, catalogues, counts, links, clock, stop)).Match<IResult>(
            view =>
                TransactionPage
                    .Create(view with { Refused = new(form, values, problem) })
                    .Status(ProblemResults.StatusOf(problem.Kind)),
            http.HtmlProblem
        );
    }

    private static async Task<IResult> Page(
        string number,
        string? kind,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TrackingLinks links,
        LiveFeed live,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        // Before anything is read: what comes later is told to the page.
        var mark = live.Mark;
        return (await Handle(number, kind, db, user, catalogues, counts, links, clock, stop)).Match<IResult>(
            view =>
                http.WantsFragment() ? TimelineCard.Create(view) : TransactionPage.Create(view with { Mark = mark }),
            http.HtmlProblem
        );
    }

    private static Task<IResult> Json(
        string number,
        CurrentUser user,
        TransactionAnswers answers,
        HttpContext http,
        CancellationToken stop
    ) => answers.For(number, http, user, stop);

    private static async Task<IResult> Transitions(
        string number,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CancellationToken stop
    )
    {
        if (await db.Transactions.FactsOf(number, user, stop) is not { } facts)
            return ProblemResults.Json(Problem.NotFound());
        var workflow = (await catalogues.Get(stop)).Workflow;
        return Results.Json(
            new
            {
                status = facts.Status,
                transitions = workflow
                    .MovesFrom(facts.Status, user.Role)
                    .Select(m => new MoveJson(m.To, workflow[m.To].Name, m.NeedsNote)),
            }
        );
    }

    private static async Task<IResult> History(
        string number,
        string? page,
        string? pageSize,
        AppDb db,
        CurrentUser user,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (await db.Transactions.FactsOf(number, user, stop) is not { } facts)
            return ProblemResults.Json(Problem.NotFound());
        var lines = await Timeline.Page(facts.Id, PageAsked.From(page, pageSize), db, user, kind: null, stop);
        var items = lines
            .Items.Select(l => new HistoryJson(
                l.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Keys.Of(l.Kind),
                l.At,
                l.By,
                l.From,
                l.To,
                l.Text,
                l is { Kind: HistoryKind.Status, Text: not null } ? Keys.Of(l.Visibility) : null,
                l.Changes
            ))
            .ToList();
        return Results.Json(ApiPage<HistoryJson>.From(new(items, lines.Page, lines.PageSize, lines.Total), http));
    }
}
