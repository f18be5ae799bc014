using MdcTts.Features.Audit;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SessionList;

/// <summary>Where one is signed in: browsers, and scripts that signed in through the API. Each can be ended, or all but this one.</summary>
public static class ListSessions
{
    /// <param name="Id">The session, or the family of tokens.</param>
    /// <param name="IsApi">A script's.</param>
    /// <param name="Device">What it calls itself, shortened; null when it does not say.</param>
    /// <param name="Address">Network address when it began.</param>
    /// <param name="Since">When it began.</param>
    /// <param name="Seen">When it was last used.</param>
    /// <param name="IsThis">The one that asks.</param>
    public sealed record Row(
        string Id,
        bool IsApi,
        string? Device,
        string? Address,
        DateTime Since,
        DateTime Seen,
        bool IsThis
    );

    public sealed record View(IReadOnlyList<Row> Rows, DateTime Now);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/sessions", Page).RequireAuthorization(Policies.SignedIn);
        pages.MapPost("/sessions/{id:guid}/end", End).RequireAuthorization(Policies.SignedIn).OpenReadOnly();
        pages
            .MapPost("/sessions/api/{family:length(22)}/end", EndFamily)
            .RequireAuthorization(Policies.SignedIn)
            .OpenReadOnly();
        pages.MapPost("/sessions/others/end", EndOthers).RequireAuthorization(Policies.SignedIn).OpenReadOnly();
    }

    /// <summary>Those that the next request would be let in by.</summary>
    public static async Task<IReadOnlyList<Row>> Handle(
        AppDb db,
        CurrentUser user,
        FirmSettings settings,
        DateTime now,
        CancellationToken stop
    )
    {
        var sessions = await db
            .Sessions.Where(s => s.UserId == user.Id)
            .Alive(settings, now)
            .Select(s => new
            {
                s.Id,
                s.Agent,
                s.Address,
                s.CreatedAt,
                s.LastSeenAt,
            })
            .ToListAsync(stop);
        var families = await Families(db, user)
            .Where(t => t.ExpiresAt > now)
            .GroupBy(t => t.Family!)
            .Select(g => new
            {
                Family = g.Key,
                Since = g.Min(t => t.CreatedAt),
                Made = g.Max(t => t.CreatedAt),
                Used = g.Max(t => t.LastUsedAt),
            })
            .ToListAsync(stop);
        return
        [
            .. sessions
                .Select(s => new Row(
                    s.Id.ToString(),
                    false,
                    DeviceName.Of(s.Agent),
                    s.Address,
                    s.CreatedAt,
                    s.LastSeenAt,
                    s.Id == user.SessionId
                ))
                .Concat(
                    families.Select(f => new Row(
                        f.Family,
                        true,
                        null,
                        null,
                        f.Since,
                        f.Used > f.Made ? f.Used.Value : f.Made,
                        false
                    ))
                )
                .OrderByDescending(r => r.IsThis)
                .ThenByDescending(r => r.Seen),
        ];
    }

    private static IQueryable<AccessToken> Families(AppDb db, CurrentUser user) =>
        db.AccessTokens.Where(t =>
            t.UserId == user.Id
            && t.Kind != TokenKind.Personal
            && t.Family != null
            && t.RevokedAt == null
            && t.Stamp == t.User.SecurityStamp
        );

    private static async Task<IResult> Page(
        AppDb db,
        CurrentUser user,
        CurrentSettings current,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var now = clock.Instant();
        return SessionsPage.Create(new(await Handle(db, user, await current.Get(stop), now, stop), now));
    }

    private static Task<IResult> End(
        Guid id,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) => Finish("account.session_ended", db.Sessions.Where(s => s.Id == id), null, db, user, clock, http, stop);

    private static Task<IResult> EndFamily(
        string family,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) =>
        Finish(
            "account.session_ended",
            null,
            db.AccessTokens.Where(t => t.Family == family),
            db,
            user,
            clock,
            http,
            stop
        );

    private static Task<IResult> EndOthers(
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) =>
        Finish(
            "account.sessions_ended",
            db.Sessions.Where(s => s.Id != user.SessionId),
            db.AccessTokens,
            db,
            user,
            clock,
            http,
            stop
        );

    // Somebody else's are not there.
    private static async Task<IResult> Finish(
        string action,
        IQueryable<UserSession>? sessions,
        IQueryable<AccessToken>? tokens,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        var ended = 0;
        if (sessions is not null)
            ended += await sessions
                .Where(s => s.UserId == user.Id && s.EndedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), stop);
        if (tokens is not null)
            ended += await tokens
                .Where(t => t.UserId == user.Id && t.Kind != TokenKind.Personal && t.RevokedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), stop);
        if (ended == 0 && action == "account.session_ended")
            return http.HtmlProblem(Problem.NotFound());
        db.Audit.Add(AuditLog.By(user, action, "user", user.Id.ToString(), now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        http.Toast(Words.T[action == "account.session_ended" ? "sessions.ended" : "sessions.others_ended"]);
        return http.SeeOther(AccountRoutes.Sessions);
    }
}
