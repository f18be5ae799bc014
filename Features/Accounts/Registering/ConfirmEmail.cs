using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Accounts.Registering;

/// <summary>
/// The mailed link shows that the address is theirs. Opening it changes nothing yet, because mail scanners open links
/// too. The button confirms the address, and the admins hear of it.
/// </summary>
public sealed class ConfirmEmail(AppDb db, TimeProvider clock)
{
    /// <summary>The person who registered, so that the owner of the mailbox sees whether it was them.</summary>
    public sealed record View(string Token, string FullName, string? Company);

    private static readonly Problem LinkExpired = Problem.NotFound("registering.link_over");

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/register/confirm/{token}", Page).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapPost("/register/confirm/{token}", Submit).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapGet(AccountRoutes.Confirmed, () => ConfirmedPage.Create()).AllowAnonymous();
    }

    /// <summary>What the page asks to confirm.</summary>
    public async Task<Result<View>> Find(string token, CancellationToken stop) =>
        await AccountLinks.Find(db, LinkKind.Confirmation, token, clock.Instant(), stop) is { User: var user }
            ? new View(token, user.FullName, user.Company)
            : LinkExpired;

    public async Task<Result<User>> Handle(string token, RequestOrigin from, CancellationToken stop)
    {
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        if (
            await AccountLinks.Find(db, LinkKind.Confirmation, token, now, stop) is not { } link
            || !await AccountLinks.Use(db, link, now, stop)
        )
            return LinkExpired;
        var user = link.User;
        user.EmailConfirmed = true;
        user.Touch();
        WaitingPeople.News.HaveChanged(db, user.Id, user.Id, now);
        if (user.Status == UserStatus.Pending)
            await Admins.TellOfWaiting(user, db, now, stop);
        db.Audit.Add(AuditLog.Entry("account.email_confirmed", "user", user.Id.ToString(), user.Id, now, from));
        if (!(await db.Save(user, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return user;
    }

    private static async Task<IResult> Page(
        string token,
        ConfirmEmail useCase,
        HttpContext http,
        CancellationToken stop
    ) => (await useCase.Find(token, stop)).Match<IResult>(ConfirmPage.Create, problem => DeadLink(http, problem));

    private static async Task<IResult> Submit(
        string token,
        ConfirmEmail useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(token, http.Origin(), stop)).Match(
            _ => http.SeeOther(AccountRoutes.Confirmed),
            problem => DeadLink(http, problem)
        );

    private static IResult DeadLink(HttpContext http, Problem problem) =>
        http.DeadLink(
            problem,
            (AccountRoutes.SignIn, Words.T["signin.button"]),
            (AccountRoutes.RegisteredAgain, Words.T["registering.new_link"])
        );
}
