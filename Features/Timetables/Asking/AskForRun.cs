using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Timetables.Asking;

/// <summary>
/// Lets an admin run a job out of turn. The request is a row of the ledger, and the next process that looks takes it.
/// </summary>
public sealed class AskForRun(AppDb db, Timetable timetable, CurrentUser user, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages) =>
        pages.MapPost("/{job}/runs", Submit).RequireAuthorization(Policies.Admin).RequiresProof();

    public async Task<Result<long>> Handle(string job, CancellationToken stop)
    {
        if (!timetable.Entries.ContainsKey(job))
            return Problem.NotFound();
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        if (await JobLedger.Ask(db, job, now, stop) is not { } run)
            return Problem.Conflict("jobs.underway");
        db.Audit.Add(AuditLog.By(user, "job.asked", "job", job, now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return run.Id;
    }

    private static async Task<IResult> Submit(string job, AskForRun useCase, HttpContext http, CancellationToken stop)
    {
        if (!(await useCase.Handle(job, stop)).Ok(out _, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["jobs.asked"]);
        return http.SeeOther(TimetableRoutes.Root);
    }
}
