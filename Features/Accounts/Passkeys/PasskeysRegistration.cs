using MdcTts.Infrastructure.Configuration;
using Microsoft.AspNetCore.Identity;

namespace MdcTts.Features.Accounts.Passkeys;

/// <summary>Passkeys' part of the composition.</summary>
public static class PasskeysRegistration
{
    /// <summary>They belong to the host of PUBLIC_URL; without one, to that of the request.</summary>
    public static void AddPasskeys(this IServiceCollection services)
    {
        services.AddScoped<PasskeyCheck>();
        services.AddScoped<ManagePasskeys>();
        services.AddScoped<SignInWithPasskey>();
        services.AddScoped<IPasskeyHandler<User>, PasskeyHandler<User>>();
        services
            .AddOptions<IdentityPasskeyOptions>()
            .Configure<AppSettings>(
                (o, settings) =>
                {
                    o.UserVerificationRequirement = "preferred";
                    o.ResidentKeyRequirement = "required";
                    if (settings.PublicUrl is null)
                        return;
                    var url = new Uri(settings.PublicUrl);
                    o.ServerDomain = url.Host;
                    o.ValidateOrigin = context =>
                        ValueTask.FromResult(
                            !context.CrossOrigin
                                && string.Equals(
                                    context.Origin,
                                    url.GetLeftPart(UriPartial.Authority),
                                    StringComparison.OrdinalIgnoreCase
                                )
                        );
                }
            );
    }
}
