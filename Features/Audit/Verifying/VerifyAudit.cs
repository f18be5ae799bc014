using MdcTts.Features.Audit.Anchors;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Verifying;

/// <summary>The admin's page to verify the log and see it happen; the same for scripts, which wait for the answer.</summary>
public static class VerifyAudit
{
    /// <param name="Run">The last verification, perhaps still under way.</param>
    /// <param name="Newest">The newest anchor of this machine.</param>
    /// <param name="Sealed">Seals there are.</param>
    /// <param name="Waiting">Entries that wait for theirs.</param>
    public sealed record View(
        VerificationRun? Run,
        (DateOnly Day, Anchor Anchor)? Newest,
        long Sealed,
        long Waiting,
        DateTime Now
    );

    /// <summary>The API's answer.</summary>
    /// <param name="Ok">Whether the log is whole.</param>
    /// <param name="Checked">Seals that are right.</param>
    /// <param name="Unsealed">Entries that wait for their seals.</param>
    /// <param name="Fault">What is wrong first.</param>
    /// <param name="Sequence">At which seal.</param>
    /// <param name="EntryId">At which entry.</param>
    /// <param name="Anchor">The day of the anchor it was held against.</param>
    public sealed record Answer(
        bool Ok,
        long Checked,
        long Unsealed,
        string? Fault,
        long? Sequence,
        string? EntryId,
        DateOnly? Anchor
    );

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/verification", Page).RequireAuthorization(Policies.Admin);
        pages.MapPost("/verification", Submit).RequireAuthorization(Policies.Admin).Limited(RateLimits.Bulk);
        api.MapGet("/verify", Json)
            .RequireAuthorization(Policies.Admin)
            .Limited(RateLimits.Bulk)
            .Produces<Answer>()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Check every entry against its seal")
            .WithDescription(
                "Reads the whole log and answers the first fault: `fault`, `sequence`, `entryId`. 409 while another verification is under way."
            );
    }

    public static async Task<View> Handle(
        AppDb db,
        Verifications runs,
        AnchorFiles anchors,
        TimeProvider clock,
        CancellationToken stop
    ) =>
        new(
            runs.Latest,
            anchors.Newest(),
            await db.AuditSeals.MaxAsync(s => (long?)s.Sequence, stop) ?? 0,
            await db.AuditPending.LongCountAsync(stop),
            clock.Instant()
        );

    private static async Task<IResult> Page(
        AppDb db,
        Verifications runs,
        AnchorFiles anchors,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var view = await Handle(db, runs, anchors, clock, stop);
        return http.WantsFragment() ? VerificationState.Create(view) : VerificationPage.Create(view);
    }

    // One that is under way already is as good as a new one.
    private static IResult Submit(CurrentUser user, Verifications runs, HttpContext http)
    {
        runs.Start(user);
        return http.SeeOther(AuditRoutes.Verification);
    }

    private static async Task<IResult> Json(
        AppDb db,
        CurrentUser user,
        Verifications runs,
        AnchorFiles anchors,
        CancellationToken stop
    )
    {
        var against = anchors.Newest()?.Day;
        return await runs.Now(user, db, stop) is { } verdict
            ? TypedResults.Ok(
                new Answer(
                    verdict.IsWhole,
                    verdict.Checked,
                    verdict.Waiting,
                    verdict.Fault is { } fault ? Keys.Of(fault) : null,
                    verdict.Sequence,
                    verdict.EntryId?.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    against
                )
            )
            : ProblemResults.Json(Problem.Conflict("audit.verification_underway"));
    }
}
