using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SessionList;

/// <summary>
/// Where a person is signed in: browsers, and scripts that signed in through the API. Each can be ended, or all but
/// this one.
/// </summary>
public sealed class ListSessions(AppDb db, CurrentUser user, CurrentSettings current, TimeProvider clock)
{
    /// <param name="Id">The session, or the family of tokens.</param>
    /// <param name="IsApi">Belongs to a script.</param>
    /// <param name="Device">What it calls itself, shortened; null when it does not say.</param>
    /// <param name="Address">Network address when it began.</param>
    /// <param name="IsThis">The session of this request.</param>
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
        pages
            .MapPost("/sessions/{id:guid}/end", SubmitEnd)
            .RequireAuthorization(Policies.SignedIn)
            .RequiresProof()
            .OpenReadOnly();
        pages
            .MapPost("/sessions/api/{family:length(22)}/end", SubmitFamilyEnd)
            .RequireAuthorization(Policies.SignedIn)
            .RequiresProof()
            .OpenReadOnly();
        pages
            .MapPost("/sessions/others/end", SubmitOthersEnd)
            .RequireAuthorization(Policies.SignedIn)
            .RequiresProof()
            .OpenReadOnly();
    }

    /// <summary>Those that would authenticate the next request.</summary>
    public async Task<View> Handle(CancellationToken stop)
    {
        var now = clock.Instant();
        var settings = await current.Get(stop);
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
        var families = await Families()
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
        var browsers = sessions.Select(s => new Row(
            s.Id.ToString(),
            IsApi: false,
            DeviceName.Of(s.Agent),
            s.Address,
            s.CreatedAt,
            s.LastSeenAt,
            IsThis: s.Id == user.SessionId
        ));
        var scripts = families.Select(f => new Row(
            f.Family,
            IsApi: true,
            Device: null,
            Address: null,
            f.Since,
            f.Used > f.Made ? f.Used.Value : f.Made,
            IsThis: false
        ));
        return new([.. browsers.Concat(scripts).OrderByDescending(r => r.IsThis).ThenByDescending(r => r.Seen)], now);
    }

    private IQueryable<AccessToken> Families() =>
        db.AccessTokens.Where(t =>
            t.UserId == user.Id
            && t.Kind != TokenKind.Personal
            && t.Family != null
            && t.RevokedAt == null
            && t.Stamp == t.User.SecurityStamp
        );

    /// <summary>Ends a browser's session; false when the person has none of this id.</summary>
    public Task<bool> End(Guid id, CancellationToken stop) =>
        EndOne(now => EndSessions(db.Sessions.Where(s => s.Id == id), now, stop), stop);

    /// <summary>Ends a script's session; false when the person has none of this family.</summary>
    public Task<bool> EndFamily(string family, CancellationToken stop) =>
        EndOne(now => RevokeTokens(db.AccessTokens.Where(t => t.Family == family), now, stop), stop);

    /// <summary>Ends all sessions but that of this request.</summary>
    public async Task EndOthers(CancellationToken stop)
    {
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        await EndSessions(db.Sessions.Where(s => s.Id != user.SessionId), now, stop);
        await RevokeTokens(db.AccessTokens, now, stop);
        db.Audit.Add(AuditLog.By(user, "account.sessions_ended", "user", user.Id.ToString(), now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    private async Task<bool> EndOne(Func<DateTime, Task<int>> end, CancellationToken stop)
    {
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        if (await end(now) == 0)
            return false;
        db.Audit.Add(AuditLog.By(user, "account.session_ended", "user", user.Id.ToString(), now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return true;
    }

    private Task<int> EndSessions(IQueryable<UserSession> sessions, DateTime now, CancellationToken stop) =>
        sessions
            .Where(s => s.UserId == user.Id && s.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), stop);

    private Task<int> RevokeTokens(IQueryable<AccessToken> tokens, DateTime now, CancellationToken stop) =>
        tokens
            .Where(t => t.UserId == user.Id && t.Kind != TokenKind.Personal && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), stop);

    private static async Task<IResult> Page(ListSessions useCase, CancellationToken stop) =>
        SessionsPage.Create(await useCase.Handle(stop));

    private static async Task<IResult> SubmitEnd(
        Guid id,
        ListSessions useCase,
        HttpContext http,
        CancellationToken stop
    ) => AnswerEnded(await useCase.End(id, stop), http);

    private static async Task<IResult> SubmitFamilyEnd(
        string family,
        ListSessions useCase,
        HttpContext http,
        CancellationToken stop
    ) => AnswerEnded(await useCase.EndFamily(family, stop), http);

    private static async Task<IResult> SubmitOthersEnd(ListSessions useCase, HttpContext http, CancellationToken stop)
    {
        await useCase.EndOthers(stop);
        http.Toast(Words.T["sessions.others_ended"]);
        return http.SeeOther(AccountRoutes.Sessions);
    }

    private static IResult AnswerEnded(bool isEnded, HttpContext http)
    {
        if (!isEnded)
            return http.HtmlProblem(Problem.NotFound());
        http.Toast(Words.T["sessions.ended"]);
        return http.SeeOther(AccountRoutes.Sessions);
    }
}
