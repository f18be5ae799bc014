using System.Text.Json;
using MdcTts.Features.Files.Kinds;
using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Files.Editing;

/// <summary>Renames a file, describes it, and says whether the client may have it.</summary>
public sealed class EditFile(AppDb db, CurrentUser user, CurrentSettings settings, TimeProvider clock)
{
    /// <summary>As sent; null leaves it as it is.</summary>
    public sealed class Command
    {
        public string? FileName { get; set; }
        public string? Description { get; set; }
        public string? Visibility { get; set; }
        public string? Version { get; set; }
    }

    /// <summary>A JSON Merge Patch: what is not sent stays, and null takes away what is there.</summary>
    public sealed class Patch
    {
        public JsonElement FileName { get; set; }
        public JsonElement Description { get; set; }
        public JsonElement Visibility { get; set; }
    }

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{id:int}", Submit).RequireAuthorization(Policies.Staff);
        api.MapGet("/{id:int}", One).RequireAuthorization(Policies.SignedIn).WithSummary("One file");
        api.MapPatch("/{id:int}", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Rename a file, describe it, show it to the client")
            .WithDescription("JSON Merge Patch with fileName, description, visibility. Needs `If-Match`.")
            .Produces<FileJson>();
    }

    /// <param name="version">What the person was looking at.</param>
    public async Task<Result<Attachment>> Handle(int id, Command command, int? version, CancellationToken stop)
    {
        if (!(await db.FindToChange(id, user, version, isDeleted: false, stop)).Ok(out var file, out var problem))
            return problem;
        var errors = new FieldErrors();
        var name = command.FileName is null
            ? file.FileName
            : errors.Text("fileName", command.FileName, Attachment.FileNameMaxLength, required: true);
        var description = command.Description is null
            ? file.Description
            : errors.Text("description", command.Description, Attachment.DescriptionMaxLength, multiline: true);
        var visibility = command.Visibility is null
            ? file.Visibility
            : errors.Key<FileVisibility>("visibility", command.Visibility) ?? file.Visibility;
        if (errors.Any)
            return Problem.Invalid(errors);

        name = await NameOf(file, name!, stop);
        List<FieldChange> changes =
        [
            new("file", file.FileName, name),
            new("fileVisibility", Keys.Of(file.Visibility), Keys.Of(visibility)),
            new("fileDescription", file.Description, description),
        ];
        var made = changes.FindAll(c => c.Old != c.New);
        if (made.Count == 0)
            return file;
        (file.FileName, file.Description, file.Visibility) = (name, description, visibility);
        file.Changed();
        db.Record(
            file.Transaction.File(
                HistoryKind.FileEdited,
                [changes[0], .. made.Where(c => c.Field != "file")],
                made,
                user,
                clock.Instant()
            )
        );
        return await db.Save(file, stop);
    }

    private async Task<string> NameOf(Attachment file, string name, CancellationToken stop)
    {
        var clean = FileNames.Clean(name, FileKinds.Of(file.Content.Kind));
        if (clean == file.FileName)
            return clean;
        var others = await db
            .Attachments.Where(a => a.TransactionId == file.TransactionId && a.DeletedAt == null && a.Id != file.Id)
            .Select(a => a.FileName)
            .ToListAsync(stop);
        return FileNames.ToldApart(clean, others);
    }

    private static async Task<IResult> Submit(
        int id,
        [FromForm] Command? command,
        EditFile useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        // A box that is not ticked is not sent.
        command.Visibility ??= Keys.Of(FileVisibility.Internal);
        var version = int.TryParse(command.Version, out var seen) ? seen : 0;
        var result = await useCase.Handle(id, command, version, stop);
        if (!result.Ok(out var file, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["files.saved", file.FileName]);
        return http.SeeOther(TransactionRoutes.One(file.Transaction.Number) + "#files");
    }

    private static async Task<IResult> Json(
        int id,
        [FromBody] Patch patch,
        EditFile useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (http.IfMatch() is not { } version)
            return ProblemResults.Json(new Problem(ProblemKind.PreconditionRequired, "problem.version_missing"));
        if (!Read(patch).Ok(out var command, out var problem))
            return ProblemResults.Json(problem);
        return (await useCase.Handle(id, command, version, stop)).Ok(out _, out problem)
            ? await useCase.Answer(id, http, stop)
            : ProblemResults.Json(problem);
    }

    private static Result<Command> Read(Patch patch)
    {
        var errors = new FieldErrors();
        var command = new Command
        {
            FileName = Text("fileName", patch.FileName),
            Description = Text("description", patch.Description),
            Visibility = Text("visibility", patch.Visibility),
        };
        return errors.Any ? Problem.Invalid(errors) : command;

        string? Text(string field, JsonElement value)
        {
            if (value.ValueKind is JsonValueKind.Undefined)
                return null;
            if (value.ValueKind is JsonValueKind.String or JsonValueKind.Null)
                return value.GetString() ?? "";
            errors.Add(field, "error.not_text");
            return null;
        }
    }

    private static Task<IResult> One(int id, EditFile useCase, HttpContext http, CancellationToken stop) =>
        useCase.Answer(id, http, stop);

    private async Task<IResult> Answer(int id, HttpContext http, CancellationToken stop)
    {
        var row = await db
            .Attachments.VisibleTo(db, user, await settings.Get(stop))
            .Where(a => a.Id == id)
            .AsRows()
            .SingleOrDefaultAsync(stop);
        if (row is null)
            return ProblemResults.Json(Problem.NotFound());
        http.Tag(row.Version);
        return Results.Json(FileJson.Of(row, user.IsClient));
    }
}
