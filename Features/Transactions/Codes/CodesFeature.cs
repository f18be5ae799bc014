using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions.Codes;

/// <summary>QR codes, labels and the tracking link.</summary>
public static class CodesFeature
{
    public static void MapCodes(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(TransactionRoutes.Root);
        var api = app.MapApi(TransactionRoutes.Root, "Transactions");

        ShowQr.Map(pages, api);
        ShowLabel.Map(pages);
        RenewLink.Map(pages, api);
    }
}
