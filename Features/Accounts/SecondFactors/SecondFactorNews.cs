using System.Globalization;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SecondFactors;

/// <summary>
/// Records a change of somebody's second factors, tells them by mail, and ends the reset links they still have.
/// </summary>
public sealed class SecondFactorNews(AppDb db, CurrentUser user, TimeProvider clock)
{
    /// <summary>Adds the audit entry and the mail, for the caller to save.</summary>
    /// <param name="what">
    /// <c>on</c>, <c>off</c>, <c>codes</c>, <c>passkey_added</c>, <c>passkey_removed</c>: the mail has a text for each.
    /// </param>
    public async Task Tell(string what, CancellationToken stop)
    {
        var now = clock.Instant();
        var key = user.Id.ToString(CultureInfo.InvariantCulture);
        db.Audit.Add(AuditLog.By(user, "account.second_factor_changed", "user", key, now, new { what }));
        db.Outbox.Add(OutboxMessage.For(user.Id, "account.second_factor_changed", now, [what]));
        foreach (
            var link in await db
                .AccountLinks.Where(l => l.UserId == user.Id && l.Kind == LinkKind.Reset && l.UsedAt == null)
                .ToListAsync(stop)
        )
            link.UsedAt = now;
    }
}
