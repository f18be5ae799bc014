using MdcTts.Features.Accounts.Registering;
using MdcTts.Features.Outbox;
using MdcTts.Features.Settings;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Mails;

/// <summary>Finds the person of a mail for the outbox, which knows nobody.</summary>
internal static class MailRecipients
{
    public static async Task<Recipient?> Find(int id, IServiceProvider services, CancellationToken stop)
    {
        var db = services.GetRequiredService<AppDb>();
        if (
            await db.Users.AsNoTracking().Include(u => u.Client).SingleOrDefaultAsync(u => u.Id == id, stop)
            is not { } user
        )
            return null;
        return new(
            user.Acting((await services.GetRequiredService<CurrentSettings>().Get(stop)).EditorsSee),
            IsActive: user is { IsActive: true, IsClientActive: true },
            IsSuspended: user.Status == UserStatus.Suspended,
            IsErased: user.ErasedAt is not null,
            WantsMails: !user.NoMails
        )
        {
            IsGreeted = !ConfirmationMail.IsAwaited(user),
        };
    }
}
