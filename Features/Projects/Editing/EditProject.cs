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

/// <summary>
/// Changes a project. Once it is in use, it stays with its client: what uses it belongs to that client too.
/// </summary>
public sealed class EditProject(
    AppDb db,
    CurrentUser user,
    ProjectForms forms,
    IEnumerable<IsProjectInUse> uses,
    TimeProvider clock
)
{
    public sealed class PostedForm : ProjectInput
    {
        public string? Version { get; set; }

        /// <summary>The fields at that version.</summary>
        public string? Original { get; set; }
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

    /// <param name="isActive">Null leaves it as it is.</param>
    public async Task<Result<Project>> Handle(
        string code,
        int version,
        ProjectInput input,
        bool? isActive,
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
        var fields = await forms.Read(input, project.ClientId, errors, stop);
        if (fields.ClientId != project.ClientId && await IsInUse(project, stop))
            errors.Add("clientId", "project.client_fixed");
        if (errors.Any)
            return Problem.Invalid(errors);

        var old = ProjectFields.Of(project);
        var wasActive = project.IsActive;
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

    private async Task<bool> IsInUse(Project project, CancellationToken stop)
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

    private static async Task<IResult> Form(
        string code,
        EditProject useCase,
        ProjectForms forms,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (await useCase.Find(code, stop) is not { } project)
            return http.HtmlProblem(Problem.NotFound());
        var view = await forms.Show(ProjectInput.Of(project), errors: null, project, stop);
        return ProjectFormPage.Create(
            view with
            {
                Version = project.Version.ToString(),
                Original = FormMerge.Write(FormMerge.ValuesOf(ProjectInput.Of(project))),
            }
        );
    }

    private Task<Project?> Find(string code, CancellationToken stop) => Find(db.Projects.AsNoTracking(), code, stop);

    private static async Task<IResult> Submit(
        string code,
        [FromForm] PostedForm? form,
        EditProject useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        form ??= new();
        var version = int.TryParse(form.Version, out var v) ? v : 0;
        var result = await useCase.Handle(code, version, form, isActive: null, stop);
        if (!result.Ok(out var saved, out var problem))
            return await useCase.ShowAgain(code, form, problem, http, stop);
        http.Toast(Words.T["projects.saved"]);
        return http.SeeOther(ProjectRoutes.One(saved.Code));
    }

    private async Task<IResult> ShowAgain(
        string code,
        PostedForm form,
        Problem problem,
        HttpContext http,
        CancellationToken stop
    )
    {
        db.ChangeTracker.Clear();
        if (await Find(code, stop) is not { } present)
            return http.HtmlProblem(problem);
        if (problem.Fields is null && !problem.IsOvertaken)
            return http.HtmlProblem(problem);
        var view = await forms.Show(form, problem.Fields, present, stop) with
        {
            Version = form.Version,
            Original = form.Original,
        };
        return problem.IsOvertaken
            ? FormMergePage.Create(Merge(view, present)).Status(StatusCodes.Status409Conflict)
            : ProjectFormPage.Create(view).Status(ProblemResults.StatusOf(problem.Kind));
    }

    private static FormMerge Merge(ProjectFormView view, Project present)
    {
        var (code, url) = (present.Code, ProjectRoutes.One(present.Code));
        var merge = FormMerge.Of(
            ProjectFormView.Fields,
            FormMerge.ValuesOf(view.Typed),
            FormMerge.Read(view.Original),
            FormMerge.ValuesOf(ProjectInput.Of(present))
        );
        return merge with
        {
            Version = present.Version.ToString(),
            Action = ProjectRoutes.Edit(code),
            Back = url,
            What = code,
            Crumbs = [(ProjectRoutes.Root, Words.T["projects.title"]), (url, code)],
            Section = "projects",
            Label = field => Words.T["project." + field],
            Show = (field, value) =>
                field == "clientId" ? view.Clients.FirstOrDefault(c => c.Value == value).Name ?? value : value,
        };
    }

    private static async Task<IResult> Json(
        string code,
        [FromBody] ProjectDocument input,
        EditProject useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (http.IfMatch() is not { } version)
            return ProblemResults.Json(new Problem(ProblemKind.PreconditionRequired, "problem.version_missing"));
        var result = await useCase.Handle(code, version, input, input.IsActive, stop);
        if (!result.Ok(out var project, out var problem))
            return ProblemResults.Json(problem);
        http.Tag(project.Version);
        return TypedResults.Ok(ProjectBody.Of(project));
    }
}
