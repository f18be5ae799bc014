using MdcTts.Features.Backups.Drilling;
using MdcTts.Features.Backups.Making;
using MdcTts.Features.Backups.Storing;
using MdcTts.Features.Backups.Verifying;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Backups.Listing;

/// <summary>
/// Lists the backups with their state, and lets an admin ask for a new one, a verification or a drill. It offers no
/// download: a backup contains all data, and only those who have the folder may have it.
/// </summary>
public sealed class ListBackups(AppDb db, CurrentUser user, Backups backups, AppSettings settings, TimeProvider clock)
{
    private static readonly string[] Jobs = [nameof(BackupJob), nameof(VerifyBackupsJob), nameof(DrillJob)];

    public sealed class Command
    {
        public string? Name { get; set; }
    }

    /// <param name="Status">Null when nothing is known of it.</param>
    public sealed record Row(string Name, BackupStatus? Status);

    /// <param name="Rows">The newest first.</param>
    /// <param name="Underway">Null when nothing runs.</param>
    /// <param name="IsWaiting">Something was asked for that has not ended.</param>
    /// <param name="LastGood">Null when there is none.</param>
    /// <param name="Bucket">Null when backups are not uploaded.</param>
    public sealed record View(
        IReadOnlyList<Row> Rows,
        Progress? Underway,
        bool IsWaiting,
        DateTime? LastGood,
        bool IsOverdue,
        Failure? Failure,
        Drill? Drill,
        string Folder,
        string? Bucket,
        bool IsEncrypted,
        DateTime Now
    )
    {
        public bool IsBusy => IsWaiting || Underway is not null;
    }

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/", Page).RequireAuthorization(Policies.Admin);
        pages.MapPost("/", Submit).RequireAuthorization(Policies.Admin).RequiresProof().Limited(RateLimits.Bulk);
        pages
            .MapPost("/verification", SubmitVerification)
            .RequireAuthorization(Policies.Admin)
            .RequiresProof()
            .Limited(RateLimits.Bulk);
        pages
            .MapPost("/drill", SubmitDrill)
            .RequireAuthorization(Policies.Admin)
            .RequiresProof()
            .Limited(RateLimits.Bulk);
    }

    public async Task<View> Handle(CancellationToken stop)
    {
        var store = backups.Store;
        var isWaiting = await db.JobRuns.AnyAsync(r => Jobs.Contains(r.Job) && r.FinishedAt == null, stop);
        return new(
            [.. store.Names().Select(n => new Row(n, store.Status(n)))],
            store.Underway(),
            isWaiting,
            store.LastGood(),
            backups.IsOverdue,
            store.LastFailure(),
            store.LastDrill(),
            store.Folder,
            settings.Backups.Bucket?.Name,
            settings.Backups.Passphrase is not null,
            clock.Instant()
        );
    }

    /// <summary>Asks for a job. One that waits already is as good as another.</summary>
    /// <param name="name">The backup that it is about; empty for none.</param>
    public async Task Ask(string job, string name, CancellationToken stop)
    {
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        if (await JobLedger.Ask(db, job, now, stop) is null)
            return;
        db.Audit.Add(AuditLog.By(user, "backup.asked", "backup", name, now, new { job }));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    /// <summary>Asks for the verification of one backup.</summary>
    public async Task<Result<string>> AskToVerify(string? name, CancellationToken stop)
    {
        if (name is null || !backups.Store.Names().Contains(name))
            return Problem.NotFound();
        // Where nothing is known of it, its manifest may be wrong too: the job reports that.
        if (backups.Store.Status(name) is { } status)
            backups.Store.Keep(name, status with { IsAsked = true });
        await Ask(nameof(VerifyBackupsJob), name, stop);
        return name;
    }

    private static async Task<IResult> Page(ListBackups useCase, HttpContext http, CancellationToken stop)
    {
        var view = await useCase.Handle(stop);
        return http.WantsFragment() ? BackupList.Create(view) : BackupsPage.Create(view);
    }

    private static async Task<IResult> Submit(ListBackups useCase, HttpContext http, CancellationToken stop)
    {
        await useCase.Ask(nameof(BackupJob), name: "", stop);
        return ToList(http);
    }

    private static async Task<IResult> SubmitDrill(ListBackups useCase, HttpContext http, CancellationToken stop)
    {
        await useCase.Ask(nameof(DrillJob), name: "", stop);
        return ToList(http);
    }

    private static async Task<IResult> SubmitVerification(
        [FromForm] Command? command,
        ListBackups useCase,
        HttpContext http,
        CancellationToken stop
    ) => (await useCase.AskToVerify(command?.Name, stop)).Match(_ => ToList(http), http.HtmlProblem);

    private static IResult ToList(HttpContext http)
    {
        http.Toast(Words.T["backups.asked"]);
        return http.SeeOther(BackupRoutes.Root);
    }
}
