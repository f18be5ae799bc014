using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>Whether mails are being sent.</summary>
public static class MailBacklog
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Looked = TimeSpan.FromDays(1);

    /// <summary>
    /// A message that has been due for 15 minutes shows that sending has stopped or is far too slow; one that was given
    /// up after all attempts, that the server refuses us. A wrong address is neither: anybody can type one.
    /// </summary>
    public static HealthCheck Check { get; } =
        new(
            "mail",
            async (services, stop) =>
            {
                var now = services.GetRequiredService<TimeProvider>().Instant();
                var (before, yesterday) = (now - Tolerated, now - Looked);
                var outbox = services.GetRequiredService<AppDb>().Outbox.Where(m => m.SentAt == null);
                var waiting = await outbox.CountAsync(m => m.ParkedAt == null && m.DueAt < before, stop);
                var givenUp = await outbox.CountAsync(
                    m => m.ParkedAt >= yesterday && m.Attempts >= OutboxMessage.AttemptsMax,
                    stop
                );
                return waiting > 0 ? $"{waiting} mail(s) due for more than 15 minutes"
                    : givenUp > 0 ? $"{givenUp} mail(s) given up within a day"
                    : null;
            }
        );

    public static Gauge Due { get; } =
        Gauge.Queue<AppDb>(
            "outbox",
            (db, now) =>
                db.Outbox.Where(m => m.SentAt == null && m.ParkedAt == null && m.DueAt <= now).Select(m => m.DueAt)
        );

    public static Gauge Parked { get; } =
        Gauge.One(
            "mdc_mails_parked",
            "Mails given up",
            async (services, stop) =>
                await services
                    .GetRequiredService<AppDb>()
                    .Outbox.CountAsync(m => m.SentAt == null && m.ParkedAt != null, stop)
        );
}
