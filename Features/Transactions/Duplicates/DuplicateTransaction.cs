using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions.Duplicates;

/// <summary>
/// A copy as a draft of one's own: the fields without reference number, due date and authority references, which belong
/// to the one matter.
/// </summary>
public sealed class DuplicateTransaction(AppDb db, CurrentUser user, CatalogueCache catalogues, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{number}/duplicate", Submit).RequireAuthorization(Policies.Staff);
        api.MapPost("/{number}/duplicate", Json).RequireAuthorization(Policies.Staff).WithSummary("Copy as a draft");
    }

    public async Task<Result<Transaction>> Handle(string number, CancellationToken stop)
    {
        var found = await db.Transactions.WithFormFields().FindSeen(number, user, version: null, stop);
        if (!found.Ok(out var source, out var problem))
            return problem;
        var fields = TransactionFields.Of(source) with
        {
            ReferenceNumber = null,
            DueDate = null,
            AuthorityReferences = [],
            HolderKind = HolderKind.Us,
            HolderName = null,
            HolderSince = null,
        };
        var client = (await db.Clients.FindAsync([source.ClientId], stop))!;
        var initial = (await catalogues.Get(stop)).Workflow.Initial;
        var now = clock.Instant();

        await using var write = await db.BeginWrite(stop);
        var (copyNumber, id) = await TransactionNumber.Take(db, Clock.RiyadhDate(now).Year, stop);
        var copy = new Transaction(copyNumber, fields, initial, user.Id, user.Id, now, HistoryKind.Duplicated, id);
        copy.RefreshSearchText(client);
        db.Record(copy.Begun(user, new { from = number }));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return copy;
    }

    private static async Task<IResult> Submit(
        string number,
        DuplicateTransaction useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(number, stop)).Ok(out var copy, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["duplicate.done", copy.Number]);
        return http.SeeOther(TransactionRoutes.Edit(copy.Number));
    }

    private static async Task<IResult> Json(
        string number,
        DuplicateTransaction useCase,
        TransactionAnswers answers,
        HttpContext http,
        CancellationToken stop
    ) => await answers.For(await useCase.Handle(number, stop), http, stop, StatusCodes.Status201Created);
}
