using MdcTts.Features.Projects.Editing;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Projects.Showing;

/// <summary>One project, its client, and the way to its transactions.</summary>
public static class ShowProject
{
    /// <param name="Project">The project with its client.</param>
    /// <param name="Transactions">How many of its transactions the reader may see.</param>
    /// <param name="User">The reader.</param>
    public sealed record View(Project Project, int Transactions, CurrentUser User);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{code}", Page).RequireAuthorization(Policies.Staff);
        api.MapGet("/{code}", Json)
            .RequireAuthorization(Policies.Staff)
            .Produces<ProjectBody>()
            .WithSummary("One project");
    }

    public static async Task<Result<View>> Handle(string code, AppDb db, CurrentUser user, CancellationToken stop)
    {
        var project = await EditProject.Find(db.Projects.AsNoTracking(), code, stop);
        if (project is null)
            return Problem.NotFound();
        return new View(
            project,
            await db.Transactions.VisibleTo(user).CountAsync(t => t.ProjectId == project.Id, stop),
            user
        );
    }

    private static async Task<IResult> Page(
        string code,
        AppDb db,
        CurrentUser user,
        HttpContext http,
        CancellationToken stop
    ) => (await Handle(code, db, user, stop)).Match<IResult>(ProjectPage.Create, http.HtmlProblem);

    private static async Task<IResult> Json(string code, AppDb db, HttpContext http, CancellationToken stop)
    {
        var project = await EditProject.Find(db.Projects.AsNoTracking(), code, stop);
        if (project is null)
            return ProblemResults.Json(Problem.NotFound());
        http.Tag(project.Version);
        return TypedResults.Ok(ProjectBody.Of(project));
    }
}
