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

    /// <summary>A comment that was added.</summary>
    /// <param name="Entry">Its line in the history.</param>
    /// <param name="Unreached">Who is mentioned in it and may not see the transaction.</param>
    public sealed record Said(HistoryEntry Entry, IReadOnlyList<string> Unreached);

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
    public async Task<Result<Said>> Handle(string number, string? text, int? version, CancellationToken stop)
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

    private async Task<Result<Said>> Write(string number, string? text, int? version, CancellationToken stop)
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

        var (told, unreached) = said!.Contains('@') ? await Mentioned(said, transaction, stop) : ([], []);
        var change = transaction.Comment(said, told, user, clock.Instant());
        db.Record(change);
        return await db.Save(new Said(change.Entry, unreached), stop);
    }

    /// <summary>
    /// Staff named after an @, by full name, first name or the part of their address before the @: those who may see
    /// the transaction are told; of the others the names.
    /// </summary>
    private async Task<(List<int> Told, List<string> Unreached)> Mentioned(
        string text,
        Transaction transaction,
        CancellationToken stop
    )
    {
        var folded = PersonName.Folded(text);
        var seeing = await db.Users.WhoSee(transaction, user.Sight).Select(u => u.Id).ToListAsync(stop);
        var names = (await db.Users.Mentionable().ToListAsync(stop))
            .SelectMany(person => person.Names.Select(name => (Person: person, Name: PersonName.Folded(name))))
            .Where(n => n.Name.Length > 0)
            .ToList();
        var (told, unreached) = (new HashSet<int>(), new HashSet<string>(StringComparer.Ordinal));
        for (var at = folded.IndexOf('@'); at >= 0; at = folded.IndexOf('@', at + 1))
        {
            // Whom the whole name means is meant alone, however many share the first one.
            var named = names.Where(n => StandsAt(folded, at + 1, n.Name)).ToList();
            var meant = named.Where(n => n.Name.Length == named.Max(m => m.Name.Length)).ToList();
            var reached = meant.Select(n => n.Person.Id).Intersect(seeing).ToList();
            told.UnionWith(reached);
            if (reached.Count == 0)
                unreached.UnionWith(meant.Select(n => PersonName.Shown(n.Person.FullName, n.Person.NameAr)));
        }

        return ([.. told.Order()], [.. unreached.Order(StringComparer.Ordinal)]);
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
        if (!result.Ok(out var said, out var problem))
            return await show.ShowAgain(number, "comment", problem, http, stop);
        http.Toast(
            said.Unreached.Count == 0
                ? Words.T["comment.added"]
                : Words.T["comment.added_unreached", string.Join(Words.T["list.comma"], said.Unreached)]
        );
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
            said =>
                Results.Json(
                    new CommentJson(said.Entry.Id.ToString(), said.Entry.Text!, user.Name, said.Entry.At),
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
