using System.Globalization;
using MdcTts.Features.Accounts;
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

namespace MdcTts.Features.Transactions.Editing;

/// <summary>A new transaction, as a draft or submitted at once. Number, history, audit entry and messages are one database transaction.</summary>
public static class CreateTransaction
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/new", Form).RequireAuthorization(Policies.Staff);
        pages.MapPost("/", Submit).RequireAuthorization(Policies.Staff);
        api.MapPost("/", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Create a transaction, as a draft or submitted")
            .WithExample(
                """{"title":"Facade approval request, Olaya Tower","client":"1","type":"approval_request","referenceNumber":"RRM-4471/12","priority":"high","amount":"50000.00","dueDate":"2026-12-01","tags":["facade"],"submit":true}"""
            );
    }

    public static async Task<Result<Transaction>> Handle(
        TransactionInput input,
        bool submit,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var catalogue = await catalogues.Get(stop);
        if (!(await input.Understand(existing: null, db, catalogue, stop)).Ok(out var understood, out var problem))
            return problem;
        var workflow = catalogue.Workflow;
        var move = submit ? workflow.Find(workflow.Initial.Key, MoveMeaning.Submit, user.Role) : null;
        if (submit && move is null)
            return Problem.Conflict("status.no_submission");

        var admins = await Admins.Active(db, stop);
        var now = clock.Instant();
        var year = Clock.RiyadhDate(now).Year;

        await using var write = await db.BeginWrite(stop);
        var (number, id) = await TransactionNumber.Take(db, year, stop);
        var transaction = new Transaction(
            number,
            understood.Fields,
            workflow.Initial,
            user.Id,
            understood.AssigneeId,
            now,
            id: id
        );
        if (move is not null)
            transaction.ChangeStatus(workflow[move.To], note: null, NoteVisibility.Internal, user.Id, now);
        transaction.RefreshSearchText(understood.Client);
        db.Add(transaction);
        db.Audit.Add(
            AuditLog.By(
                user,
                "transaction.created",
                "transaction",
                number,
                now,
                new { transaction.Title, transaction.Status }
            )
        );
        db.Tell(
            TransactionNews.Created,
            transaction,
            [understood.AssigneeId, .. admins.Select(a => (int?)a)],
            user.Id,
            now,
            transaction.Title
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return transaction;
    }

    private static async Task<IResult> Form(
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var kept = await KeepDraft.Find(FormDraft.New, db, user, stop);
        var form = kept is null
            ? new TransactionForm().With(
                ("currency", "SAR"),
                ("assignee", user.Id.ToString(CultureInfo.InvariantCulture))
            )
            : TransactionForm.FromJson(kept.Fields);
        return TransactionFormPage.Create(
            await FormView.New(form, errors: null, kept?.UpdatedAt, db, user, catalogues, counts, clock, stop)
        );
    }

    private static async Task<IResult> Submit(
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        CountCache counts,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var posted = await http.Request.ReadFormAsync(stop);
        var form = TransactionForm.From(posted);
        var result = await Handle(form.ToInput(), posted["do"] == "submit", db, user, catalogues, clock, stop);
        if (!result.Ok(out var transaction, out var problem))
        {
            return problem.Fields is null
                ? http.HtmlProblem(problem)
                : TransactionFormPage
                    .Create(
                        await FormView.New(
                            form,
                            problem.Fields,
                            keptAt: null,
                            db,
                            user,
                            catalogues,
                            counts,
                            clock,
                            stop
                        )
                    )
                    .Status(ProblemResults.StatusOf(problem.Kind));
        }

        await KeepDraft.Forget(FormDraft.New, db, user, stop);
        http.Toast(Words.T["edit.created", transaction.Number]);
        return http.SeeOther(TransactionRoutes.One(transaction.Number));
    }

    private static async Task<IResult> Json(
        TransactionCommand command,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        TransactionAnswers answers,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) =>
        await answers.For(
            await Handle(command.ToInput(), command.Submit, db, user, catalogues, clock, stop),
            http,
            user,
            stop,
            StatusCodes.Status201Created
        );
}
