using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>
/// Leads people to the page where they must do something first: add the second factor that their role needs, or choose
/// a new password. Until then they can open nothing else. API tokens of people without a required second factor are
/// refused.
/// </summary>
public static class RequiredPage
{
    private sealed record OpenMetadata;

    /// <summary>After authentication and routing.</summary>
    public static void UseRequiredPage(this WebApplication app) =>
        app.Use(
            (http, next) =>
            {
                if (
                    http.Person()?.RequiredPage is not { } page
                    || http.GetEndpoint() is not { } endpoint
                    || endpoint.Metadata.GetMetadata<OpenMetadata>() is not null
                    || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
                )
                    return next(http);
                if (http.IsApi())
                    return UnexpectedErrors.Write(
                        http,
                        StatusCodes.Status403Forbidden,
                        "problem.second_factor_setup_required"
                    );
                return http.Detour(page).ExecuteAsync(http);
            }
        );

    /// <summary>Open to people who must do something else first.</summary>
    public static TBuilder AllowedBeforeRequiredPage<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new OpenMetadata());

    /// <summary>The page somebody must visit first; null: none.</summary>
    internal static async ValueTask<string?> For(
        Sessions.Known known,
        FirmSettings settings,
        AppDb db,
        DateTime now,
        CancellationToken stop
    )
    {
        if (
            settings.NeedsSecondFactor(known.Role)
            && !known.HasAuthenticator
            && !await db.UserPasskeys.AnyAsync(p => p.UserId == known.Id, stop)
        )
            return AccountRoutes.Security;
        return Passwords.MustChange(settings, known.HasGivenPassword, known.PasswordSince, now)
            ? AccountRoutes.Password
            : null;
    }
}
