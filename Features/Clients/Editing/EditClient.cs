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

/// <summary>Changes a client. Whatever keeps its name follows in the same database transaction.</summary>
public sealed class EditClient(
    AppDb db,
    CurrentUser user,
    IEnumerable<ClientRenamed> renamed,
    IEnumerable<ClientDeactivated> deactivated,
    TimeProvider clock
)
{
    public sealed class PostedForm : ClientInput
    {
        public string? Version { get; set; }

        /// <summary>The fields at that version.</summary>
        public string? Original { get; set; }
    }

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{id:int}/edit", Form).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{id:int}/edit", Submit).RequireAuthorization(Policies.Admin);
        api.MapPut("/{id:int}", Json)
            .RequireAuthorization(Policies.Admin)
            .Produces<ClientBody>()
            .WithSummary("Replace a client's fields")
            .WithDescription("Needs `If-Match` with the version that was read. Without `isActive` it stays as it is.");
    }

    /// <param name="isActive">Null leaves it as it is.</param>
    public async Task<Result<Client>> Handle(
        int id,
        int version,
        ClientInput input,
        bool? isActive,
        CancellationToken stop
    )
    {
        await using var write = await db.BeginWrite(stop);
        var client = await db.Clients.SingleOrDefaultAsync(c => c.Id == id, stop);
        if (client is null)
            return Problem.NotFound();
        if (client.Version != version)
            return new Problem(ProblemKind.PreconditionFailed, "problem.version_mismatch", client.Version);
        var errors = new FieldErrors();
        var fields = ClientFields.Read(input, errors);
        if (errors.Any)
            return Problem.Invalid(errors);

        var old = ClientFields.Of(client);
        var wasActive = client.IsActive;
        if (old == fields && (isActive ?? wasActive) == wasActive)
            return client;
        if (
            fields.CrNumber is not null
            && await db.Clients.AnyAsync(c => c.Id != id && c.CrNumber == fields.CrNumber, stop)
        )
            return CrNumberTaken;
        fields.ApplyTo(client);
        client.IsActive = isActive ?? wasActive;
        client.Version++;
        var now = clock.Instant();
        if (wasActive && !client.IsActive)
            foreach (var follow in deactivated)
                await follow(db, client, now, stop);
        db.Audit.Add(
            AuditLog.By(
                user,
                "client.edited",
                "client",
                id.ToString(),
                now,
                new { old = old.Lasting(wasActive), @new = fields.Lasting(client.IsActive) },
                about: new { old = old.Personal, @new = fields.Personal }
            )
        );
        try
        {
            if (!(await db.Save(client, stop)).Ok(out _, out var problem))
                return problem;
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation())
        {
            return CrNumberTaken;
        }

        if ((old.NameEn, old.NameAr) != (client.NameEn, client.NameAr))
            foreach (var follow in renamed)
                await follow(db, client, old.NameEn, old.NameAr, stop);
        await write.Commit(stop);
        return client;
    }

    internal static Problem CrNumberTaken => Problem.Invalid("crNumber", "client.cr_taken");

    private Task<Client?> Find(int id, CancellationToken stop) =>
        db.Clients.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, stop);

    private static async Task<IResult> Form(int id, EditClient useCase, HttpContext http, CancellationToken stop) =>
        await useCase.Find(id, stop) is { } client
            ? ClientFormPage.Create(
                new(ClientInput.Of(client), Existing: client)
                {
                    Version = client.Version.ToString(),
                    Original = FormMerge.Write(FormMerge.ValuesOf(ClientInput.Of(client))),
                }
            )
            : http.HtmlProblem(Problem.NotFound());

    private static async Task<IResult> Submit(
        int id,
        [FromForm] PostedForm? form,
        EditClient useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        form ??= new();
        var version = int.TryParse(form.Version, out var v) ? v : 0;
        if (!(await useCase.Handle(id, version, form, isActive: null, stop)).Ok(out _, out var problem))
            return await useCase.ShowAgain(id, form, problem, http, stop);
        http.Toast(Words.T["clients.saved"]);
        return http.SeeOther(ClientRoutes.One(id));
    }

    private async Task<IResult> ShowAgain(
        int id,
        PostedForm form,
        Problem problem,
        HttpContext http,
        CancellationToken stop
    )
    {
        db.ChangeTracker.Clear();
        if (await Find(id, stop) is not { } present)
            return http.HtmlProblem(problem);
        if (problem.IsOvertaken)
            return FormMergePage.Create(Merge(form, present)).Status(StatusCodes.Status409Conflict);
        if (problem.Fields is null)
            return http.HtmlProblem(problem);
        var view = new ClientFormView(form, problem.Fields, present)
        {
            Version = form.Version,
            Original = form.Original,
        };
        return ClientFormPage.Create(view).Status(ProblemResults.StatusOf(problem.Kind));
    }

    private static FormMerge Merge(PostedForm form, Client present)
    {
        var name = Words.T.Pick(present.NameEn, present.NameAr);
        var merge = FormMerge.Of(
            ClientFormView.Fields,
            FormMerge.ValuesOf(form),
            FormMerge.Read(form.Original),
            FormMerge.ValuesOf(ClientInput.Of(present))
        );
        return merge with
        {
            Version = present.Version.ToString(),
            Action = ClientRoutes.Edit(present.Id),
            Back = ClientRoutes.One(present.Id),
            What = name,
            Crumbs = [(ClientRoutes.Root, Words.T["clients.title"]), (ClientRoutes.One(present.Id), name)],
            Section = "clients",
            Label = field => Words.T["client." + field],
        };
    }

    private static async Task<IResult> Json(
        int id,
        [FromBody] ClientDocument input,
        EditClient useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (http.IfMatch() is not { } version)
            return ProblemResults.Json(new Problem(ProblemKind.PreconditionRequired, "problem.version_missing"));
        var result = await useCase.Handle(id, version, input, input.IsActive, stop);
        if (!result.Ok(out var client, out var problem))
            return ProblemResults.Json(problem);
        http.Tag(client.Version);
        return TypedResults.Ok(ClientBody.Of(client));
    }
}
