using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Deletions;

/// <summary>The deleted transactions, and bringing one back.</summary>
public sealed class RestoreTransaction(AppDb db, CurrentUser user, TimeProvider clock)
{
    public sealed record Row(string? Reference, string Number, string Title, string? By, DateTime At, string? Reason);

    public sealed record View(Paged<Row> Rows, DateTime Now);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/deleted", Page).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{number}/restore", Submit).RequireAuthorization(Policies.Admin).RequiresProof();
        api.MapPost("/{number}/restore", Json)
            .RequireAuthorization(Policies.Admin)
            .WithSummary("Bring a deleted transaction back");
    }

    public async Task<Result<Transaction>> Handle(string number, CancellationToken stop)
    {
        var transaction = TransactionNumber.IsWellFormed(number)
            ? await db.Transactions.SingleOrDefaultAsync(t => t.Number == number && t.DeletedAt != null, stop)
            : null;
        if (transaction is null)
            return Problem.NotFound();
        db.Record(transaction.Restore(user, clock.Instant()));
        return await db.Save(transaction, stop);
    }

    /// <summary>The deleted ones, the last first.</summary>
    public async Task<View> Deleted(PageRequest asked, CancellationToken stop)
    {
        var deleted = db.Transactions.Where(t => t.DeletedAt != null);
        var rows = await deleted
            .OrderByDescending(t => t.DeletedAt)
            .ThenByDescending(t => t.Id)
            .Skip(asked.Skip)
            .Take(asked.Size)
            .Select(t => new Row(
                t.ReferenceNumber,
                t.Number,
                t.Title,
                PersonName.Shown(
                    db.Users.Where(u => u.Id == t.DeletedById).Select(u => u.FullName).FirstOrDefault(),
                    db.Users.Where(u => u.Id == t.DeletedById).Select(u => u.NameAr).FirstOrDefault()
                ),
                t.DeletedAt!.Value,
                t.DeleteReason
            ))
            .ToListAsync(stop);
        return new(new(rows, asked.Page, asked.Size, await deleted.LongCountAsync(stop)), clock.Instant());
    }

    private static async Task<IResult> Page(string? page, RestoreTransaction useCase, CancellationToken stop) =>
        DeletedPage.Create(await useCase.Deleted(PageRequest.From(page, null), stop));

    private static async Task<IResult> Submit(
        string number,
        RestoreTransaction useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(number, stop)).Ok(out var back, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["delete.restored", back.Number]);
        return http.SeeOther(TransactionRoutes.One(back.Number));
    }

    private static async Task<IResult> Json(
        string number,
        RestoreTransaction useCase,
        TransactionAnswers answers,
        HttpContext http,
        CancellationToken stop
    ) => await answers.For(await useCase.Handle(number, stop), http, stop);
}
