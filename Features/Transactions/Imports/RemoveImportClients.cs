using System.Globalization;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>After an undo: removes the clients that the batch made and that nobody has used or edited since.</summary>
public sealed class RemoveImportClients(AppDb db, CurrentUser user, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{id:int}/clients/removal", Submit).RequireAuthorization(Policies.Admin);
        api.MapDelete("/{id:int}/clients", Json)
            .RequireAuthorization(Policies.Admin)
            .WithName("removeImportClients")
            .WithSummary("Remove the clients that an undone import made and nobody uses")
            .Produces<ShowImport.Answer>()
            .ProducesProblem(404)
            .ProducesProblem(409);
    }

    public async Task<Result<int>> Handle(int id, CancellationToken stop)
    {
        var status = await db
            .Imports.VisibleTo(user)
            .Where(i => i.Id == id)
            .Select(i => (ImportStatus?)i.Status)
            .SingleOrDefaultAsync(stop);
        if (status is null)
            return Problem.NotFound();
        if (status != ImportStatus.Undone)
            return Problem.Conflict("import.not_undone");
        await using var write = await db.BeginWrite(stop);
        var unused = await db.UnusedClientsOf(id).ToListAsync(stop);
        if (unused.Count == 0)
            return Problem.Conflict("import.no_unused_clients");
        db.Clients.RemoveRange(unused);
        db.Audit.Add(
            AuditLog.By(
                user,
                "import.clients_removed",
                "import",
                id.ToString(CultureInfo.InvariantCulture),
                clock.Instant(),
                new { clients = unused.Select(c => c.NameEn ?? c.NameAr) }
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return unused.Count;
    }

    private static async Task<IResult> Submit(
        int id,
        RemoveImportClients useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(id, stop)).Ok(out var removed, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T.Count("import.clients_removed", removed));
        return http.SeeOther(TransactionRoutes.Import(id));
    }

    private static async Task<IResult> Json(
        int id,
        RemoveImportClients useCase,
        ShowImport show,
        CancellationToken stop
    )
    {
        if ((await useCase.Handle(id, stop)).Problem is { } problem)
            return ProblemResults.Json(problem);
        return (await show.Answered(id, stop)).Match<IResult>(TypedResults.Ok, ProblemResults.Json);
    }
}
