using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Hosting;

namespace MdcTts.Features.Demo;

/// <summary>A believable firm to look at.</summary>
public static class DemoFeature
{
    public static void AddDemo(this IServiceCollection services)
    {
        services.AddScoped<FillDemo>();
        services.AddSingleton<BeforeServing>(Prepare);
    }

    private static async Task<Func<string, IEnumerable<string>>> Prepare(
        IServiceProvider services,
        CancellationToken stop
    )
    {
        if (!services.GetRequiredService<AppSettings>().IsDemo)
            return _ => [];
        await using var scope = services.CreateAsyncScope();
        var lines = await scope.ServiceProvider.GetRequiredService<FillDemo>().Handle(stop);
        return _ => lines;
    }
}
