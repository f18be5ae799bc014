using System.Text.Json;
using MdcTts.Infrastructure.Saudi;
using Microsoft.AspNetCore.DataProtection;

namespace MdcTts.Features.Accounts;

/// <summary>
/// What a browser keeps between two steps of signing in: encrypted, for five minutes, readable on every replica.
/// </summary>
public sealed class SealedCookie(IDataProtectionProvider protection, TimeProvider clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private sealed record Sealed<T>(T Value, DateTime Until);

    public void Keep<T>(HttpContext http, string name, T value)
    {
        var text = Protector(name).Protect(JsonSerializer.Serialize(new Sealed<T>(value, clock.Instant() + Life)));
        http.Response.Cookies.Append(
            NameOf(name),
            text,
            new()
            {
                HttpOnly = true,
                Secure = http.Request.IsHttps,
                SameSite = SameSiteMode.Lax,
                MaxAge = Life,
                IsEssential = true,
            }
        );
    }

    /// <summary>What was kept; the default when there is nothing, it is too old, or not ours.</summary>
    public T? Read<T>(HttpContext http, string name)
    {
        if (http.Request.Cookies[NameOf(name)] is not { Length: > 0 } text)
            return default;
        try
        {
            var read = JsonSerializer.Deserialize<Sealed<T>>(Protector(name).Unprotect(text));
            return read is not null && read.Until > clock.Instant() ? read.Value : default;
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or JsonException)
        {
            return default;
        }
    }

    public static void Forget(HttpContext http, string name) => http.Response.Cookies.Delete(NameOf(name));

    private static string NameOf(string name) => "mdc." + name;

    private IDataProtector Protector(string name) => protection.CreateProtector("cookie", name);
}
