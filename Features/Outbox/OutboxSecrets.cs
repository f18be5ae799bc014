using Microsoft.AspNetCore.DataProtection;

namespace MdcTts.Features.Outbox;

/// <summary>Keeps the token of a mailed link unreadable while it waits in the outbox.</summary>
public sealed class OutboxSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("outbox");

    public string Protect(string token) => _protector.Protect(token);

    public string Unprotect(string secret) => _protector.Unprotect(secret);
}
