using MdcTts.Features.Mails.Files;
using MdcTts.Features.Mails.Listing;
using MdcTts.Features.Mails.Resends;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Mails;

/// <summary>The admin's page about the mails in the outbox.</summary>
public static class MailsFeature
{
    public static void AddMails(this IServiceCollection services)
    {
        services.AddScoped<ListMails>();
        services.AddScoped<SendAgain>();
        services.AddScoped<DownloadMail>();
    }

    public static void MapMails(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(MailRoutes.Root);
        ListMails.Map(pages);
        SendAgain.Map(pages);
        DownloadMail.Map(pages);
    }
}
