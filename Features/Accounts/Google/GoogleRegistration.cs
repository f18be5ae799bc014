using System.Security.Claims;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Authentication.Google;

namespace MdcTts.Features.Accounts.Google;

/// <summary>
/// Google's part of the composition: authorization code with PKCE and state as Authentication.Google does them, and a nonce that must come back in the id_token.
/// <c>Google:AuthorizationEndpoint</c>, <c>:TokenEndpoint</c>, <c>:UserInformationEndpoint</c> and <c>:Issuer</c> name another provider.
/// </summary>
public static partial class GoogleRegistration
{
    public const string Scheme = "google";
    internal const string Nonce = "nonce";
    internal const string ReturnUrl = "returnUrl";
    private const string Issuer = "https://accounts.google.com";

    public static void AddGoogle(this IServiceCollection services, AppSettings settings)
    {
        if (settings.GoogleClientId is null)
            return;
        services
            .AddAuthentication()
            .AddGoogle(
                Scheme,
                o =>
                {
                    (o.ClientId, o.ClientSecret, o.CallbackPath) = (
                        settings.GoogleClientId,
                        settings.GoogleClientSecret!,
                        "/signin/google/callback"
                    );
                    o.UsePkce = true;
                    // Google comes back by a plain link; the default would need https even on a developer's machine.
                    (o.CorrelationCookie.SameSite, o.CorrelationCookie.SecurePolicy) = (
                        SameSiteMode.Lax,
                        CookieSecurePolicy.SameAsRequest
                    );
                    // By the browser's own clock, which may be wrong.
                    o.CorrelationCookie.MaxAge = TimeSpan.FromMinutes(15);
                    o.Events.OnRedirectToAuthorizationEndpoint = context =>
                    {
                        context.Response.Redirect($"{context.RedirectUri}&nonce={context.Properties.Items[Nonce]}");
                        return Task.CompletedTask;
                    };
                    o.Events.OnCreatingTicket = context =>
                    {
                        var clock = context.HttpContext.RequestServices.GetRequiredService<TimeProvider>();
                        var issuer =
                            context.HttpContext.RequestServices.GetRequiredService<IConfiguration>()["Google:Issuer"]
                            ?? Issuer;
                        var token = IdToken.Read(
                            context.TokenResponse.Response?.RootElement,
                            issuer,
                            settings.GoogleClientId,
                            context.Properties.Items[Nonce],
                            clock.Instant()
                        );
                        if (token is null || context.User.GetProperty("sub").GetString() != token.Subject)
                            throw new InvalidOperationException("The id_token is not the one that was asked for.");
                        context.Principal = new(
                            new ClaimsIdentity(
                                [
                                    new(ClaimTypes.NameIdentifier, token.Subject),
                                    new(ClaimTypes.Email, token.Email),
                                    new(ClaimTypes.Name, token.Name ?? token.Email),
                                ],
                                Scheme
                            )
                        );
                        return Task.CompletedTask;
                    };
                    o.Events.OnTicketReceived = context =>
                    {
                        var (http, claims) = (context.HttpContext, context.Principal!);
                        var known = new SignInWithGoogle.Known(
                            claims.FindFirstValue(ClaimTypes.NameIdentifier)!,
                            claims.FindFirstValue(ClaimTypes.Email)!,
                            claims.FindFirstValue(ClaimTypes.Name)!,
                            Html.LocalPath(context.Properties?.Items[ReturnUrl])
                        );
                        http.RequestServices.GetRequiredService<SealedCookie>()
                            .Keep(http, SignInWithGoogle.Cookie, known);
                        context.HandleResponse();
                        context.Response.Redirect(AccountRoutes.SignInGoogleDone);
                        return Task.CompletedTask;
                    };
                    o.Events.OnRemoteFailure = context =>
                    {
                        Log.Failed(
                            context.HttpContext.RequestServices.GetRequiredService<ILogger<GoogleOptions>>(),
                            context.Failure?.Message
                        );
                        context.HandleResponse();
                        context.Response.Redirect($"{AccountRoutes.SignIn}?google=failed");
                        return Task.CompletedTask;
                    };
                }
            );
        services
            .AddOptions<GoogleOptions>(Scheme)
            .Configure<IConfiguration>(
                (o, configuration) =>
                {
                    var google = configuration.GetSection("Google");
                    o.AuthorizationEndpoint = google["AuthorizationEndpoint"] ?? o.AuthorizationEndpoint;
                    o.TokenEndpoint = google["TokenEndpoint"] ?? o.TokenEndpoint;
                    o.UserInformationEndpoint = google["UserInformationEndpoint"] ?? o.UserInformationEndpoint;
                }
            );
    }

    private static partial class Log
    {
        [LoggerMessage(7101, LogLevel.Warning, "Signing in with Google failed: {Reason}")]
        public static partial void Failed(ILogger logger, string? reason);
    }
}
