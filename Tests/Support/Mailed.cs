using MdcTts.Features.Outbox;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Support;

/// <summary>What the mails say that wait in the outbox.</summary>
public static class Mailed
{
    /// <summary>The token of the last mail of this kind to this address.</summary>
    public static async Task<string> TokenFor(this App app, string email, string @event)
    {
        var secret = await app.Db(db =>
            db.Outbox.Where(m =>
                    m.Event == @event
                    && db.Users.Any(u => u.Id == m.RecipientId && u.NormalizedEmail == email.ToUpperInvariant())
                )
                .OrderByDescending(m => m.Id)
                .Select(m => m.Secret)
                .FirstOrDefaultAsync()
        );
        return await app.With<OutboxSecrets, string>(secrets =>
            Task.FromResult(secrets.Unprotect(secret ?? throw new Xunit.Sdk.XunitException($"No {@event} for {email}")))
        );
    }

    /// <summary>How many mails of this kind this address got.</summary>
    public static Task<int> CountFor(this App app, string email, string @event) =>
        app.Db(db =>
            db.Outbox.CountAsync(m =>
                m.Event == @event
                && db.Users.Any(u => u.Id == m.RecipientId && u.NormalizedEmail == email.ToUpperInvariant())
            )
        );
}
