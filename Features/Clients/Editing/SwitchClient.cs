using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Clients.Editing;

/// <summary>
/// Deactivates a client, or activates it again. An inactive one keeps its transactions and is no longer offered for new
/// ones; its people are signed out and cannot sign in.
/// </summary>
public sealed class SwitchClient(
    AppDb db,
    CurrentUser user,
    IEnumerable<ClientDeactivated> deactivated,
    IEnumerable<ClientConcern> concerns,
    TimeProvider clock
)
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{id:int}/activity", Submit).RequireAuthorization(Policies.Admin);
        api.MapDelete("/{id:int}", Json)
            .RequireAuthorization(Policies.Admin)
            .Produces(StatusCodes.Status204NoContent)
            .WithSummary("Deactivate a client")
            .WithDescription("Its people are signed out and cannot sign in any more; its transactions stay.");
    }

    public async Task<Result<Client>> Handle(int id, bool isActive, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        var client = await db.Clients.SingleOrDefaultAsync(c => c.Id == id, stop);
        if (client is null)
            return Problem.NotFound();
        if (client.IsActive == isActive)
            return client;
        client.IsActive = isActive;
        client.Version++;
        var now = clock.Instant();
        var concerned = isActive
            ? null
            : (await concerns.CountAll(db, id, stop)).ToDictionary(c => c.Concern.Name, c => c.Count);
        if (!isActive)
            foreach (var follow in deactivated)
                await follow(db, client, now, stop);
        db.Audit.Add(
            AuditLog.By(
                user,
                isActive ? "client.activated" : "client.deactivated",
                "client",
                id.ToString(),
                now,
                concerned
            )
        );
        if (!(await db.Save(client, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return client;
    }

    private static async Task<IResult> Submit(
        int id,
        [FromForm] string? active,
        SwitchClient useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(id, active == "true", stop)).Ok(out var client, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T[client.IsActive ? "clients.activated" : "clients.deactivated"]);
        return http.SeeOther(ClientRoutes.One(id));
    }

    private static async Task<IResult> Json(int id, SwitchClient useCase, CancellationToken stop) =>
        (await useCase.Handle(id, isActive: false, stop)).Match<IResult>(
            _ => TypedResults.NoContent(),
            ProblemResults.Json
        );
}
