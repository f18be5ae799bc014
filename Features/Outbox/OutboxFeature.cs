using MailKit.Net.Smtp;
using MdcTts.Features.Outbox.Sending;
using MdcTts.Features.Outbox.Writing;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Privacy;

namespace MdcTts.Features.Outbox;

/// <summary>
/// Messages to people: the queue, and the worker that sends them as mails. The feature that owns an event writes the
/// words of its mail.
/// </summary>
public static class OutboxFeature
{
    public static void AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<OutboxSecrets>();
        services.AddSingleton<MailFiles>();
        // No check for revocation: a revocation list that cannot be fetched would stop every mail.
        services.AddSingleton<Func<SmtpClient>>(() => new SmtpClient { CheckCertificateRevocation = false });
        services.AddScoped<WriteMail>();
        services.AddScoped<SendMails>();
        services.AddHostedService<OutboxWorker>();
        services.AddSingleton(MailBacklog.Check);
        services.AddSingleton(MailBacklog.Due);
        services.AddSingleton(MailBacklog.Parked);
        services.AddPersonalData(OutboxPersonalData.Mails);
        services.AddScoped<PurgeMails>();
        services.AddScheduled<PurgeMailsJob>(PurgeMails.Schedule);
    }
}
