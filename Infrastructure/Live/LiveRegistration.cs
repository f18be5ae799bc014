namespace MdcTts.Infrastructure.Live;

/// <summary>Open pages that hear of changes.</summary>
public static class LiveRegistration
{
    public static void AddLive(this IServiceCollection services)
    {
        services.AddSingleton<LiveMarks>();
        services.AddSingleton<LiveFeed>();
        services.AddHostedService(s => s.GetRequiredService<LiveFeed>());
    }
}
