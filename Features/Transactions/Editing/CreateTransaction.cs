using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>
/// A new transaction, as a draft or submitted at once. Number, history, audit entry and messages are one database
/// transaction.
/// </summary>
public sealed class CreateTransaction(
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
        pages.MapGet("/new", Form).RequireAuthorization(Policies.Staff);
        pages.MapPost("/", Submit).RequireAuthorization(Policies.Staff);
        api.MapPost("/", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Create a transaction, as a draft or submitted")
            .WithExample(
                """
                {
                  "title": "Facade approval request, Olaya Tower",
                  "client": "1",
                  "type": "approval_request",
                  "referenceNumber": "RRM-4471/12",
                  "priority": "high",
                  "amount": "50000.00",
                  "dueDate": "2026-12-01",
                  "tags": ["facade"],
                  "submit": true
                }
                """
            );
    }

    /// <summary>
    /// To submit at once is a move like any other: the same rules, entries and events as in two steps.
    /// </summary>
    public async Task<Result<Transaction>> Handle(TransactionInput input, bool submit, CancellationToken stop)
    {
        var catalogue = await catalogues.Get(stop);
        if (!(await input.Understand(existing: null, db, catalogue, stop)).Ok(out var understood, out var problem))
            return problem;
        var workflow = catalogue.Workflow;
        var move = submit ? workflow.Find(workflow.Initial.Key, MoveMeaning.Submit, user.ActingRole) : null;
        if (submit && move is null)
            return Problem.Conflict("status.no_submission");
        if (move is { NeedsNote: true })
            return Problem.Invalid("submit", "status.note_needed");

        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var (number, id) = await TransactionNumber.Take(db, Clock.RiyadhDate(now).Year, stop);
        var transaction = new Transaction(
            number,
            understood.Fields,
            workflow.Initial,
            user.Id,
            understood.AssigneeId,
            now,
            id: id
        );
        transaction.RefreshSearchText(understood.Client);
        db.Record(transaction.Begun(user, new { transaction.Title, transaction.Status }));
        if (move is not null)
            db.Record(transaction.Move(workflow[move.To], note: null, NoteVisibility.Internal, user, now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return transaction;
    }

    private static async Task<IResult> Form(
        string? draft,
        string? client,
        string? type,
        CreateTransaction useCase,
        CancellationToken stop
    ) => TransactionFormPage.Create(await useCase.Kept(draft, client, type, stop));

    /// <summary>
    /// The form as it was left, when it is asked for; otherwise with what most begin with, and with the client and the
    /// type of the one before, when several are added.
    /// </summary>
    private async Task<FormView> Kept(string? draft, string? client, string? type, CancellationToken stop)
    {
        var key = FormDraft.IsNew(draft) ? draft : null;
        var kept = key is null ? null : await drafts.Find(key, stop);
        var form = kept is null
            ? new TransactionForm().With(
                ("currency", "SAR"),
                ("assignee", user.Id.ToString(CultureInfo.InvariantCulture)),
                ("client", string.Concat(Choices.Chosen.Ids(client).Take(1))),
                (
                    "type",
                    (await catalogues.Get(stop)).Find(ListKind.Type, type ?? "") is { IsActive: true } known
                        ? known.Key
                        : ""
                )
            )
            : TransactionForm.FromJson(kept.Fields);
        var view = await forms.Show(form, errors: null, kept?.UpdatedAt, stop) with
        {
            NewKey = key ?? FormDraft.NewKey(),
            Begun = key is null ? await drafts.Begun(stop) : [],
        };
        return kept is null ? view : view with { Known = await drafts.FindKnown(FormDraft.New, form, stop) };
    }

    private static async Task<IResult> Submit(
        CreateTransaction useCase,
        TransactionForms forms,
        KeepDraft drafts,
        HttpContext http,
        CancellationToken stop
    )
    {
        var posted = await http.Request.ReadFormAsync(stop);
        if (TransactionForms.IsSearch(posted))
            return TransactionFormPage.Create(await forms.Search(posted, stop));
        var form = TransactionForm.From(posted);
        var draft = posted["draftKey"].ToString();
        var key = FormDraft.IsNew(draft) ? draft : FormDraft.New;
        var isAnother = posted["do"] == "another";
        var result = await useCase.Handle(form.ToInput(), isAnother || posted["do"] == "submit", stop);
        if (!result.Ok(out var transaction, out var problem))
        {
            if (problem.Fields is null)
                return http.HtmlProblem(problem);
            var view = await forms.Show(form, problem.Fields, keptAt: null, stop) with
            {
                NewKey = key,
                Known = await drafts.FindKnown(FormDraft.New, form, stop),
            };
            return TransactionFormPage.Create(view).Status(ProblemResults.StatusOf(problem.Kind));
        }

        await drafts.Forget(key, stop);
        http.Toast(Words.T["edit.created", transaction.Number]);
        return http.SeeOther(
            isAnother
                ? TransactionRoutes.NewLike(transaction.ClientId, transaction.Type)
                : TransactionRoutes.One(transaction.Number)
        );
    }

    private static async Task<IResult> Json(
        TransactionCommand command,
        CreateTransaction useCase,
        TransactionAnswers answers,
        HttpContext http,
        CancellationToken stop
    ) =>
        await answers.For(
            await useCase.Handle(command.ToInput(), command.Submit, stop),
            http,
            stop,
            StatusCodes.Status201Created
        );
}
