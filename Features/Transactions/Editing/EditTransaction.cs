using MdcTts.Features.Audit;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.News;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>Changing the fields of a transaction. Whoever saves second is shown both texts and chooses; nothing typed is lost.</summary>
public static class EditTransaction
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{number}/edit", Form).RequireAuthorization(Policies.Staff);
        pages.MapPost("/{number}/edit", Submit).RequireAuthorization(Policies.Staff);
        api.MapPut("/{number}", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Replace the editable fields; needs If-Match");
    }

    /// <summary>Applies the input to the version it was made on; <c>problem.version_mismatch</c> when there is a newer one.</summary>
    public static async Task<Result<Transaction>> Handle(
        string number,
        int? version,
        TransactionInput input,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var transaction = await Load(number, db, user, stop);
        if (transaction is null)
            return Problem.NotFound();
        if (version is not null && version != transaction.Version)
            return Newer(transaction.Version);

        var catalogue = await catalogues.Get(stop);
        if (!(await input.Understand(transaction, db, catalogue, stop)).Ok(out var understood, out var problem))
            return problem;

        var now = clock.Instant();
        var changes = transaction.Edit(understood.Fields, user.Id, now);
        if (changes.Count == 0)
            return transaction;
        transaction.RefreshSearchText(understood.Client);
        db.Audit.Add(AuditLog.By(user, "transaction.edited", "transaction", number, now, changes));
        db.Tell(
            TransactionNews.Edited,
            transaction,
            [transaction.CreatedById, transaction.AssigneeId],
            user.Id,
            now,
            string.Join(", ", changes.Select(c => c.Field))
        );
        return await db.Save(transaction, stop);
    }

    /// <summary>A transaction with all that the form shows.</summary>
    public static Task<Transaction?> Load(string number, AppDb db, CurrentUser user, CancellationToken stop) =>
        db
            .Transactions.VisibleTo(user)
            .AsSplitQuery()
            .Include(t => t.Tags)
            .Include(t => t.AuthorityReferences.OrderBy(a => a.Id))
            .Include(t => t.Project)
            .SingleOrDefaultAsync(t => t.Number == number, stop);

    private static Problem Newer(int version) =>
        new(ProblemKind.PreconditionFailed, "problem.version_mismatch", version);

    private static async Task<IResult> Form(
        string number,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var transaction = TransactionNumber.IsSane(number) ? await Load(number, db, user, stop) : null;
        if (transaction is null)
            return http.HtmlProblem(Problem.NotFound());
        var (now, kept) = (TransactionForm.From(transaction), await KeepDraft.Find(number, db, user, stop));
        var view = await FormView.New(
            kept is null ? now : TransactionForm.FromJson(kept.Fields),
            errors: null,
            kept?.UpdatedAt,
            db,
            user,
            catalogues,
            counts,
            clock,
            stop
        );
        return TransactionFormPage.Create(
            view with
            {
                Number = number,
                Reference = transaction.ReferenceNumber,
                Version = kept?.BasedOn ?? transaction.Version,
                Original = now,
            }
        );
    }

    private static async Task<IResult> Submit(
        string number,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!TransactionNumber.IsSane(number))
            return http.HtmlProblem(Problem.NotFound());
        var posted = await http.Request.ReadFormAsync(stop);
        var (mine, original) = (TransactionForm.From(posted), TransactionForm.FromJson(posted["original"]));
        var version = int.TryParse(posted["version"], out var v) ? v : 0;

        var result = await Handle(number, version, mine.ToInput(), db, user, catalogues, clock, stop);
        if (result.Ok(out var saved, out var problem))
        {
            await KeepDraft.Forget(number, db, user, stop);
            http.Toast(Words.T["edit.saved"]);
            return http.SeeOther(TransactionRoutes.One(saved.Number));
        }

        db.ChangeTracker.Clear();
        var present = problem.Kind == ProblemKind.NotFound ? null : await Load(number, db, user, stop);
        if (present is null)
            return http.HtmlProblem(problem);
        var view = (
            await FormView.New(mine, problem.Fields, keptAt: null, db, user, catalogues, counts, clock, stop)
        ) with
        {
            Number = number,
            Reference = present.ReferenceNumber,
            Version = version,
            Original = original,
        };
        if (problem.Fields is not null)
            return TransactionFormPage.Create(view).Status(ProblemResults.StatusOf(problem.Kind));
        if (problem.Kind is not (ProblemKind.PreconditionFailed or ProblemKind.Conflict))
            return http.HtmlProblem(problem);
        var merge = await MergeView.Of(view, TransactionForm.From(present), present, db, clock, stop);
        return MergePage.Create(merge).Status(ProblemResults.StatusOf(ProblemKind.Conflict));
    }

    private static async Task<IResult> Json(
        string number,
        TransactionCommand command,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        TransactionAnswers answers,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (http.Request.Headers.IfMatch.Count == 0)
            return ProblemResults.Json(new(ProblemKind.PreconditionRequired, "problem.version_missing"));
        var present = TransactionNumber.IsSane(number)
            ? await db
                .Transactions.VisibleTo(user)
                .Where(t => t.Number == number)
                .Select(t => new { t.AssigneeId, t.Version })
                .SingleOrDefaultAsync(stop)
            : null;
        if (present is null)
            return ProblemResults.Json(Problem.NotFound());
        // Changing hands has rules and a reason of its own.
        if (
            command.Assignee is { Length: > 0 } assignee
            && assignee != present.AssigneeId?.ToString(System.Globalization.CultureInfo.InvariantCulture)
        )
            return ProblemResults.Json(Problem.Invalid("assignee", "edit.assign_elsewhere"));
        var result = await Handle(
            number,
            http.IfMatch(),
            command.ToInput() with
            {
                Assignee = null,
            },
            db,
            user,
            catalogues,
            clock,
            stop
        );
        if (result.Problem is { Kind: ProblemKind.Conflict })
            return ProblemResults.Json(Newer(present.Version + 1));
        return await answers.For(result, http, user, stop);
    }
}
