using System.Globalization;
using MdcTts.Features.Audit.Anchors;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Verifying;

/// <summary>Lets an admin verify the log and watch the progress. Scripts wait for the answer.</summary>
public sealed class VerifyAudit(AppDb db, CurrentUser user, Verifications runs, AnchorFiles anchors, TimeProvider clock)
{
    /// <param name="Run">The last verification, perhaps still under way.</param>
    /// <param name="Newest">The newest anchor of this machine.</param>
    /// <param name="Sealed">How many entries are sealed.</param>
    /// <param name="Waiting">How many wait for their seals.</param>
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
    /// <param name="Anchor">The day of the anchor that the log was compared with.</param>
    /// <param name="OddTimes">Entries whose time does not fit their place.</param>
    /// <param name="FirstOdd">The first of them.</param>
    /// <param name="Unsigned">Entries from before entries were signed.</param>
    /// <param name="Acknowledged">Forged entries that somebody has looked into.</param>
    /// <param name="FirstAcknowledged">The first of them.</param>
    public sealed record Answer(
        bool Ok,
        long Checked,
        long Unsealed,
        string? Fault,
        long? Sequence,
        string? EntryId,
        DateOnly? Anchor,
        long OddTimes,
        string? FirstOdd,
        long Unsigned,
        long Acknowledged,
        string? FirstAcknowledged
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
                "Reads the whole log and answers the first fault: `fault`, `sequence`, `entryId`. "
                    + "409 while another verification is under way."
            );
    }

    public async Task<View> Handle(CancellationToken stop) =>
        new(
            runs.Latest,
            anchors.Newest(),
            await db.AuditSeals.MaxAsync(s => (long?)s.Sequence, stop) ?? 0,
            await db.AuditPending.LongCountAsync(stop),
            clock.Instant()
        );

    /// <summary>Verifies and waits for the answer.</summary>
    public async Task<Result<Answer>> Verify(CancellationToken stop)
    {
        var day = anchors.Newest()?.Day;
        if (await runs.RunNow(user, stop) is not { } verdict)
            return Problem.Conflict("audit.verification_underway");
        return new Answer(
            verdict.IsWhole,
            verdict.Checked,
            verdict.Waiting,
            verdict.Fault is { } fault ? Keys.Of(fault) : null,
            verdict.Sequence,
            verdict.EntryId?.ToString(CultureInfo.InvariantCulture),
            day,
            verdict.OddTimes,
            verdict.FirstOdd?.ToString(CultureInfo.InvariantCulture),
            verdict.Unsigned,
            verdict.Acknowledged,
            verdict.FirstAcknowledged?.ToString(CultureInfo.InvariantCulture)
        );
    }

    private static async Task<IResult> Page(VerifyAudit useCase, HttpContext http, CancellationToken stop)
    {
        var view = await useCase.Handle(stop);
        return http.WantsFragment() ? VerificationState.Create(view) : VerificationPage.Create(view);
    }

    private static IResult Submit(CurrentUser user, Verifications runs, HttpContext http)
    {
        // Where one is under way already, the page shows that one.
        runs.Start(user);
        return http.SeeOther(AuditRoutes.Verification);
    }

    private static async Task<IResult> Json(VerifyAudit useCase, CancellationToken stop) =>
        (await useCase.Verify(stop)).Match<IResult>(TypedResults.Ok, ProblemResults.Json);
}
