using MdcTts.Features.Files.Scanning;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Files.Uploading;

/// <summary>Files for a transaction, one or several at once. One that is refused does not take others along.</summary>
public sealed class UploadFiles(AppDb db, CurrentUser user, TakeIn takeIn, Jobs jobs)
{
    /// <summary>No setting allows more; what a form sends beside it has room in the difference.</summary>
    private const long RequestMax = 2100L << 20;
    private const int FilesMax = 50;

    /// <summary>As sent; strings, because forms leave things out.</summary>
    public sealed class Command
    {
        public IFormFileCollection? Files { get; set; }
        public string? Visibility { get; set; }
        public string? Description { get; set; }
    }

    /// <summary>A file that was not taken in, and why.</summary>
    public sealed record Refusal(string FileName, Problem Problem);

    /// <summary>What became of each.</summary>
    public sealed record Done(IReadOnlyList<Attachment> Taken, IReadOnlyList<Refusal> Refused);

    public sealed record Answer(IReadOnlyList<FileJson> Items, IReadOnlyList<Answer.Not> Refused)
    {
        public sealed record Not(string FileName, object Problem);
    }

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        var limit = new RequestSizeLimitAttribute(RequestMax);
        pages
            .MapPost("/{number}/attachments", Submit)
            .RequireAuthorization(Policies.Staff)
            .WithMetadata(limit)
            .WithFormOptions(multipartBodyLengthLimit: RequestMax)
            .TakesLong();
        api.MapPost("/{number}/attachments", Json)
            .RequireAuthorization(Policies.Staff)
            .WithMetadata(limit)
            .WithFormOptions(multipartBodyLengthLimit: RequestMax)
            .TakesLong()
            .WithSummary("Add files to a transaction")
            .WithDescription(
                "Form fields: files (one or several), visibility (internal or client, default internal), description. "
                    + "201 when all were taken in, 207 when some were, 422 when none was; each refused one says why."
            )
            .Produces<Answer>(StatusCodes.Status201Created)
            .Produces<Answer>(StatusCodes.Status207MultiStatus)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
    }

    public async Task<Result<Done>> Handle(string number, Command command, CancellationToken stop)
    {
        // Before any byte is kept.
        if (!(await db.Transactions.FindOne(number, user, version: null, stop)).Ok(out _, out var problem))
            return problem;
        db.ChangeTracker.Clear();
        var errors = new FieldErrors();
        var visibility = string.IsNullOrEmpty(command.Visibility)
            ? FileVisibility.Internal
            : errors.Key<FileVisibility>("visibility", command.Visibility) ?? FileVisibility.Internal;
        var description = errors.Text(
            "description",
            command.Description,
            Attachment.DescriptionMaxLength,
            multiline: true
        );
        var files = (command.Files ?? new FormFileCollection()).Where(f => f.Name == "files").ToList();
        errors.AddIf(files.Count == 0, "files", "error.required");
        errors.AddIf(files.Count > FilesMax, "files", "files.refused.too_many_at_once", FilesMax);
        if (errors.Any)
            return Problem.Invalid(errors);

        var (taken, refused) = (new List<Attachment>(), new List<Refusal>());
        foreach (var file in files)
        {
            await using var bytes = file.OpenReadStream();
            db.ChangeTracker.Clear();
            var about = new TakeIn.About(visibility, description);
            var result = await takeIn.Handle(number, file.FileName, about, bytes, stop);
            if (result.Ok(out var attachment, out problem))
                taken.Add(attachment);
            else
                refused.Add(new(file.FileName, problem));
        }

        foreach (var attachment in taken.Where(a => a.Content.Scan == ScanState.Pending))
            jobs.Enqueue<ScanFileJob>(attachment.ContentId);
        return new Done(taken, refused);
    }

    private static async Task<IResult> Submit(
        string number,
        [FromForm] Command? command,
        UploadFiles useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        var result = await useCase.Handle(number, command ?? new(), stop);
        if (http.Request.Headers.Accept == "text/plain")
            return Plain(result);
        if (!result.Ok(out var done, out var problem))
        {
            if (problem.Kind is not ProblemKind.Invalid)
                return http.HtmlProblem(problem);
            http.Toast(Words.T["files.choose_first"]);
            return http.SeeOther(TransactionRoutes.One(number) + "#files");
        }

        var said = new List<string>();
        if (done.Taken.Count > 0)
            said.Add(Words.T.Count("files.added", done.Taken.Count));
        said.AddRange(done.Refused.Select(r => Words.T["files.refused", r.FileName, WordsOf(r.Problem)]));
        http.Toast(string.Join(' ', said));
        return http.SeeOther(TransactionRoutes.One(number) + "#files");
    }

    private static async Task<IResult> Json(
        string number,
        [FromForm] Command? command,
        UploadFiles useCase,
        AppDb db,
        HttpContext http,
        CancellationToken stop
    )
    {
        var result = await useCase.Handle(number, command ?? new(), stop);
        if (!result.Ok(out var done, out var problem))
            return ProblemResults.Json(problem);
        var ids = done.Taken.Select(a => a.Id).ToList();
        var rows = await db.Attachments.Where(a => ids.Contains(a.Id)).OrderBy(a => a.Id).AsRows().ToListAsync(stop);
        var answer = new Answer(
            rows.ConvertAll(row => FileJson.Of(row, isOutside: false)),
            [.. done.Refused.Select(r => new Answer.Not(r.FileName, new { title = WordsOf(r.Problem) }))]
        );
        var status =
            done.Refused.Count == 0 ? StatusCodes.Status201Created
            : done.Taken.Count > 0 ? StatusCodes.Status207MultiStatus
            : StatusCodes.Status422UnprocessableEntity;
        if (done.Taken.Count == 1)
            http.Response.Headers.Location = RouteGroups.Api + FileRoutes.One(done.Taken[0].Id);
        return Results.Json(answer, statusCode: status);
    }

    // For the script of the page, which sends one at a time and shows what is said beside its name.
    private static IResult Plain(Result<Done> result)
    {
        if (result.Ok(out var done, out var problem) && done.Refused is [])
            return Results.NoContent();
        problem ??= done!.Refused[0].Problem;
        return Results.Text(WordsOf(problem), statusCode: ProblemResults.StatusOf(problem.Kind));
    }

    private static string WordsOf(Problem problem)
    {
        if (problem.Fields is not { } fields)
            return Words.T[problem.Key, problem.Args];
        var (key, args) = fields.Fields.SelectMany(fields.Of).First();
        return Words.T[key, args];
    }
}
