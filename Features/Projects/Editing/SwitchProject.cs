using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Projects.Editing;

/// <summary>
/// Deactivates a project, or activates it again. An inactive one keeps its transactions and is no longer offered for
/// new ones.
/// </summary>
public sealed class SwitchProject(AppDb db, CurrentUser user, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{code}/activity", Submit).RequireAuthorization(Policies.Admin);
        api.MapDelete("/{code}", Json)
            .RequireAuthorization(Policies.Admin)
            .Produces(StatusCodes.Status204NoContent)
            .WithSummary("Deactivate a project");
    }

    public async Task<Result<Project>> Handle(string code, bool isActive, CancellationToken stop)
    {
        var project = await EditProject.Find(db.Projects, code, stop);
        if (project is null)
            return Problem.NotFound();
        if (project.IsActive == isActive)
            return project;
        project.IsActive = isActive;
        project.Version++;
        db.Audit.Add(
            AuditLog.By(
                user,
                isActive ? "project.activated" : "project.deactivated",
                "project",
                project.Code,
                clock.Instant()
            )
        );
        return await db.Save(project, stop);
    }

    private static async Task<IResult> Submit(
        string code,
        [FromForm] string? active,
        SwitchProject useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(code, active == "true", stop)).Ok(out var project, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T[project.IsActive ? "projects.activated" : "projects.deactivated"]);
        return http.SeeOther(ProjectRoutes.One(project.Code));
    }

    private static async Task<IResult> Json(string code, SwitchProject useCase, CancellationToken stop) =>
        (await useCase.Handle(code, isActive: false, stop)).Match<IResult>(
            _ => TypedResults.NoContent(),
            ProblemResults.Json
        );
}
