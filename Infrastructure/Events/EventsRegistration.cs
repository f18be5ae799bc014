using MdcTts.Infrastructure.Jobs;

namespace MdcTts.Infrastructure.Events;

/// <summary>Writing events, and following them.</summary>
public static class EventsRegistration
{
    public static void AddEvents(this IServiceCollection services)
    {
        services.AddSingleton<EventSignal>();
        services.AddScoped<FollowEvents>();
        services.AddHostedService<EventWorker>();
        services.AddSingleton(FollowEvents.Check);
        services.AddSingleton(FollowEvents.Waiting);
        services.AddScheduled<PurgeEvents>(PurgeEvents.Schedule);
    }

    /// <summary>After a request that may have written something, those who read events look at once.</summary>
    public static void UseEvents(this WebApplication app)
    {
        var signal = app.Services.GetRequiredService<EventSignal>();
        app.Use(
            async (http, next) =>
            {
                await next(http);
                var hasWritten =
                    !HttpMethods.IsGet(http.Request.Method)
                    && http.Response.StatusCode < StatusCodes.Status400BadRequest;
                if (hasWritten)
                    signal.Wake();
            }
        );
    }
}
