using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Registering;

/// <summary>The mailed link shows that the address is theirs. Opening it does nothing yet: mail scanners open links too. The button does, and the admins hear of it.</summary>
public static class ConfirmEmail
{
    /// <summary>Who registered, so that the owner of the mailbox sees whether it was them.</summary>
    public sealed record View(string Token, string FullName, string? Company);

    private static readonly Problem Over = Problem.NotFound("registering.link_over");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/register/confirm/{token}", Page).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapPost("/register/confirm/{token}", Submit).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapGet(AccountRoutes.Confirmed, () => ConfirmedPage.Create()).AllowAnonymous();
    }

    public static async Task<Result<View>> Handle(string token, AppDb db, TimeProvider clock, CancellationToken stop) =>
        await AccountLinks.Find(db, LinkKind.Confirmation, token, clock.Instant(), stop) is { } link
            ? new View(token, link.User.FullName, link.User.Company)
            : Over;

    public static async Task<Result<User>> Confirm(
        string token,
        AppDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        if (
            await AccountLinks.Find(db, LinkKind.Confirmation, token, now, stop) is not { } link
            || !await AccountLinks.Use(db, link, now, stop)
        )
            return Over;
        var user = link.User;
        user.EmailConfirmed = true;
        user.Touch();
        WaitingPeople.HaveChanged(db, user, user.Id, now);
        if (user.Status == UserStatus.Pending)
            await Admins.TellOfWaiting(user, db, now, stop);
        db.Audit.Add(AuditLog.Entry("account.email_confirmed", "user", user.Id.ToString(), user.Id, now, http));
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    private static async Task<IResult> Page(
        string token,
        AppDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) => (await Handle(token, db, clock, stop)).Match<IResult>(ConfirmPage.Create, http.HtmlProblem);

    private static async Task<IResult> Submit(
        string token,
        AppDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await Confirm(token, db, clock, http, stop)).Match(
            _ => http.SeeOther(AccountRoutes.Confirmed),
            http.HtmlProblem
        );
}
