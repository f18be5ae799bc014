using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Files.Deleting;

/// <summary>Takes a file away, and back within <see cref="Attachment.KeptWhenDeleted"/>.</summary>
public sealed class DeleteFile(AppDb db, CurrentUser user, CurrentSettings settings, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{id:int}/delete", SubmitDelete).RequireAuthorization(Policies.Staff);
        pages.MapPost("/{id:int}/restore", SubmitRestore).RequireAuthorization(Policies.Staff);
        api.MapDelete("/{id:int}", JsonDelete)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Delete a file; for 30 days it can be taken back")
            .Produces(StatusCodes.Status204NoContent);
        api.MapPost("/{id:int}/restore", JsonRestore)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Take a deleted file back")
            .Produces(StatusCodes.Status204NoContent);
    }

    public async Task<Result<Attachment>> Handle(int id, int? version, CancellationToken stop)
    {
        if (!(await db.FindToChange(id, user, version, isDeleted: false, stop)).Ok(out var file, out var problem))
            return problem;
        var at = clock.Instant();
        file.Delete(user.Id, at);
        return await Record(file, HistoryKind.FileDeleted, at, stop);
    }

    public async Task<Result<Attachment>> Restore(int id, CancellationToken stop)
    {
        if (!(await db.FindToChange(id, user, version: null, isDeleted: true, stop)).Ok(out var file, out var problem))
            return problem;
        var at = clock.Instant();
        if (file.DeletedAt + Attachment.KeptWhenDeleted < at)
            return Problem.NotFound();
        var others = await db
            .Attachments.Where(a => a.TransactionId == file.TransactionId && a.DeletedAt == null)
            .Select(a => a.FileName)
            .ToListAsync(stop);
        var most = (await settings.Get(stop)).FilesPerTransactionMax;
        if (others.Count >= most)
            return Problem.Conflict("files.refused.too_many", most);
        file.FileName = FileNames.ToldApart(file.FileName, others);
        file.Restore();
        return await Record(file, HistoryKind.FileRestored, at, stop);
    }

    private async Task<Result<Attachment>> Record(
        Attachment file,
        HistoryKind kind,
        DateTime at,
        CancellationToken stop
    )
    {
        var name = new FieldChange("file", file.FileName, file.FileName);
        db.Record(file.Transaction.File(kind, [name], new { file = file.FileName, file.Content.Sha256 }, user, at));
        return await db.Save(file, stop);
    }

    private static async Task<IResult> SubmitDelete(
        int id,
        DeleteFile useCase,
        HttpContext http,
        CancellationToken stop
    ) => After(await useCase.Handle(id, version: null, stop), "files.deleted", http);

    private static async Task<IResult> SubmitRestore(
        int id,
        DeleteFile useCase,
        HttpContext http,
        CancellationToken stop
    ) => After(await useCase.Restore(id, stop), "files.restored", http);

    private static IResult After(Result<Attachment> result, string said, HttpContext http)
    {
        if (!result.Ok(out var file, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T[said, file.FileName]);
        return http.SeeOther(TransactionRoutes.One(file.Transaction.Number) + "#files");
    }

    private static async Task<IResult> JsonDelete(
        int id,
        DeleteFile useCase,
        HttpContext http,
        CancellationToken stop
    ) => (await useCase.Handle(id, http.IfMatch(), stop)).Match(_ => Results.NoContent(), ProblemResults.Json);

    private static async Task<IResult> JsonRestore(int id, DeleteFile useCase, CancellationToken stop) =>
        (await useCase.Restore(id, stop)).Match(_ => Results.NoContent(), ProblemResults.Json);
}
