using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>
/// Who a request comes from. The cookie or token only names a user and the security stamp it was made under; role, status and client are read
/// from the database on every request, so that a change bites on the next one, on every replica.
/// </summary>
public static class Sessions
{
    public const string Cookie = "session";
    public const string Token = "token";
    private const string Either = "either";
    private const string StampClaim = "stamp";

    private static readonly Func<AppDb, int, Task<Known?>> ById = EF.CompileAsyncQuery((AppDb db, int id) =>
        db.Users.Where(u => u.Id == id).Select(u => new Known(u.Id, u.FullName, u.Email!, u.Role, u.Status, u.ClientId, u.Language, u.SecurityStamp!, AppDb.MarkInQuery())).FirstOrDefault());

    /// <summary>Cookie for pages, bearer token for <c>/api</c>; never the other way round.</summary>
    public static void AddSessions(this IServiceCollection services)
    {
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, null, o => o.ForwardDefaultSelector = http => http.IsApi() ? Token : Cookie)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(Token, null)
            .AddCookie(Cookie, o =>
            {
                o.Cookie.Name = "mdc.session";
                o.Cookie.SameSite = SameSiteMode.Lax;
                o.Cookie.HttpOnly = true;
                o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                o.ExpireTimeSpan = TimeSpan.FromHours(12);
                o.SlidingExpiration = true;
                o.LoginPath = AccountRoutes.SignIn;
                o.ReturnUrlParameter = "returnUrl";
                o.Events.OnValidatePrincipal = Recognise;
                o.Events.OnRedirectToLogin = ToSignIn;
                o.Events.OnRedirectToAccessDenied = context => UnexpectedErrors.Write(context.HttpContext, StatusCodes.Status403Forbidden);
            });
    }

    /// <summary>What the cookie holds: the user's id and the stamp.</summary>
    public static ClaimsPrincipal PrincipalOf(User user) => new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, user.Id.ToString(CultureInfo.InvariantCulture)), new(StampClaim, user.SecurityStamp!)], Cookie));

    /// <summary>The hash under which a token's text is stored.</summary>
    public static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    internal static ClaimsPrincipal Enter(HttpContext http, Known known, IReadOnlyList<string>? scopes, string scheme)
    {
        if (known.Mark.Length > 0) http.RequestServices.GetRequiredService<CountCache>().Know(known.Mark);
        http.Features.Set(new CurrentUser(known.Id, known.Name, known.Email, known.Role, known.ClientId, known.Language, scopes)
        {
            Address = http.Connection.RemoteIpAddress?.ToString(), RequestId = ProblemResults.TraceId(http),
        });
        return new(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, known.Id.ToString(CultureInfo.InvariantCulture)), new(ClaimTypes.Role, known.Role.ToString()), new(StampClaim, known.Stamp)], scheme));
    }

    private static async Task Recognise(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        var claims = context.Principal!;
        var known = int.TryParse(claims.FindFirstValue(ClaimTypes.NameIdentifier), CultureInfo.InvariantCulture, out var id)
            ? await ById(http.RequestServices.GetRequiredService<AppDb>(), id)
            : null;
        if (known is null || known.Status != UserStatus.Active || known.Stamp != claims.FindFirstValue(StampClaim))
        {
            context.RejectPrincipal();
            await http.SignOutAsync(Cookie);
            return;
        }

        context.ReplacePrincipal(Enter(http, known, scopes: null, Cookie));
    }

    private static Task ToSignIn(RedirectContext<CookieAuthenticationOptions> context)
    {
        var http = context.HttpContext;
        if (!http.Request.IsHtmxPart())
        {
            http.Response.Redirect(context.RedirectUri);
            return Task.CompletedTask;
        }

        // A redirect would be followed inside the swap and put the sign-in page into a table cell.
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers["HX-Redirect"] = AccountRoutes.SignInThen(Html.LocalPath(http.Request.Headers["HX-Current-URL"] is { Count: 1 } from && Uri.TryCreate(from, UriKind.Absolute, out var url) ? url.PathAndQuery : "/"));
        return Task.CompletedTask;
    }

    internal sealed record Known(int Id, string Name, string Email, Role Role, UserStatus Status, int? ClientId, string? Language, string Stamp, string Mark);
}
