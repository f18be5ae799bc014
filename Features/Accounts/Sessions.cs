using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>
/// Who a request comes from. The cookie only names a session. Every request reads from the database whether it still
/// holds, and the person's role, status and client: a change takes effect with the next request, on every replica.
/// </summary>
public static class Sessions
{
    public const string Cookie = "session";
    public const string Token = "token";
    private const string Either = "either";

    /// <summary>Stands where a browser's device does.</summary>
    public const string Script = "script";

    private static readonly Func<AppDb, Guid, Task<Found?>> ById = EF.CompileAsyncQuery(
        (AppDb db, Guid id) =>
            db
                .Sessions.Where(s =>
                    s.Id == id
                    && s.EndedAt == null
                    && s.Stamp == s.User.SecurityStamp
                    && s.User.Status == UserStatus.Active
                )
                .Select(s => new Found(
                    s.CreatedAt,
                    s.LastSeenAt,
                    s.ConfirmedAt,
                    new Known(
                        s.User.Id,
                        s.User.FullName,
                        s.User.NameAr,
                        s.User.Email!,
                        s.User.Role,
                        s.User.Status,
                        s.User.ClientId,
                        s.User.Department,
                        s.User.Language,
                        s.User.SecurityStamp!,
                        s.User.TotpSecret != null,
                        s.User.PasswordHash == null ? null : s.User.PasswordChangedAt ?? s.User.CreatedAt,
                        s.User.HasGivenPassword,
                        db.DataMarks.Where(m => m.Name == DataMark.Register).Sum(m => m.Value),
                        db.DataMarks.Where(m => m.Name == DataMark.Directory).Sum(m => m.Value),
                        db.Settings.Where(v => v.Key == Setting.Version).Select(v => v.Value).FirstOrDefault()
                    )
                ))
                .FirstOrDefault()
    );

    /// <summary>Cookie for pages, bearer token for <c>/api</c>; never the other way round.</summary>
    public static void AddSessions(this IServiceCollection services)
    {
        services.AddSingleton<LastUses>();
        services.AddHostedService<WriteLastUses>();
        services
            .AddAuthentication(Either)
            .AddPolicyScheme(Either, null, o => o.ForwardDefaultSelector = http => http.IsApi() ? Token : Cookie)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(Token, null)
            .AddCookie(
                Cookie,
                o =>
                {
                    o.Cookie.Name = "mdc.session";
                    o.Cookie.SameSite = SameSiteMode.Lax;
                    o.Cookie.HttpOnly = true;
                    o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                    // The row decides when a session is over; the cookie only lasts as long as any setting allows.
                    o.ExpireTimeSpan = TimeSpan.FromDays(30);
                    o.SlidingExpiration = false;
                    o.LoginPath = AccountRoutes.SignIn;
                    o.ReturnUrlParameter = "returnUrl";
                    o.Events.OnValidatePrincipal = Recognise;
                    o.Events.OnRedirectToLogin = ToSignIn;
                    o.Events.OnRedirectToAccessDenied = context =>
                        UnexpectedErrors.Write(context.HttpContext, StatusCodes.Status403Forbidden);
                }
            );
    }

    /// <summary>
    /// A new session of this browser, for the caller to save; then <see cref="SignIn"/> gives it to the browser.
    /// </summary>
    public static UserSession Begin(HttpContext http, AppDb db, User user, DateTime now)
    {
        var session = new UserSession
        {
            Id = NewId(),
            UserId = user.Id,
            CreatedAt = now,
            LastSeenAt = now,
            ConfirmedAt = now,
            Stamp = user.SecurityStamp!,
            Address = http.Connection.RemoteIpAddress?.ToString(),
            Agent = CurrentUser.AgentOf(http),
            Device = HashOf(DeviceOf(http)),
        };
        db.Sessions.Add(session);
        return session;
    }

    /// <summary>
    /// Remembers that a script of this person signed in from here, inside the caller's transaction. One row for each
    /// address, however often it signs in; it opens nothing.
    /// </summary>
    public static async Task RememberScript(
        this AppDb db,
        User user,
        RequestOrigin from,
        DateTime now,
        CancellationToken stop
    )
    {
        var address = from.Address?.ToString();
        var known = await db
            .Sessions.Where(s => s.UserId == user.Id && s.Device == Script && s.Address == address)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(s => s.CreatedAt, now)
                        .SetProperty(s => s.LastSeenAt, now)
                        .SetProperty(s => s.EndedAt, now)
                        .SetProperty(s => s.Agent, from.Agent),
                stop
            );
        if (known > 0)
            return;
        db.Sessions.Add(
            new()
            {
                Id = NewId(),
                UserId = user.Id,
                CreatedAt = now,
                LastSeenAt = now,
                EndedAt = now,
                ConfirmedAt = now,
                Stamp = user.SecurityStamp!,
                Address = address,
                Agent = from.Agent,
                Device = Script,
            }
        );
    }

    /// <summary>
    /// Ends the session that this browser signs in from, inside the caller's transaction: its cookie is replaced, and
    /// nobody who has copied it goes on with it.
    /// </summary>
    public static async Task EndBefore(this AppDb db, HttpContext http, DateTime now, CancellationToken stop)
    {
        if (http.Person()?.SessionId is { } before)
            await db
                .Sessions.Where(s => s.Id == before && s.EndedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), stop);
    }

    /// <summary>
    /// Gives the session of this request a new id, inside the caller's transaction; afterwards <see cref="SignIn"/>
    /// tells the browser. Null when the session is over meanwhile.
    /// </summary>
    public static async Task<UserSession?> Renew(this AppDb db, CurrentUser user, DateTime now, CancellationToken stop)
    {
        var id = NewId();
        var renewed = await db
            .Sessions.Where(s => s.Id == user.SessionId && s.EndedAt == null)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(s => s.Id, id)
                        .SetProperty(s => s.ConfirmedAt, now)
                        // What is noted of the old id is written too late for the new one.
                        .SetProperty(s => s.LastSeenAt, now),
                stop
            );
        if (renewed == 0)
            return null;
        user.Continue(id, now);
        return await db.Sessions.AsNoTracking().SingleAsync(s => s.Id == id, stop);
    }

    /// <summary>Sets the cookie of a saved session.</summary>
    public static Task SignIn(HttpContext http, UserSession session) =>
        http.SignInAsync(Cookie, PrincipalOf(session), new() { IsPersistent = false });

    /// <summary>
    /// What the cookie holds: the session's id, and the user's id because antiforgery tokens are bound to it.
    /// </summary>
    public static ClaimsPrincipal PrincipalOf(UserSession session) =>
        new(
            new ClaimsIdentity(
                [
                    new(ClaimTypes.NameIdentifier, session.UserId.ToString(CultureInfo.InvariantCulture)),
                    new(ClaimTypes.Sid, session.Id.ToString("N")),
                ],
                Cookie
            )
        );

    /// <summary>Recognises a browser from one sign-in to the next; made when it has none.</summary>
    public static string DeviceOf(HttpContext http)
    {
        if (http.Device() is { } known)
            return known;
        if (http.Items.TryGetValue(RequestOrigins.DeviceCookie, out var made))
            return (string)made!;
        var device = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        http.Items[RequestOrigins.DeviceCookie] = device;
        http.Response.Cookies.Append(
            RequestOrigins.DeviceCookie,
            device,
            new()
            {
                HttpOnly = true,
                Secure = http.Request.IsHttps,
                SameSite = SameSiteMode.Lax,
                MaxAge = TimeSpan.FromDays(365),
                IsEssential = true,
            }
        );
        return device;
    }

    /// <summary>The hash under which a token's text is stored.</summary>
    public static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    internal static ClaimsPrincipal Enter(
        HttpContext http,
        Known known,
        FirmSettings settings,
        IReadOnlyList<string>? scopes,
        string scheme,
        string? requiredPage,
        (Guid Id, DateTime ConfirmedAt)? session = null
    )
    {
        var cache = http.RequestServices.GetRequiredService<CountCache>();
        cache.SetMark(DataMark.Register, known.Register);
        cache.SetMark(DataMark.Directory, known.Directory);
        var user = new CurrentUser(
            known.Id,
            known.Name,
            known.Email,
            known.Role,
            known.ClientId,
            known.Language,
            scopes
        )
        {
            NameAr = known.NameAr,
            Sight = settings.EditorsSee,
            FirmEn = settings.CompanyNameEn,
            FirmAr = settings.CompanyNameAr,
            Department = known.Department,
            Address = http.Connection.RemoteIpAddress?.ToString(),
            RequestId = http.TraceIdentifier,
            Agent = CurrentUser.AgentOf(http),
            RequiredPage = requiredPage,
        };
        user.Continue(session?.Id, session?.ConfirmedAt);
        http.RequestServices.GetRequiredService<ActingPerson>().User = user;
        return new(
            new ClaimsIdentity(
                [
                    new(ClaimTypes.NameIdentifier, known.Id.ToString(CultureInfo.InvariantCulture)),
                    new(ClaimTypes.Role, known.Role.ToString()),
                ],
                scheme
            )
        );
    }

    private static async Task Recognise(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        var claims = context.Principal!;
        var db = http.RequestServices.GetRequiredService<AppDb>();
        var isSession = Guid.TryParseExact(claims.FindFirstValue(ClaimTypes.Sid), "N", out var id);
        var uses = http.RequestServices.GetRequiredService<LastUses>();
        // Asked first: what is written meanwhile is in the row by then.
        var noted = uses.Of(id);
        var found = isSession ? await ById(db, id) : null;
        var now = http.RequestServices.GetRequiredService<TimeProvider>().Instant();
        var settings = found is null ? null : await SettingsOf(found.Owner, http);
        // Where nothing is written, the last use is unknown, and only the absolute limit holds.
        if (found is not null && http.ReadOnly() == ReadOnlyMode.Everything)
            found = found with { LastSeenAt = now };
        else if (found is not null && noted > found.LastSeenAt)
            found = found with { LastSeenAt = noted.Value };
        if (found is null || !IsInTime(found, settings!, now))
        {
            // The cookie stays: another request of this browser may just have renewed the session, and deleting would
            // take the new cookie away.
            context.RejectPrincipal();
            return;
        }

        if (!http.IsInBackground() && http.ReadOnly() != ReadOnlyMode.Everything)
            uses.Note(id, now);

        context.ReplacePrincipal(
            Enter(
                http,
                found.Owner,
                settings!,
                scopes: null,
                Cookie,
                await RequiredPage.For(found.Owner, settings!, db, now, http.RequestAborted),
                (id, found.ConfirmedAt)
            )
        );
    }

    /// <summary>The settings. The look-up of the person has read which version is current.</summary>
    internal static ValueTask<FirmSettings> SettingsOf(Known known, HttpContext http)
    {
        var current = http.RequestServices.GetRequiredService<CurrentSettings>();
        current.RememberVersion(known.SettingsVersion ?? "");
        return current.Get(http.RequestAborted);
    }

    /// <summary>The sessions that are valid now.</summary>
    public static IQueryable<UserSession> Alive(
        this IQueryable<UserSession> sessions,
        FirmSettings settings,
        DateTime now
    )
    {
        var seen = now.AddMinutes(-settings.SessionIdleMinutes);
        var begun = now.AddHours(-settings.SessionMaxHours);
        return sessions.Where(s =>
            s.EndedAt == null
            && s.Stamp == s.User.SecurityStamp
            && s.User.Status == UserStatus.Active
            && s.LastSeenAt > seen
            && s.CreatedAt > begun
        );
    }

    // Not Guid.NewGuid(): six of its bits are always the same.
    private static Guid NewId() => new(RandomNumberGenerator.GetBytes(16));

    private static bool IsInTime(Found found, FirmSettings settings, DateTime now) =>
        now - found.LastSeenAt < TimeSpan.FromMinutes(settings.SessionIdleMinutes)
        && now - found.CreatedAt < TimeSpan.FromHours(settings.SessionMaxHours);

    private static async Task ToSignIn(RedirectContext<CookieAuthenticationOptions> context)
    {
        var http = context.HttpContext;
        var request = http.Request;
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (!request.IsHtmxPart() && !request.IsHtmxForm())
        {
            var kept = isRead
                ? null
                : await KeptForm.Show(http, StatusCodes.Status401Unauthorized, Words.T["kept.signed_out"]);
            if (kept is not null)
                await kept.ExecuteAsync(http);
            else
                http.Response.Redirect(isRead ? context.RedirectUri : AccountRoutes.SignInThen(KeptForm.PageOf(http)));
            return;
        }

        var page = Html.LocalPath(
            request.Headers["HX-Current-URL"] is { Count: 1 } from && Uri.TryCreate(from, UriKind.Absolute, out var url)
                ? url.PathAndQuery
                : "/"
        );
        // htmx would follow a redirect inside the swap and put the sign-in page into a table cell. Who sends something
        // stays on the page: what was typed is there.
        if (isRead)
            http.Response.Headers["HX-Redirect"] = AccountRoutes.SignInThen(page);
        var way = new NoticeView.Way(AccountRoutes.SignInThen(page), Words.T["kept.sign_in"]);
        await http.HtmlError(StatusCodes.Status401Unauthorized, Words.T["kept.signed_out"], way).ExecuteAsync(http);
    }

    internal sealed record Known(
        int Id,
        string Name,
        string? NameAr,
        string Email,
        Role Role,
        UserStatus Status,
        int? ClientId,
        string? Department,
        string? Language,
        string Stamp,
        bool HasAuthenticator,
        DateTime? PasswordSince,
        bool HasGivenPassword,
        long Register,
        long Directory,
        string? SettingsVersion
    );

    private sealed record Found(DateTime CreatedAt, DateTime LastSeenAt, DateTime ConfirmedAt, Known Owner);
}
