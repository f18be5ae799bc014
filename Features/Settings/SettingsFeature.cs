using MdcTts.Features.Settings.Editing;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Settings;

/// <summary>What the firm may choose, and how it shows itself.</summary>
public static class SettingsFeature
{
    public static void AddSettings(this IServiceCollection services)
    {
        services.AddSingleton<CurrentSettings.Store>();
        services.AddScoped<CurrentSettings>();
        services.AddScoped<SettingRows>();
        services.AddScoped<EditSettings>();
        services.AddScoped<ChangeLogo>();
        services.AddSingleton<IsWorkResting>(
            async (scope, stop) => (await scope.GetRequiredService<CurrentSettings>().Get(stop)).ReadOnly
        );
    }

    /// <summary>
    /// After authentication, before the language: gives every page and API answer the firm's name, logo and language.
    /// Files and probes need none.
    /// </summary>
    public static void UseBrand(this IApplicationBuilder app) =>
        app.Use(
            async (http, next) =>
            {
                if (http.GetEndpoint()?.Metadata.GetMetadata<FaceMetadata>() is not null)
                {
                    var settings = await http
                        .RequestServices.GetRequiredService<CurrentSettings>()
                        .Get(http.RequestAborted);
                    if (settings.ReadOnly)
                        http.RestWork();
                    http.Features.Set(
                        new Brand(
                            settings.CompanyNameEn,
                            settings.CompanyNameAr,
                            settings.Logo,
                            settings.DefaultLanguage
                        )
                    );
                }

                await next(http);
            }
        );

    public static void MapSettings(this IEndpointRouteBuilder app)
    {
        var pages = app.MapPages(SettingRoutes.Root);
        // Not MapPages: a picture needs no antiforgery cookie.
        var open = app.MapGroup("")
            .ExcludeFromDescription()
            .WithMetadata(new FaceMetadata(IsApi: false))
            .DisableAntiforgery();

        EditSettings.Map(pages);
        ChangeLogo.Map(pages, open);
    }
}
