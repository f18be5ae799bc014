using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>
/// Changing the fields of a transaction. Whoever saves second is shown both texts and chooses; nothing typed is lost.
/// </summary>
public sealed class EditTransaction(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    TransactionForms forms,
    KeepDraft drafts,
    TimeProvider clock
)
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{number}/edit", Form).RequireAuthorization(Policies.Staff);
        pages.MapPost("/{number}/edit", Submit).RequireAuthorization(Policies.Staff);
        api.MapPut("/{number}", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Replace the editable fields; needs If-Match");
    }

    /// <summary>
    /// Applies the input to the version it was made on; <c>problem.version_mismatch</c> when there is a newer one.
    /// </summary>
    public Task<Result<Transaction>> Handle(
        string number,
        int? version,
        TransactionInput input,
        CancellationToken stop
    ) => Handle(number, version, _ => input, stop);

    private async Task<Result<Transaction>> Handle(
        string number,
        int? version,
        Func<Transaction, TransactionInput> inputFor,
        CancellationToken stop
    )
    {
        if (!(await WithForm.FindOne(number, user, version, stop)).Ok(out var transaction, out var problem))
            return problem;
        var catalogue = await catalogues.Get(stop);
        if (
            !(await inputFor(transaction).Understand(transaction, db, catalogue, stop)).Ok(
                out var understood,
                out problem
            )
        )
            return problem;
        if (transaction.Edit(understood.Fields, user, clock.Instant()) is not { } change)
            return transaction;

        transaction.RefreshSearchText(understood.Client);
        db.Record(change);
        return await db.Save(transaction, stop);
    }

    // With all that the form shows.
    private IQueryable<Transaction> WithForm => db.Transactions.WithFormFields();

    private static Problem Newer(int version) =>
        new(ProblemKind.PreconditionFailed, "problem.version_mismatch", version);

    private static async Task<IResult> Form(
        string number,
        EditTransaction useCase,
        HttpContext http,
        CancellationToken stop
    ) => (await useCase.Kept(number, stop)).Match<IResult>(view => TransactionFormPage.Create(view), http.HtmlProblem);

    /// <summary>The form as it was left, or with what is saved.</summary>
    private async Task<Result<FormView>> Kept(string number, CancellationToken stop)
    {
        if (!(await WithForm.FindOne(number, user, version: null, stop)).Ok(out var transaction, out var problem))
            return problem;
        var now = TransactionForm.From(transaction);
        var kept = await drafts.Find(number, stop);
        var form = kept is null ? now : TransactionForm.FromJson(kept.Fields);
        return await forms.Show(form, errors: null, kept?.UpdatedAt, stop) with
        {
            Number = number,
            Reference = transaction.ReferenceNumber,
            Version = kept?.BasedOn ?? transaction.Version,
            Original = now,
            Known = kept is null ? [] : await drafts.FindKnown(number, form, stop),
        };
    }

    private static async Task<IResult> Submit(
        string number,
        EditTransaction useCase,
        KeepDraft drafts,
        HttpContext http,
        CancellationToken stop
    )
    {
        var posted = await http.Request.ReadFormAsync(stop);
        if (TransactionForms.IsSearch(posted))
            return await useCase.Search(number, posted, http, stop);
        var mine = TransactionForm.From(posted);
        var version = int.TryParse(posted["version"], out var v) ? v : 0;

        var result = await useCase.Handle(number, version, t => mine.ToInput(TransactionForm.From(t)), stop);
        if (!result.Ok(out var saved, out var problem))
        {
            var original = TransactionForm.FromJson(posted["original"]);
            return await useCase.ShowAgain(number, version, mine, original, problem, http, stop);
        }

        await drafts.Forget(number, stop);
        http.Toast(Words.T["edit.saved"]);
        return http.SeeOther(TransactionRoutes.One(saved.Number));
    }

    private async Task<IResult> Search(string number, IFormCollection posted, HttpContext http, CancellationToken stop)
    {
        if (!(await WithForm.FindOne(number, user, version: null, stop)).Ok(out var present, out var problem))
            return http.HtmlProblem(problem);
        return TransactionFormPage.Create(
            await forms.Search(posted, stop) with
            {
                Number = number,
                Reference = present.ReferenceNumber,
                Version = int.TryParse(posted["version"], out var version) ? version : 0,
                Original = TransactionForm.FromJson(posted["original"]),
            }
        );
    }

    /// <summary>The form with its errors, or both people's texts side by side when somebody saved meanwhile.</summary>
    private async Task<IResult> ShowAgain(
        string number,
        int version,
        TransactionForm mine,
        TransactionForm original,
        Problem problem,
        HttpContext http,
        CancellationToken stop
    )
    {
        db.ChangeTracker.Clear();
        if (!(await WithForm.FindOne(number, user, version: null, stop)).Ok(out var present, out _))
            return http.HtmlProblem(problem);
        var view = await forms.Show(mine, problem.Fields, keptAt: null, stop) with
        {
            Number = number,
            Reference = present.ReferenceNumber,
            Version = version,
            Original = original,
            Known = await drafts.FindKnown(number, mine, stop),
        };
        if (problem.Fields is not null)
            return TransactionFormPage.Create(view).Status(ProblemResults.StatusOf(problem.Kind));
        if (problem.Kind is not (ProblemKind.PreconditionFailed or ProblemKind.Conflict))
            return http.HtmlProblem(problem);
        var merge = await TransactionMerge.Of(view, TransactionForm.From(present), present, db, clock, stop);
        return FormMergePage.Create(merge).Status(ProblemResults.StatusOf(ProblemKind.Conflict));
    }

    private static async Task<IResult> Json(
        string number,
        TransactionCommand command,
        EditTransaction useCase,
        TransactionAnswers answers,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (http.Request.Headers.IfMatch.Count == 0)
            return ProblemResults.Json(new(ProblemKind.PreconditionRequired, "problem.version_missing"));
        if (!(await useCase.Present(number, command, stop)).Ok(out var version, out var problem))
            return ProblemResults.Json(problem);
        var input = command.ToInput() with { Assignee = null };
        var result = await useCase.Handle(number, http.IfMatch(), input, stop);
        if (result.Problem is { Kind: ProblemKind.Conflict })
            return ProblemResults.Json(Newer(version + 1));
        return await answers.For(result, http, stop);
    }

    /// <summary>The present version. Changing hands has rules and a reason of its own, so it is refused here.</summary>
    private async Task<Result<int>> Present(string number, TransactionCommand command, CancellationToken stop)
    {
        var present = await db
            .Transactions.Numbered(number, user)
            .Select(t => new { t.AssigneeId, t.Version })
            .SingleOrDefaultAsync(stop);
        if (present is null)
            return Problem.NotFound();
        var isSame = string.IsNullOrEmpty(command.Assignee) || command.Assignee == present.AssigneeId?.ToString();
        return isSame ? present.Version : Problem.Invalid("assignee", "edit.assign_elsewhere");
    }
}
