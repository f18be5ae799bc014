using MdcTts.Features.Accounts.SignIn;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>Browsers in which somebody has signed in.</summary>
internal static class KnownBrowsers
{
    /// <summary>The browser of a visitor, when somebody has signed in with it lately; else null.</summary>
    public static async ValueTask<string?> Find(HttpContext http)
    {
        if (http.Device() is not { } device)
            return null;
        var hash = Sessions.HashOf(device);
        var since = http.RequestServices.GetRequiredService<TimeProvider>().Instant() - Attempts.FamiliarFor;
        var db = http.RequestServices.GetRequiredService<AppDb>();
        return await db.Sessions.AnyAsync(s => s.Device == hash && s.CreatedAt >= since, http.RequestAborted)
            ? hash
            : null;
    }
}
