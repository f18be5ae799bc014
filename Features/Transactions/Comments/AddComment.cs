using MdcTts.Features.Transactions.Showing;
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
public sealed class AddComment(AppDb db, CurrentUser user, TimeProvider clock)
{
    private const int TriesMax = 10;

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

    /// <summary>
    /// Comments do not contradict each other: whoever comes second is heard too, unless they asked for a certain
    /// version.
    /// </summary>
    public async Task<Result<HistoryEntry>> Handle(string number, string? text, int? version, CancellationToken stop)
    {
        for (var tries = 1; ; tries++)
        {
            var result = await Write(number, text, version, stop);
            var wasSlower = result.Problem is { Kind: ProblemKind.Conflict };
            if (!wasSlower || version is not null || tries == TriesMax)
                return result;
            db.ChangeTracker.Clear();
        }
    }

    private async Task<Result<HistoryEntry>> Write(string number, string? text, int? version, CancellationToken stop)
    {
        if (!(await db.Transactions.FindSeen(number, user, version, stop)).Ok(out var transaction, out var problem))
            return problem;

        var hasForbidden = PlainText.HasForbidden(text);
        var said = hasForbidden ? null : PlainText.Trimmed(text);
        var errors = new FieldErrors()
            .AddIf(hasForbidden, "text", "error.forbidden_characters")
            .AddIf(said is null && !hasForbidden, "text", "error.required")
            .AddIf(said?.Length > Transaction.CommentMaxLength, "text", "error.too_long", Transaction.CommentMaxLength);
        if (errors.Any)
            return Problem.Invalid(errors);

        var mentioned = said!.Contains('@') ? await Mentioned(said, transaction, stop) : [];
        var change = transaction.Comment(said, mentioned, user, clock.Instant());
        db.Record(change);
        return await db.Save(change.Entry, stop);
    }

    /// <summary>
    /// Staff named after an @, by full name, first name or the part of their address before the @; only those who may
    /// see the transaction.
    /// </summary>
    private async Task<List<int>> Mentioned(string text, Transaction transaction, CancellationToken stop)
    {
        var folded = PersonName.Folded(text);
        var staff = await db
            .Users.WhoSee(transaction, user.Sight)
            .Select(u => new
            {
                u.Id,
                u.FullName,
                u.NameAr,
                u.Email,
            })
            .Take(500)
            .ToListAsync(stop);
        var names = staff
            .SelectMany(s =>
                new[]
                {
                    s.FullName,
                    PersonName.First(s.FullName),
                    s.NameAr ?? "",
                    PersonName.First(s.NameAr ?? ""),
                    s.Email!.Split('@')[0],
                }.Select(name => (s.Id, Name: PersonName.Folded(name)))
            )
            .Where(n => n.Name.Length > 0)
            .ToList();
        var mentioned = new HashSet<int>();
        for (var at = folded.IndexOf('@'); at >= 0; at = folded.IndexOf('@', at + 1))
        {
            // Whom the whole name means is meant alone, however many share the first one.
            var meant = names.Where(n => StandsAt(folded, at + 1, n.Name)).ToList();
            mentioned.UnionWith(meant.Where(n => n.Name.Length == meant.Max(m => m.Name.Length)).Select(n => n.Id));
        }

        return [.. mentioned.Order()];
    }

    private static bool StandsAt(string text, int at, string name) =>
        string.CompareOrdinal(text, at, name, 0, name.Length) == 0
        && (at + name.Length == text.Length || !char.IsLetterOrDigit(text[at + name.Length]));

    private static async Task<IResult> Submit(
        string number,
        [FromForm] Command? command,
        AddComment useCase,
        ShowTransaction show,
        HttpContext http,
        CancellationToken stop
    )
    {
        var result = await useCase.Handle(number, command?.Text, version: null, stop);
        if (!result.Ok(out _, out var problem))
            return await show.ShowAgain(number, "comment", problem, http, stop);
        http.Toast(Words.T["comment.added"]);
        return http.SeeOther(TransactionRoutes.One(number));
    }

    private static async Task<IResult> Json(
        string number,
        Command command,
        AddComment useCase,
        CurrentUser user,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(number, command.Text, http.IfMatch(), stop)).Match(
            entry =>
                Results.Json(
                    new CommentJson(entry.Id.ToString(), entry.Text!, user.Name, entry.At),
                    statusCode: StatusCodes.Status201Created
                ),
            ProblemResults.Json
        );

    private static async Task<IResult> List(
        string number,
        string? page,
        string? pageSize,
        Timeline timeline,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await timeline.Page(number, PageRequest.From(page, pageSize), "comment", stop)).Match(
            lines => Results.Json(ApiPage<CommentJson>.From(lines.Select(CommentOf), http)),
            ProblemResults.Json
        );

    private static CommentJson CommentOf(Timeline.Line line) => new(line.Id.ToString(), line.Text!, line.By, line.At);
}
