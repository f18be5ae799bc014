using MailKit.Net.Smtp;
using MdcTts.Features.Mails;
using MdcTts.Features.Mails.Files;
using MdcTts.Features.Mails.Listing;
using MdcTts.Features.Mails.Resends;
using MdcTts.Features.Outbox.Files;
using MdcTts.Features.Outbox.Sending;
using MdcTts.Features.Outbox.Writing;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Outbox;

/// <summary>Messages to people: the worker that sends them as mails, and the admin's page about them.</summary>
public static class OutboxFeature
{
    public static void AddOutbox(this IServiceCollection services)
    {
        services.AddSingleton<OutboxSecrets>();
        services.AddSingleton<MailFiles>();
        // Revocation is not asked for: a list that cannot be fetched would stop every mail.
        services.AddSingleton<Func<SmtpClient>>(() => new SmtpClient { CheckCertificateRevocation = false });
        services.AddScoped<WriteMail>();
        services.AddScoped<SendMails>();
        services.AddHostedService<OutboxWorker>();
        services.AddSingleton(MailBacklog.Check);
        services.AddSingleton(MailBacklog.Due);
        services.AddSingleton(MailBacklog.Parked);
        services.AddScheduled<PurgeMailsJob>(PurgeMails.Schedule);
    }

    public static void MapOutbox(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(OutboxRoutes.Root);
        ListMails.Map(pages);
        SendAgain.Map(pages);
        DownloadMail.Map(pages);
    }
}
