using System.Security.Claims;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Google;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace MdcTts.Features.Accounts.Google;

/// <summary>
/// Google's part of the composition: authorization code with PKCE and state as Authentication.Google does them, and a
/// nonce that must come back in the id_token. <c>Google:AuthorizationEndpoint</c>, <c>:TokenEndpoint</c>,
/// <c>:UserInformationEndpoint</c>, <c>:KeysEndpoint</c> and <c>:Issuer</c> name another provider.
/// </summary>
public static partial class GoogleRegistration
{
    public const string Scheme = "google";
    internal const string Nonce = "nonce";
    internal const string ReturnUrl = "returnUrl";
    private const string Issuer = "https://accounts.google.com";
    private const string KeysEndpoint = "https://www.googleapis.com/oauth2/v3/certs";

    public static void AddGoogle(this IServiceCollection services, AppSettings settings)
    {
        if (settings.GoogleClientId is null)
            return;
        services.AddScoped<SignInWithGoogle>();
        services.AddSingleton<GoogleKeys>();
        services.AddAuthentication().AddGoogle(Scheme, o => SetUp(o, settings));
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

    private static void SetUp(GoogleOptions o, AppSettings settings)
    {
        o.ClientId = settings.GoogleClientId!;
        o.ClientSecret = settings.GoogleClientSecret!;
        o.CallbackPath = "/signin/google/callback";
        o.UsePkce = true;
        // What Google's addresses answer counts, and not what another address does.
        o.BackchannelHttpHandler = new SocketsHttpHandler { AllowAutoRedirect = false };
        // Google comes back by a plain link; the default would need https even on a developer's machine.
        o.CorrelationCookie.SameSite = SameSiteMode.Lax;
        o.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        // A duration and not a date: the browser's clock may be wrong.
        o.CorrelationCookie.MaxAge = TimeSpan.FromMinutes(15);
        o.Events.OnRedirectToAuthorizationEndpoint = context =>
        {
            context.Response.Redirect($"{context.RedirectUri}&nonce={context.Properties.Items[Nonce]}");
            return Task.CompletedTask;
        };
        o.Events.OnCreatingTicket = context => ReadToken(context, settings.GoogleClientId!);
        o.Events.OnTicketReceived = KeepIdentity;
        o.Events.OnRemoteFailure = ShowFailure;
    }

    private static async Task ReadToken(OAuthCreatingTicketContext context, string clientId)
    {
        var services = context.HttpContext.RequestServices;
        var google = services.GetRequiredService<IConfiguration>().GetSection("Google");
        var answer = context.TokenResponse.Response!.RootElement;
        var key = await services
            .GetRequiredService<GoogleKeys>()
            .Find(
                IdToken.KeyOf(answer),
                context.Backchannel,
                google["KeysEndpoint"] ?? KeysEndpoint,
                context.HttpContext.RequestAborted
            );
        if (key is null)
            throw new InvalidOperationException("The id_token names a key that the provider does not have.");
        var question = new IdToken.Question(
            answer,
            context.User,
            google["Issuer"] ?? Issuer,
            clientId,
            context.Properties.Items[Nonce],
            services.GetRequiredService<TimeProvider>().Instant()
        );
        var token = await IdToken.Read(question, key);
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
    }

    private static Task KeepIdentity(TicketReceivedContext context)
    {
        var http = context.HttpContext;
        var claims = context.Principal!;
        var identity = new SignInWithGoogle.GoogleIdentity(
            claims.FindFirstValue(ClaimTypes.NameIdentifier)!,
            claims.FindFirstValue(ClaimTypes.Email)!,
            claims.FindFirstValue(ClaimTypes.Name)!,
            Html.LocalPath(context.Properties?.Items[ReturnUrl])
        );
        http.RequestServices.GetRequiredService<SealedCookie>().Keep(http, SignInWithGoogle.Cookie, identity);
        context.HandleResponse();
        context.Response.Redirect(AccountRoutes.SignInGoogleDone);
        return Task.CompletedTask;
    }

    private static Task ShowFailure(RemoteFailureContext context)
    {
        var log = context.HttpContext.RequestServices.GetRequiredService<ILogger<GoogleOptions>>();
        Log.Failed(log, context.Failure?.Message);
        context.HandleResponse();
        context.Response.Redirect($"{AccountRoutes.SignIn}?google=failed");
        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(7101, LogLevel.Warning, "Signing in with Google failed: {Reason}")]
        public static partial void Failed(ILogger logger, string? reason);
    }
}
