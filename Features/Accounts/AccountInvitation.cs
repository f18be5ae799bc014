using MdcTts.Features.Outbox;

namespace MdcTts.Features.Accounts;

/// <summary>The mail that lets a person whose account an admin made choose their own password.</summary>
public static class AccountInvitation
{
    /// <summary>
    /// Adds the link and its mail, for the caller to save; answers the token. The user must have an id already.
    /// </summary>
    public static string Add(AppDb db, User user, string? inviter, OutboxSecrets secrets, DateTime now)
    {
        var token = AccountLinks.Add(db, user, LinkKind.Invitation, now);
        db.Outbox.Add(OutboxMessage.For(user.Id, "account.invited", now, [inviter ?? "MDC"], secrets.Protect(token)));
        return token;
    }

    /// <summary>Where the link leads.</summary>
    public static string Path(string token) => $"/invitation/{token}";
}
