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

/// <summary>A new client.</summary>
public sealed class AddClient(AppDb db, CurrentUser user, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/new", () => ClientFormPage.Create(new(new()))).RequireAuthorization(Policies.Admin);
        pages.MapPost("/", Submit).RequireAuthorization(Policies.Admin);
        api.MapPost("/", Json)
            .RequireAuthorization(Policies.Admin)
            .Produces<ClientBody>(StatusCodes.Status201Created)
            .WithSummary("Add a client")
            .WithDescription("One of the names is enough.");
    }

    public async Task<Result<Client>> Handle(ClientInput input, bool isActive, CancellationToken stop)
    {
        var errors = new FieldErrors();
        var fields = ClientFields.Read(input, errors);
        if (errors.Any)
            return Problem.Invalid(errors);

        var client = new Client { CreatedAt = clock.Instant(), IsActive = isActive };
        fields.ApplyTo(client);
        await using var write = await db.BeginWrite(stop);
        if (client.CrNumber is not null && await db.Clients.AnyAsync(c => c.CrNumber == client.CrNumber, stop))
            return EditClient.CrNumberTaken;
        db.Clients.Add(client);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation())
        {
            return EditClient.CrNumberTaken;
        }

        db.Audit.Add(
            AuditLog.By(
                user,
                "client.created",
                "client",
                client.Id.ToString(),
                client.CreatedAt,
                fields.Lasting(isActive),
                fields.Personal
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return client;
    }

    private static async Task<IResult> Submit(
        [FromForm] ClientInput? input,
        AddClient useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        input ??= new();
        if (!(await useCase.Handle(input, isActive: true, stop)).Ok(out var client, out var problem))
            return ClientFormPage.Create(new(input, problem.Fields)).Status(ProblemResults.StatusOf(problem.Kind));
        http.Toast(Words.T["clients.added"]);
        return http.SeeOther(ClientRoutes.One(client.Id));
    }

    private static async Task<IResult> Json(
        [FromBody] ClientDocument input,
        AddClient useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(input, input.IsActive ?? true, stop)).Ok(out var client, out var problem))
            return ProblemResults.Json(problem);
        http.Tag(client.Version);
        return TypedResults.Created(RouteGroups.Api + ClientRoutes.One(client.Id), ClientBody.Of(client));
    }
}
