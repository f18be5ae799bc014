using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Privacy;

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
        services.AddPersonalData(
            new PersonalData("events", typeof(EventRow))
            {
                StaysBecause = "Events hold no names, only the ids of users, and they are forgotten after some months.",
            }
        );
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
