using MdcTts.Infrastructure.Health;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>Whether mails are being sent.</summary>
public static class MailBacklog
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(15);

    /// <summary>A message that has been due for 15 minutes shows that sending has stopped or is far too slow.</summary>
    public static HealthCheck Check { get; } =
        new(
            "mail",
            async (services, stop) =>
            {
                var before = services.GetRequiredService<TimeProvider>().Instant() - Tolerated;
                var waiting = await services
                    .GetRequiredService<AppDb>()
                    .Outbox.CountAsync(m => m.SentAt == null && m.ParkedAt == null && m.DueAt < before, stop);
                return waiting == 0 ? null : $"{waiting} mail(s) due for more than 15 minutes";
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
