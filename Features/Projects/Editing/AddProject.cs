using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Projects.Editing;

/// <summary>A new project; its code is the next of this year in Riyadh.</summary>
public sealed class AddProject(AppDb db, CurrentUser user, ProjectForms forms, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/new", Form).RequireAuthorization(Policies.Admin);
        pages.MapPost("/", Submit).RequireAuthorization(Policies.Admin);
        api.MapPost("/", Json)
            .RequireAuthorization(Policies.Admin)
            .Produces<ProjectBody>(StatusCodes.Status201Created)
            .WithSummary("Add a project")
            .WithDescription("One of the names is enough; the code is given.");
    }

    public async Task<Result<Project>> Handle(ProjectInput input, bool isActive, CancellationToken stop)
    {
        var errors = new FieldErrors();
        var fields = await forms.Read(input, keptClientId: null, errors, stop);
        if (errors.Any)
            return Problem.Invalid(errors);

        var project = new Project { CreatedAt = clock.Instant(), IsActive = isActive };
        fields.ApplyTo(project);
        var year = clock.Today().Year;
        await using var write = await db.BeginWrite(stop);
        project.Code = ProjectCode.Of(year, await NumberCounter.Take(db, ProjectCode.Series, year, 1, stop));
        db.Projects.Add(project);
        db.Audit.Add(AuditLog.By(user, "project.created", "project", project.Code, project.CreatedAt, fields));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return project;
    }

    private static async Task<IResult> Form(string? client, ProjectForms forms, CancellationToken stop)
    {
        var typed = new ProjectInput { ClientId = int.TryParse(client, out _) ? client : null };
        return ProjectFormPage.Create(await forms.Show(typed, errors: null, existing: null, stop));
    }

    private static async Task<IResult> Submit(
        [FromForm] ProjectInput? input,
        AddProject useCase,
        ProjectForms forms,
        HttpContext http,
        CancellationToken stop
    )
    {
        input ??= new();
        if (!(await useCase.Handle(input, isActive: true, stop)).Ok(out var project, out var problem))
            return ProjectFormPage
                .Create(await forms.Show(input, problem.Fields, existing: null, stop))
                .Status(ProblemResults.StatusOf(problem.Kind));
        http.Toast(Words.T["projects.added", project.Code]);
        return http.SeeOther(ProjectRoutes.One(project.Code));
    }

    private static async Task<IResult> Json(
        [FromBody] ProjectDocument input,
        AddProject useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(input, input.IsActive ?? true, stop)).Ok(out var project, out var problem))
            return ProblemResults.Json(problem);
        http.Tag(project.Version);
        return TypedResults.Created(RouteGroups.Api + ProjectRoutes.One(project.Code), ProjectBody.Of(project));
    }
}
