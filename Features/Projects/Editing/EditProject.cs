using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Projects.Editing;

/// <summary>Changes a project. Once it is in use, it stays with its client: what uses it belongs to that client too.</summary>
public static class EditProject
{
    public sealed class PostedForm : ProjectInput
    {
        public string? Version { get; set; }
    }

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{code}/edit", Form).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{code}/edit", Submit).RequireAuthorization(Policies.Admin);
        api.MapPut("/{code}", Json)
            .RequireAuthorization(Policies.Admin)
            .Produces<ProjectBody>()
            .WithSummary("Replace a project's fields")
            .WithDescription("Needs `If-Match` with the version that was read. Without `isActive` it stays as it is.");
    }

    public static async Task<Result<Project>> Handle(
        string code,
        int version,
        ProjectInput input,
        bool? isActive,
        AppDb db,
        CurrentUser user,
        IEnumerable<IsProjectInUse> uses,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        await using var write = await db.BeginWrite(stop);
        var project = await Find(db.Projects, code, stop);
        if (project is null)
            return Problem.NotFound();
        if (project.Version != version)
            return new Problem(ProblemKind.PreconditionFailed, "problem.version_mismatch", project.Version);
        var errors = new FieldErrors();
        var fields = await ProjectFields.Read(input, project.ClientId, errors, db, stop);
        if (fields.ClientId != project.ClientId && await IsInUse(project, uses, db, stop))
            errors.Add("clientId", "project.client_fixed");
        if (errors.Any)
            return Problem.Invalid(errors);

        var (old, wasActive) = (ProjectFields.Of(project), project.IsActive);
        if (old == fields && (isActive ?? wasActive) == wasActive)
            return project;
        fields.ApplyTo(project);
        project.IsActive = isActive ?? wasActive;
        project.Version++;
        db.Audit.Add(
            AuditLog.By(
                user,
                "project.edited",
                "project",
                project.Code,
                clock.Instant(),
                new
                {
                    old = new
                    {
                        old.NameEn,
                        old.NameAr,
                        old.ClientId,
                        isActive = wasActive,
                    },
                    @new = new
                    {
                        fields.NameEn,
                        fields.NameAr,
                        fields.ClientId,
                        project.IsActive,
                    },
                }
            )
        );
        if (!(await db.Save(project, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return project;
    }

    private static async Task<bool> IsInUse(
        Project project,
        IEnumerable<IsProjectInUse> uses,
        AppDb db,
        CancellationToken stop
    )
    {
        foreach (var isInUse in uses)
            if (await isInUse(db, project.Id, stop))
                return true;
        return false;
    }

    /// <summary>The project of a code, however it is typed.</summary>
    public static async Task<Project?> Find(IQueryable<Project> projects, string code, CancellationToken stop)
    {
        if (code.Length > Project.CodeMaxLength || PlainText.HasForbidden(code))
            return null;
        var upper = code.ToUpperInvariant();
        return await projects.Include(p => p.Client).SingleOrDefaultAsync(p => p.Code == upper, stop);
    }

    private static async Task<IResult> Form(string code, AppDb db, HttpContext http, CancellationToken stop) =>
        await Find(db.Projects.AsNoTracking(), code, stop) is { } project
            ? ProjectFormPage.Create(
                await ProjectFormView.New(ProjectInput.Of(project), problem: null, project, db, stop)
            )
            : http.HtmlProblem(Problem.NotFound());

    private static async Task<IResult> Submit(
        string code,
        [FromForm] PostedForm? form,
        AppDb db,
        CurrentUser user,
        IEnumerable<IsProjectInUse> uses,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        form ??= new();
        var result = await Handle(
            code,
            int.TryParse(form.Version, out var version) ? version : 0,
            form,
            isActive: null,
            db,
            user,
            uses,
            clock,
            stop
        );
        if (result.Ok(out var saved, out var problem))
        {
            http.Toast(Words.T["projects.saved"]);
            return http.SeeOther(ProjectRoutes.One(saved.Code));
        }

        db.ChangeTracker.Clear();
        var present = await Find(db.Projects.AsNoTracking(), code, stop);
        if (present is null)
            return http.HtmlProblem(problem);
        var status = problem.Fields is null ? StatusCodes.Status409Conflict : ProblemResults.StatusOf(problem.Kind);
        return ProjectFormPage.Create(await ProjectFormView.New(form, problem, present, db, stop)).Status(status);
    }

    private static async Task<IResult> Json(
        string code,
        [FromBody] ProjectDocument input,
        AppDb db,
        CurrentUser user,
        IEnumerable<IsProjectInUse> uses,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (http.IfMatch() is not { } version)
            return ProblemResults.Json(new Problem(ProblemKind.PreconditionRequired, "problem.version_missing"));
        if (
            !(await Handle(code, version, input, input.IsActive, db, user, uses, clock, stop)).Ok(
                out var project,
                out var problem
            )
        )
            return ProblemResults.Json(problem);
        http.Tag(project.Version);
        return TypedResults.Ok(ProjectBody.Of(project));
    }
}
