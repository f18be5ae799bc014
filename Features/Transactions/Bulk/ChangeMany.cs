using MdcTts.Features.Transactions.Assignments;
using MdcTts.Features.Transactions.Deletions;
using MdcTts.Features.Transactions.StatusChanges;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions.Bulk;

/// <summary>
/// One act on many transactions. Each is done by itself, by the rules of its own use case; what is refused is told one
/// by one.
/// </summary>
public sealed class ChangeMany(
    AppDb db,
    AssignTransaction assign,
    ChangeStatus changeStatus,
    DeleteTransaction delete,
    CurrentUser user,
    AskForMany ask
)
{
    /// <summary>As many as somebody can look through before they confirm.</summary>
    public const int NumbersMax = 500;

    /// <summary>The acts the contract knows.</summary>
    public static IReadOnlyList<string> Actions { get; } = ["assign", "status", "delete"];

    /// <summary>As the API takes it.</summary>
    public sealed record Command
    {
        public IReadOnlyList<string>? Numbers { get; init; }
        public string? Action { get; init; }
        public string? Status { get; init; }
        public string? Note { get; init; }
        public string? NoteVisibility { get; init; }
        public string? Assignee { get; init; }
        public string? Reason { get; init; }

        /// <summary>By number the version that the person has looked at; what is newer is left alone.</summary>
        public IReadOnlyDictionary<string, int>? Versions { get; init; }
    }

    /// <summary>What became of one of them: null when it was done.</summary>
    public sealed record Outcome(string Number, Problem? Problem);

    /// <param name="Batch">Names what was done, for <see cref="UndoMany"/>.</param>
    public sealed record Done(IReadOnlyList<Outcome> Outcomes, string Batch);

    /// <summary>An outcome as the API answers it.</summary>
    public sealed record OutcomeJson(string Number, bool Ok, int Status, string? Type, string? Detail);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/bulk", Submit).RequireAuthorization(Policies.Staff).Limited(RateLimits.Bulk);
        api.MapPost("/bulk", Json)
            .RequireAuthorization(Policies.Staff)
            .Limited(RateLimits.Bulk)
            .WithSummary("One act on many transactions, answered one by one")
            .WithExample("""{"numbers":["TRX-2026-00017","TRX-2026-00018"],"action":"assign","assignee":"4"}""");
    }

    public async Task<Result<Done>> Handle(Command command, CancellationToken stop)
    {
        var numbers = (command.Numbers ?? [])
            .Where(n => !string.IsNullOrWhiteSpace(n))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (!Actions.Contains(command.Action))
            return Problem.NotAllowed("action", command.Action ?? "", Actions);
        if (numbers.Count is 0 or > NumbersMax)
            return Problem.Invalid("numbers", "bulk.count", NumbersMax);

        var batch = Guid.NewGuid().ToString("N");
        var outcomes = await db.InBatch(
            batch,
            numbers,
            async number => new Outcome(number, Worded((await Do(command, number, stop)).Problem))
        );
        return new Done(outcomes, batch);
    }

    private static Problem? Worded(Problem? problem) =>
        problem?.IsOvertaken == true ? Problem.Conflict("bulk.changed_meanwhile") : problem;

    private async Task<Result<Transaction>> Do(Command command, string number, CancellationToken stop)
    {
        var version = command.Versions?.TryGetValue(number, out var seen) == true ? seen : (int?)null;
        switch (command.Action)
        {
            case "assign":
                var wanted = new AssignTransaction.Command { Assignee = command.Assignee, Reason = command.Reason };
                return await assign.Handle(number, wanted, version, stop);
            case "status":
                var move = new ChangeStatus.Command
                {
                    To = command.Status,
                    Note = command.Note,
                    NoteVisibility = command.NoteVisibility,
                };
                return await changeStatus.Handle(number, move, version, stop);
            default:
                return user.IsAdmin ? await delete.Handle(number, command.Reason, stop, version) : Problem.Forbidden();
        }
    }

    // The bar on the list names the act; its page asks for what the act needs, then posts again with "go".
    private static async Task<IResult> Submit(ChangeMany useCase, HttpContext http, CancellationToken stop)
    {
        var posted = await http.Request.ReadFormAsync(stop);
        var command = new Command
        {
            Numbers = [.. posted["numbers"].OfType<string>()],
            Action = posted["action"],
            Status = posted["status"],
            Note = posted["note"],
            NoteVisibility = posted["noteVisibility"],
            Assignee = posted["assignee"],
            Reason = posted["reason"],
            Versions = SeenIn(posted["seen"]),
        };
        var back = posted["returnUrl"] is [{ Length: > 0 } url] ? Html.LocalPath(url) : TransactionRoutes.Root;
        if (!Actions.Contains(command.Action))
            return http.HtmlProblem(Problem.NotAllowed("action", command.Action ?? "", Actions));
        if (posted["go"] != "1")
        {
            var asked = await useCase.Asked(command, posted["all"] == "1" ? (string?)posted["list"] ?? "" : null, stop);
            return asked.Match<IResult>(view => BulkPage.Create(view with { Back = back }), http.HtmlProblem);
        }

        var result = await useCase.Handle(command, stop);
        if (!result.Ok(out var done, out var problem))
        {
            var again = await useCase.Again(command, stop);
            return BulkPage
                .Create(again with { Problem = problem, Back = back })
                .Status(ProblemResults.StatusOf(problem.Kind));
        }

        var count = done.Outcomes.Count(o => o.Problem is null);
        if (count < done.Outcomes.Count)
        {
            var told = await useCase.Again(command, stop);
            return BulkPage.Create(
                told with
                {
                    Outcomes = done.Outcomes,
                    Back = back,
                    Batch = count > 0 ? done.Batch : null,
                }
            );
        }

        http.Toast(Words.T.Count("bulk.done", count), UndoMany.Of(done.Batch, back));
        return http.SeeOther(back);
    }

    // "TRX-2026-00017 3" for each.
    private static Dictionary<string, int> SeenIn(IEnumerable<string?> posted)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var one in posted)
            if (one?.Split(' ') is [var number, var version] && int.TryParse(version, out var known))
                seen[number] = known;
        return seen;
    }

    private async Task<Result<AskForMany.View>> Asked(Command command, string? list, CancellationToken stop)
    {
        var numbers = command.Numbers ?? [];
        if (list is not null && !(await ask.NumbersOf(list, stop)).Ok(out numbers, out var problem))
            return problem;
        var view = await Again(command with { Numbers = numbers }, stop);
        return numbers.Count is 0 or > NumbersMax
            ? view with
            {
                Problem = Problem.Invalid("numbers", "bulk.count", NumbersMax),
                Rows = [],
            }
            : view;
    }

    private Task<AskForMany.View> Again(Command command, CancellationToken stop) => ask.Handle(command, stop);

    private static async Task<IResult> Json(Command command, ChangeMany useCase, CancellationToken stop) =>
        (await useCase.Handle(command, stop)).Match(
            done => Results.Json(new { results = done.Outcomes.Select(JsonOf), batch = done.Batch }),
            ProblemResults.Json
        );

    private static OutcomeJson JsonOf(Outcome outcome) =>
        outcome.Problem is not { } problem
            ? new(outcome.Number, Ok: true, StatusCodes.Status200OK, Type: null, Detail: null)
            : new(
                outcome.Number,
                Ok: false,
                ProblemResults.StatusOf(problem.Kind),
                ProblemResults.UrnOf(problem.Key),
                Reason(problem)
            );

    private static string Reason(Problem problem) =>
        problem.Fields is { } fields
            ? string.Join(' ', fields.Fields.SelectMany(f => fields.Of(f)).Select(e => Words.T[e.Key, e.Args]))
            : Words.T[problem.Key, problem.Args];
}
