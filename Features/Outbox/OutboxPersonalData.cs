using System.Text.Json;
using MdcTts.Infrastructure.Privacy;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Outbox;

/// <summary>What messages keep about people: those to them, and their name in those to others.</summary>
internal static class OutboxPersonalData
{
    private const int MessagesMax = 10_000;

    public static PersonalData Mails { get; } =
        new("mails", typeof(OutboxMessage))
        {
            Order = 40,
            Export = Export,
            Erase = Erase,
        };

    private static async Task<object> Export(int id, IServiceProvider request, CancellationToken stop) =>
        await request
            .GetRequiredService<AppDb>()
            .Outbox.Where(m => m.RecipientId == id)
            .OrderByDescending(m => m.Id)
            .Take(MessagesMax)
            .Select(m => new
            {
                m.Event,
                m.TransactionNumber,
                m.CreatedAt,
                m.SentAt,
            })
            .ToListAsync(stop);

    // Mails to them go without address and link; those to others lose the name, which their arguments may hold.
    private static async Task Erase(ErasedPerson person, IServiceProvider request, CancellationToken stop)
    {
        var db = request.GetRequiredService<AppDb>();
        await db
            .Outbox.Where(m => m.RecipientId == person.Id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(m => m.Secret, (string?)null)
                        .SetProperty(m => m.Address, (string?)null)
                        .SetProperty(m => m.Args, "[]"),
                stop
            );
        await db
            .Outbox.Where(m => m.RecipientId == person.Id && m.SentAt == null && m.ParkedAt == null)
            .ExecuteDeleteAsync(stop);
        await Replace(person.FullName, person.Pseudonym);
        await Replace(person.Email, $"erased-{person.Id}");

        Task Replace(string old, string instead)
        {
            var (written, now) = (JsonSerializer.Serialize(old), JsonSerializer.Serialize(instead));
            return db
                .Outbox.Where(m => m.Args.Contains(written))
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.Args, m => m.Args.Replace(written, now)), stop);
        }
    }
}
