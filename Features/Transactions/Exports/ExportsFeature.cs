using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions.Exports;

/// <summary>Lists as files.</summary>
public static class ExportsFeature
{
    public static void AddExports(this IServiceCollection services)
    {
        services.AddScoped<ExportTransactions>();
        services.AddScoped<ListPrinter>();
    }

    public static void MapExports(this IEndpointRouteBuilder app) =>
        ExportTransactions.Map(
            app.MapPages(TransactionRoutes.Root),
            app.MapApi(TransactionRoutes.Root, "Transactions")
        );
}
