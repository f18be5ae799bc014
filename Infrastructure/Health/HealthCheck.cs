namespace MdcTts.Infrastructure.Health;

/// <summary>
/// One line of <c>/health</c>, registered as a singleton by whoever knows: <c>services.AddSingleton(new
/// HealthCheck("redis", …))</c>. Never part of ready or live: a part that is away must not take every replica out of
/// rotation.
/// </summary>
/// <param name="Name">As the answer names it.</param>
/// <param name="Fault">
/// Null when all is well; else why not, in English, for operators. It has two seconds, in a scope of its own; an
/// exception is a fault too.
/// </param>
public sealed record HealthCheck(string Name, Func<IServiceProvider, CancellationToken, Task<string?>> Fault);
