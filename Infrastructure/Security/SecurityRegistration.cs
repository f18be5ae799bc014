using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace MdcTts.Infrastructure.Security;

public static class SecurityRegistration
{
    /// <summary>Keys, policies, antiforgery tokens, and who acts in a scope.</summary>
    public static void AddSecurity(this IServiceCollection services, AppSettings settings)
    {
        var keys = services.AddDataProtection().SetApplicationName("MdcTts").PersistKeysToDbContext<EngineDb>();
        if (settings.IsReadOnly)
            keys.DisableAutomaticKeyGeneration();
        services.Configure<KeyManagementOptions>(o => o.XmlEncryptor = new SecretKeyEncryptor(settings));
        services.AddPolicies();
        services.AddCurrentUser();
        services.AddAntiforgery(o =>
        {
            o.HeaderName = AntiforgeryTokens.Header;
            o.Cookie.Name = "mdc.antiforgery";
            // Not strict: a link in a mail would come without it, get a new one, and make every open form fail. The
            // token in the form is what proves where a request comes from.
            o.Cookie.SameSite = SameSiteMode.Lax;
        });
    }
}
