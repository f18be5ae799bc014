using MdcTts.Features.Lists;
using MdcTts.Features.Workflow;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Showing;

/// <summary>One transaction: where it stands, what may be done with it now, and what happened to it.</summary>
public static class ShowTransaction
{
    /// <summary>The facts, in one query. What a client may not know is left out of the page and of the JSON by <see cref="ForReader"/>.</summary>
    public sealed record Facts(
        int Id, string Number, string? ReferenceNumber, string Title, string? Description, string Type, string? Category, Priority Priority, string Status,
        long? AmountMinor, string Currency, int ClientId, string? ClientEn, string? ClientAr, string? ProjectCode, string? ProjectEn, string? ProjectAr, string? Department,
        int CreatedById, string CreatedBy, int? AssigneeId, string? Assignee, string? AssigneeEmail, DateOnly? DueDate, string? InternalNotes,
        HolderKind HolderKind, string? HolderName, DateOnly HolderSince, string TrackingToken,
        DateTime CreatedAt, DateTime UpdatedAt, DateTime? SubmittedAt, DateTime? CompletedAt, int Version)
    {
        public IReadOnlyList<string> Tags { get; init; } = [];
        public IReadOnlyList<AuthorityNumber> AuthorityReferences { get; init; } = [];

        /// <summary>Without internal notes and the assignee's address for a client.</summary>
        public Facts ForReader(CurrentUser user) => user.IsClient ? this with { InternalNotes = null, AssigneeEmail = null } : this;
    }

    /// <summary>All that the page shows.</summary>
    public sealed record View(Facts Facts, IReadOnlyList<WorkflowMove> Moves, IReadOnlyList<Timeline.Line> Timeline, string? Kind, Choices Choices, Catalogue Catalogue, CurrentUser User, DateTime Now)
    {
        public DateOnly Today { get; } = Clock.RiyadhDate(Now);

        /// <summary>The facts that the history and the pages name people by.</summary>
        public bool CanChange => User.IsStaff;

        /// <summary>Where the QR leads.</summary>
        public required string TrackingUrl { get; init; }

        /// <summary>What was typed into a form of this page that was refused, and why.</summary>
        public Refused? Refused { get; init; }
    }

    /// <summary>A refused post on this page: which form, its fields as typed, what is wrong.</summary>
    public sealed record Refused(string Form, IReadOnlyDictionary<string, string> Values, Problem Problem);

    public static void Map(RouteGroupBuilder pages) => pages.MapGet("/{number}", Page);

    public static async Task<Result<View>> Handle(
        string number, string? kind, AppDb db, CurrentUser user, CatalogueCache catalogues, CountCache counts, TrackingLinks links, TimeProvider clock, CancellationToken stop)
    {
        if (await Find(number, db, user, stop) is not { } facts) return Problem.NotFound();
        var catalogue = await catalogues.Get(stop);
        var timeline = await Timeline.Of(facts.Id, db, user, kind, stop);
        return new View(
            facts, [.. catalogue.Workflow.MovesFrom(facts.Status, user.Role)], timeline, kind, await Choices.For(user, db, counts, stop), catalogue, user, clock.Instant())
        {
            TrackingUrl = links.For(facts.TrackingToken),
        };
    }

    /// <summary>The facts of a transaction the person may see, or null.</summary>
    public static async Task<Facts?> Find(string number, AppDb db, CurrentUser user, CancellationToken stop)
    {
        if (!TransactionNumber.IsSane(number)) return null;
        var found = await db.Transactions.VisibleTo(user).Where(t => t.Number == number).Select(t => new
        {
            Facts = new Facts(
                t.Id, t.Number, t.ReferenceNumber, t.Title, t.Description, t.Type, t.Category, t.Priority, t.Status,
                t.AmountMinor, t.Currency, t.ClientId, t.Client.NameEn, t.Client.NameAr, t.Project!.Code, t.Project.NameEn, t.Project.NameAr, t.Department,
                t.CreatedById, t.CreatedBy.FullName, t.AssigneeId, t.Assignee!.FullName, t.Assignee.Email, t.DueDate, t.InternalNotes,
                t.HolderKind, t.HolderName, t.HolderSince, t.TrackingToken, t.CreatedAt, t.UpdatedAt, t.SubmittedAt, t.CompletedAt, t.Version),
            Tags = t.Tags.OrderBy(tag => tag.Name).Select(tag => tag.Name).ToList(),
            References = t.AuthorityReferences.OrderBy(a => a.Id).Select(a => new AuthorityNumber(a.Authority, a.Number, a.Date)).ToList(),
        }).AsSingleQuery().SingleOrDefaultAsync(stop);
        return found is null ? null : (found.Facts with { Tags = found.Tags, AuthorityReferences = found.References }).ForReader(user);
    }

    /// <summary>The page again after a refused post, with what was typed.</summary>
    public static async Task<IResult> Again(
        string number, string form, Problem problem, AppDb db, CurrentUser user, CatalogueCache catalogues, CountCache counts, TrackingLinks links, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        db.ChangeTracker.Clear();
        var values = http.Request.HasFormContentType ? (await http.Request.ReadFormAsync(stop)).ToDictionary(f => f.Key, f => f.Value.ToString(), StringComparer.Ordinal) : [];
        return (await Handle(number, kind: null, db, user, catalogues, counts, links, clock, stop)).Match<IResult>(
            view => TransactionPage.Create(view with { Refused = new(form, values, problem) }).Status(ProblemResults.StatusOf(problem.Kind)),
            http.HtmlProblem);
    }

    private static async Task<IResult> Page(
        string number, string? kind, AppDb db, CurrentUser user, CatalogueCache catalogues, CountCache counts, TrackingLinks links, TimeProvider clock, HttpContext http, CancellationToken stop) =>
        (await Handle(number, kind, db, user, catalogues, counts, links, clock, stop)).Match<IResult>(
            view => http.WantsFragment() ? TimelineCard.Create(view) : TransactionPage.Create(view),
            http.HtmlProblem);
}
