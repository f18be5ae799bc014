using MdcTts.Features.Audit;
using MdcTts.Features.Backups.Drilling;
using MdcTts.Features.Backups.Making;
using MdcTts.Features.Backups.Storing;
using MdcTts.Features.Backups.Verifying;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Backups.Listing;

/// <summary>What there is, whether it would help, and what an admin may ask for. A backup is everything at once, so none is given out here: who may have it has the folder.</summary>
public static class ListBackups
{
    private static readonly string[] Jobs = [nameof(BackupJob), nameof(VerifyBackupsJob), nameof(DrillJob)];

    public sealed class Command
    {
        public string? Name { get; set; }
    }

    /// <param name="Status">Null: nothing is known of it.</param>
    public sealed record Row(string Name, BackupStatus? Status);

    /// <param name="Rows">The newest first.</param>
    /// <param name="Underway">How far it is; null when nothing is.</param>
    /// <param name="IsWaiting">Asked for, and no process has begun it.</param>
    /// <param name="LastGood">Null: there is none.</param>
    /// <param name="Bucket">Where copies go; null: nowhere.</param>
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
        pages.MapPost("/", Submit).RequireAuthorization(Policies.Admin).Limited(RateLimits.Bulk);
        pages
            .MapPost("/verification", SubmitVerification)
            .RequireAuthorization(Policies.Admin)
            .Limited(RateLimits.Bulk);
        pages.MapPost("/drill", SubmitDrill).RequireAuthorization(Policies.Admin).Limited(RateLimits.Bulk);
    }

    public static async Task<View> Handle(
        AppDb db,
        Backups backups,
        AppSettings settings,
        TimeProvider clock,
        CancellationToken stop
    )
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

    private static async Task<IResult> Page(
        AppDb db,
        Backups backups,
        AppSettings settings,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var view = await Handle(db, backups, settings, clock, stop);
        return http.WantsFragment() ? BackupList.Create(view) : BackupsPage.Create(view);
    }

    private static Task<IResult> Submit(
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) => Ask(nameof(BackupJob), "", db, user, clock, http, stop);

    private static Task<IResult> SubmitDrill(
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) => Ask(nameof(DrillJob), "", db, user, clock, http, stop);

    private static async Task<IResult> SubmitVerification(
        [FromForm] Command? command,
        AppDb db,
        CurrentUser user,
        Backups backups,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (command?.Name is not { } name || !backups.Store.Names().Contains(name))
            return http.HtmlProblem(Problem.NotFound());
        // Where nothing is known of it, its manifest is in question too: the job says so.
        if (backups.Store.Status(name) is { } status)
            backups.Store.Keep(name, status with { IsAsked = true });
        return await Ask(nameof(VerifyBackupsJob), name, db, user, clock, http, stop);
    }

    // One that waits already is as good as another.
    private static async Task<IResult> Ask(
        string job,
        string name,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var now = clock.Instant();
        await using (var write = await db.BeginWrite(stop))
        {
            if (await JobLedger.Ask(db, job, now, stop) is not null)
            {
                db.Audit.Add(AuditLog.By(user, "backup.asked", "backup", name, now, new { job }));
                await db.SaveChangesAsync(stop);
                await write.Commit(stop);
            }
        }

        http.Toast(Words.T["backups.asked"]);
        return http.SeeOther(BackupRoutes.Root);
    }
}
