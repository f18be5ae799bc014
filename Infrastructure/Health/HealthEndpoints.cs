using System.Text.Json.Serialization;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Redis;
using MdcTts.Infrastructure.Saudi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MdcTts.Infrastructure.Health;

/// <summary>
/// <c>/health</c> for people and monitors, <c>/health/live</c> for whoever restarts the process, <c>/health/ready</c>
/// for whoever sends it requests.
/// </summary>
/// <remarks>Short-circuited: no session, rate limit or language stands between a probe and its answer.</remarks>
public static class HealthEndpoints
{
    public const string Root = "/health";
    public const string Live = Root + "/live";
    public const string Ready = Root + "/ready";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>What a probe reads.</summary>
    /// <param name="Status">healthy or unhealthy.</param>
    /// <param name="Checks">True for what is well.</param>
    /// <param name="Timestamp">When this was said.</param>
    /// <param name="Reasons">Why not, for each check that is false.</param>
    public sealed record View(
        string Status,
        IReadOnlyDictionary<string, bool> Checks,
        DateTime Timestamp,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
            IReadOnlyDictionary<string, string>? Reasons
    );

    public static void AddHealth(this IServiceCollection services, AppSettings settings)
    {
        services.AddSingleton<FullHealth>();
        services.AddSingleton(Storage.Check);
        if (settings.RedisUrl is not null)
            services.AddSingleton(
                new HealthCheck("redis", (given, _) => Task.FromResult(given.GetRequiredService<RedisLink>().Fault))
            );
        services.AddSingleton<Drain>();
        services.AddHostedService(s => s.GetRequiredService<Drain>());
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(45));
    }

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        Map(app, Live, (TimeProvider clock) => Answer([], clock));
        Map(
            app,
            Ready,
            async (DatabaseState database, Drain drain, TimeProvider clock, CancellationToken stop) =>
                Answer(await ReadyFaults(database, drain, stop), clock)
        );
        Map(
            app,
            Root,
            async (DatabaseState database, Drain drain, FullHealth full, TimeProvider clock, CancellationToken stop) =>
                Answer(
                    [
                        .. await ReadyFaults(database, drain, stop),
                        .. (await full.Ask(stop)).OrderBy(f => f.Key, StringComparer.Ordinal),
                    ],
                    clock
                )
        );
    }

    private static async Task<List<KeyValuePair<string, string?>>> ReadyFaults(
        DatabaseState database,
        Drain drain,
        CancellationToken stop
    )
    {
        var (reachable, missing) = await database.Ask(stop);
        return
        [
            new("database", reachable ? null : "no answer"),
            new(
                "schema",
                missing switch
                {
                    null => "not known",
                    0 => null,
                    _ => $"the database lacks {missing} migration(s) of this version: run MdcTts migrate",
                }
            ),
            new("serving", drain.IsStopping ? "stopping" : null),
        ];
    }

    private static JsonHttpResult<View> Answer(List<KeyValuePair<string, string?>> faults, TimeProvider clock)
    {
        var reasons = faults
            .Where(f => f.Value is not null)
            .ToDictionary(f => f.Key, f => f.Value!, StringComparer.Ordinal);
        var isWell = reasons.Count == 0;
        return TypedResults.Json(
            new View(
                isWell ? "healthy" : "unhealthy",
                faults.ToDictionary(f => f.Key, f => f.Value is null, StringComparer.Ordinal),
                clock.Instant(),
                isWell ? null : reasons
            ),
            statusCode: isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable
        );
    }

    private static void Map(IEndpointRouteBuilder app, string path, Delegate answer) =>
        app.MapMethods(path, Methods, answer)
            .AllowAnonymous()
            .ExcludeFromDescription()
            .DisableHttpMetrics()
            .ShortCircuit();
}
