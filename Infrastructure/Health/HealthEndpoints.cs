using MdcTts.Infrastructure.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MdcTts.Infrastructure.Health;

/// <summary>
/// <c>/health</c> for people and monitors, <c>/health/live</c> for whoever restarts the process, <c>/health/ready</c> for whoever sends it requests.
/// </summary>
/// <remarks>Short-circuited: no session, rate limit or language stands between a probe and its answer.</remarks>
public static class HealthEndpoints
{
    public const string Root = "/health";
    public const string Live = Root + "/live";
    public const string Ready = Root + "/ready";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>What a probe reads.</summary>
    public sealed record View(string Status, IReadOnlyDictionary<string, bool> Checks, DateTime Timestamp);

    public static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<DatabaseState>();
        services.AddSingleton<Drain>();
        services.AddHostedService(s => s.GetRequiredService<Drain>());
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));
    }

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        Map(app, Live, (TimeProvider clock) => Answer([], clock));
        Map(app, Ready, Check);
        Map(app, Root, Check);
    }

    private static async Task<JsonHttpResult<View>> Check(DatabaseState database, Drain drain, TimeProvider clock, CancellationToken stop)
    {
        var (reachable, schema) = await database.Ask(stop);
        return Answer(new(StringComparer.Ordinal) { ["database"] = reachable, ["schema"] = schema, ["serving"] = !drain.IsStopping }, clock);
    }

    private static JsonHttpResult<View> Answer(Dictionary<string, bool> checks, TimeProvider clock)
    {
        var isWell = checks.Values.All(ok => ok);
        return TypedResults.Json(
            new View(isWell ? "healthy" : "unhealthy", checks, clock.Instant()),
            statusCode: isWell ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static void Map(IEndpointRouteBuilder app, string path, Delegate answer) =>
        app.MapMethods(path, Methods, answer).AllowAnonymous().ExcludeFromDescription().ShortCircuit();
}
