using MdcTts.Features.Projects.Editing;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Projects.Showing;

/// <summary>One project and its client. The way to its transactions is a section of the feature above.</summary>
public sealed class ShowProject(AppDb db)
{
    /// <param name="Project">The project with its client.</param>
    public sealed record View(Project Project, PageSections Sections, CurrentUser User);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{code}", Page).RequireAuthorization(Policies.Staff);
        api.MapGet("/{code}", Json)
            .RequireAuthorization(Policies.Staff)
            .Produces<ProjectBody>()
            .WithSummary("One project");
    }

    public async Task<Result<Project>> Handle(string code, CancellationToken stop) =>
        await EditProject.Find(db.Projects.AsNoTracking(), code, stop) is { } project ? project : Problem.NotFound();

    private static async Task<IResult> Page(
        string code,
        ShowProject useCase,
        CurrentUser user,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(code, stop)).Ok(out var project, out var problem))
            return http.HtmlProblem(problem);
        return ProjectPage.Create(new(project, await PageSections.Of(project, http.RequestServices, stop), user));
    }

    private static async Task<IResult> Json(string code, ShowProject useCase, HttpContext http, CancellationToken stop)
    {
        if (!(await useCase.Handle(code, stop)).Ok(out var project, out var problem))
            return ProblemResults.Json(problem);
        http.Tag(project.Version);
        return TypedResults.Ok(ProjectBody.Of(project));
    }
}
