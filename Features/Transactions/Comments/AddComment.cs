using MdcTts.Features.Accounts;
using MdcTts.Features.Audit;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.News;
using MdcTts.Features.Transactions.Showing;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Comments;

/// <summary>Internal discussion. Clients neither see nor write comments.</summary>
public static class AddComment
{
    private const int TriesMost = 10;

    public sealed class Command
    {
        public string? Text { get; set; }
    }

    /// <summary>A comment as the API answers it.</summary>
    public sealed record CommentJson(string Id, string Text, string By, DateTime At);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{number}/comments", Submit).RequireAuthorization(Policies.Staff);
        api.MapPost("/{number}/comments", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Add an internal comment")
            .WithExample("""{"text":"@Omar the east elevation still shows the old cladding."}""");
        api.MapGet("/{number}/comments", List)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("The internal comments, newest first");
    }

    /// <summary>Comments do not contradict each other: who comes second is heard too, unless they asked for a certain version.</summary>
    public static async Task<Result<HistoryEntry>> Handle(
        string number,
        string? text,
        int? version,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        for (var tries = 1; ; tries++)
        {
            var result = await Say(number, text, version, db, user, clock, stop);
            if (
                result.Ok(out _, out var problem)
                || problem.Kind != ProblemKind.Conflict
                || version is not null
                || tries == TriesMost
            )
                return result;
            db.ChangeTracker.Clear();
        }
    }

    private static async Task<Result<HistoryEntry>> Say(
        string number,
        string? text,
        int? version,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var transaction = TransactionNumber.IsSane(number)
            ? await db.Transactions.VisibleTo(user).SingleOrDefaultAsync(t => t.Number == number, stop)
            : null;
        if (transaction is null)
            return Problem.NotFound();
        if (version is not null && version != transaction.Version)
            return new Problem(ProblemKind.PreconditionFailed, "problem.version_mismatch", transaction.Version);

        var said = PlainText.HasForbidden(text) ? null : PlainText.Trimmed(text);
        var errors = new FieldErrors()
            .AddIf(PlainText.HasForbidden(text), "text", "error.forbidden_characters")
            .AddIf(said is null && !PlainText.HasForbidden(text), "text", "error.required")
            .AddIf(said?.Length > Transaction.CommentMaxLength, "text", "error.too_long", Transaction.CommentMaxLength);
        if (errors.Any)
            return Problem.Invalid(errors);

        var mentioned = said!.Contains('@') ? await Mentioned(said, transaction, db, stop) : [];
        var now = clock.Instant();
        var entry = transaction.Comment(said, user.Id, now);
        db.Audit.Add(AuditLog.By(user, "transaction.commented", "transaction", number, now));
        db.Tell(TransactionNews.Mentioned, transaction, mentioned.Select(m => (int?)m), user.Id, now, said);
        db.Tell(
            TransactionNews.Commented,
            transaction,
            new[] { transaction.AssigneeId, transaction.CreatedById }.Where(p =>
                p is not { } id || !mentioned.Contains(id)
            ),
            user.Id,
            now,
            said
        );
        return await db.Save(entry, stop);
    }

    /// <summary>Staff named after an @, by full name, first name or the part of their address before the @; only those who may see the transaction.</summary>
    private static async Task<List<int>> Mentioned(
        string text,
        Transaction transaction,
        AppDb db,
        CancellationToken stop
    )
    {
        var folded = ArabicText.Fold(text);
        var staff = await db
            .Users.Where(u =>
                u.Status == UserStatus.Active
                && (
                    u.Role == Role.Admin
                    || (u.Role == Role.Editor && (u.Id == transaction.AssigneeId || u.Id == transaction.CreatedById))
                )
            )
            .Select(u => new
            {
                u.Id,
                u.FullName,
                u.Email,
            })
            .Take(500)
            .ToListAsync(stop);
        return
        [
            .. staff
                .Where(s =>
                    new[] { s.FullName, s.FullName.Split(' ')[0], s.Email!.Split('@')[0] }.Any(name =>
                        Names(folded, ArabicText.Fold(name))
                    )
                )
                .Select(s => s.Id),
        ];
    }

    private static bool Names(string folded, string name)
    {
        for (
            var at = folded.IndexOf("@" + name, StringComparison.Ordinal);
            at >= 0;
            at = folded.IndexOf("@" + name, at + 1, StringComparison.Ordinal)
        )
            if (at + 1 + name.Length == folded.Length || !char.IsLetterOrDigit(folded[at + 1 + name.Length]))
                return name.Length > 0;
        return false;
    }

    private static async Task<IResult> Submit(
        string number,
        [FromForm] Command? command,
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
        command ??= new();
        var result = await Handle(number, command.Text, version: null, db, user, clock, stop);
        if (!result.Ok(out _, out var problem))
            return await ShowTransaction.Again(
                number,
                "comment",
                problem,
                db,
                user,
                catalogues,
                counts,
                links,
                clock,
                http,
                stop
            );
        http.Toast(Words.T["comment.added"]);
        return http.SeeOther(TransactionRoutes.One(number));
    }

    private static async Task<IResult> Json(
        string number,
        Command command,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await Handle(number, command.Text, http.IfMatch(), db, user, clock, stop)).Match(
            entry =>
                Results.Json(
                    new CommentJson(Id(entry.Id), entry.Text!, user.Name, entry.At),
                    statusCode: StatusCodes.Status201Created
                ),
            ProblemResults.Json
        );

    private static async Task<IResult> List(
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
        var lines = await Timeline.Page(facts.Id, PageAsked.From(page, pageSize), db, user, "comment", stop);
        return Results.Json(
            ApiPage<CommentJson>.From(
                new(
                    [.. lines.Items.Select(l => new CommentJson(Id(l.Id), l.Text!, l.By, l.At))],
                    lines.Page,
                    lines.PageSize,
                    lines.Total
                ),
                http
            )
        );
    }

    private static string Id(int id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
