using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions.Documents;

/// <summary>A transaction on paper.</summary>
public static class DocumentsFeature
{
    public static void AddDocuments(this IServiceCollection services)
    {
        services.AddSingleton<PdfPrinter>();
        services.AddSingleton<PrintStyle>();
    }

    public static void MapDocuments(this IEndpointRouteBuilder app) =>
        DownloadPdf.Map(app.MapPages(TransactionRoutes.Root));
}
