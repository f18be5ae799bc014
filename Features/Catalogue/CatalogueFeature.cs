using MdcTts.Infrastructure.Hosting;

namespace MdcTts.Features.Catalogue;

/// <summary>The workflow, the lists and the calendar.</summary>
public static class CatalogueFeature
{
    public static void AddCatalogue(this IServiceCollection services)
    {
        services.AddSingleton<CatalogueCache>();
        services.AddScoped<ShowWorkflow>();
        services.AddSingleton<FirstRows>(DefaultRows.Add);
    }

    public static void MapCatalogue(this IEndpointRouteBuilder app)
    {
        ShowWorkflow.Map(app);
        EchoDate.Map(app);
    }
}
