using System.Collections.Concurrent;
using MdcTts.Infrastructure.Configuration;
using StackExchange.Redis;

namespace MdcTts.Infrastructure.Redis;

/// <summary>
/// Redis, as far as it is there. It never holds the only copy of anything: whoever asks is told "nothing" when it is
/// not configured, away, slow or refuses, and goes on without it.
/// </summary>
/// <remarks>
/// Whether it is well is found out beside the requests, every second, by writing. Once two answers in a row were
/// missing nobody asks any more until such a probe succeeded, so a Redis that hangs costs the first few requests a
/// fraction of a second and all others nothing.
/// </remarks>
public sealed partial class RedisLink(AppSettings settings, ILogger<RedisLink> log) : BackgroundService
{
    private const string Prefix = "mdc:";
    private const int FailuresMax = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Action> _listeners = new(StringComparer.Ordinal);
    private ConnectionMultiplexer? _connection;
    private int _failures;
    private volatile bool _isUp;
    private volatile string _fault = "not connected yet";

    /// <summary>Null when all is well; else why not.</summary>
    public string? Fault => _isUp ? null : _fault;

    /// <summary>The name of a key of ours.</summary>
    public static RedisKey Key(string name) => Prefix + name;

    /// <summary>The answer of Redis, or null: then do it without.</summary>
    public async ValueTask<RedisResult?> Ask(string script, RedisKey[] keys, RedisValue[] values)
    {
        if (!_isUp || _connection is not { } connection)
            return null;
        try
        {
            var answer = await connection.GetDatabase().ScriptEvaluateAsync(script, keys, values).WaitAsync(Patience);
            Volatile.Write(ref _failures, 0);
            return answer;
        }
        catch (Exception failed) when (failed is RedisException or TimeoutException)
        {
            if (Interlocked.Increment(ref _failures) >= FailuresMax)
                Down(failed);
            return null;
        }
    }

    /// <summary>
    /// Tells the other processes that there is something to look at. At most once, perhaps never: they look by
    /// themselves too.
    /// </summary>
    public void Tell(string channel)
    {
        if (!_isUp || _connection is not { } connection)
            return;
        try
        {
            connection.GetSubscriber().Publish(RedisChannel.Literal(Prefix + channel), "", CommandFlags.FireAndForget);
        }
        catch (RedisException)
        {
            // The probe finds out and says so.
        }
    }

    /// <summary>Calls back when any process told; once for each channel, before the start.</summary>
    public void Listen(string channel, Action heard) => _listeners[channel] = heard;

    public override void Dispose()
    {
        base.Dispose();
        _connection?.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.RedisUrl is not { } url)
            return;
        var isListening = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                _connection ??= await ConnectionMultiplexer.ConnectAsync(OptionsOf(url));
                // A write, and not a PING: a server that is full, or only a replica, answers that one.
                await _connection
                    .GetDatabase()
                    .StringSetAsync(Prefix + "probe", 1, TimeSpan.FromMinutes(1))
                    .WaitAsync(Patience * 2, stoppingToken);
                if (!isListening)
                    await Subscribe(_connection);
                isListening = true;
                Up();
            }
            catch (Exception failed) when (!stoppingToken.IsCancellationRequested)
            {
                Down(failed);
            }

            await Task.Delay(Pause, stoppingToken);
        }
    }

    // Once is enough: a connection that comes back brings its subscriptions along.
    private async Task Subscribe(ConnectionMultiplexer connection)
    {
        foreach (var (channel, heard) in _listeners)
            await connection
                .GetSubscriber()
                .SubscribeAsync(RedisChannel.Literal(Prefix + channel), (_, _) => heard())
                .WaitAsync(Patience * 2);
    }

    private void Up()
    {
        Volatile.Write(ref _failures, 0);
        if (_isUp)
            return;
        _isUp = true;
        _fault = "";
        Log.IsUp(log);
    }

    private void Down(Exception failed)
    {
        var wasUp = _isUp;
        var fault = failed is TimeoutException ? "no answer in time" : failed.Message.Split(';', '\r', '\n')[0];
        var isNew = wasUp || _fault == "not connected yet";
        (_fault, _isUp) = (fault, false);
        if (isNew)
            Log.IsDown(log, fault);
    }

    // Never throws at the start, never queues what cannot be sent, never waits long.
    private static ConfigurationOptions OptionsOf(RedisUrl url)
    {
        var options = new ConfigurationOptions
        {
            EndPoints = { { url.Host, url.Port } },
            Ssl = url.IsTls,
            User = url.User,
            Password = url.Password,
            DefaultDatabase = url.Database,
            ClientName = "mdc-tts",
            AbortOnConnectFail = false,
            ConnectTimeout = 1_000,
            AsyncTimeout = 1_000,
            SyncTimeout = 1_000,
            ConnectRetry = 1,
            KeepAlive = 5,
            BacklogPolicy = BacklogPolicy.FailFast,
            ReconnectRetryPolicy = new LinearRetry(1_000),
        };
        if (url.RootCertificate is { } root)
            options.SslClientAuthenticationOptions = host =>
                new() { TargetHost = host, CertificateChainPolicy = RootCertificate.Policy(root) };
        return options;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Redis answers: requests are counted over all processes")]
        public static partial void IsUp(ILogger logger);

        [LoggerMessage(
            2,
            LogLevel.Warning,
            "Redis is away ({Reason}): going on without it, requests are counted by each process for itself"
        )]
        public static partial void IsDown(ILogger logger, string reason);
    }
}

/// <summary>Redis among the services.</summary>
public static class RedisRegistration
{
    public static void AddRedis(this IServiceCollection services)
    {
        services.AddSingleton<RedisLink>();
        services.AddHostedService(s => s.GetRequiredService<RedisLink>());
    }
}
