using MdcTts.Features;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace MdcTts.Support;

/// <summary>
/// A database of one's own, copied from one that was migrated and given the cast once in this run.
/// TEST_DATABASE chooses the engine: <c>sqlite</c> (the default) or <c>postgres</c>.
/// </summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<string>> Template = new(MakeTemplate);
    private static int _made;

    private readonly string? _postgres;

    private readonly Lazy<ServiceProvider> _services;

    private TestDatabase(string dataDir, string? postgres, string? url)
    {
        DataDir = dataDir;
        Url = url;
        _postgres = postgres;
        Settings = SettingsOf(dataDir, url);
        _services = new(() => ServicesOf(Settings));
    }

    public static bool IsPostgres { get; } =
        string.Equals(
            Environment.GetEnvironmentVariable("TEST_DATABASE"),
            "postgres",
            StringComparison.OrdinalIgnoreCase
        );

    /// <summary>DATA_DIR.</summary>
    public string DataDir { get; }

    /// <summary>DATABASE_URL; null on SQLite.</summary>
    public string? Url { get; }

    /// <summary>What an app on this database is told.</summary>
    public AppSettings Settings { get; }

    /// <summary>Reads or writes it without an app, each time in a fresh context.</summary>
    public async Task<T> Db<T>(Func<AppDb, Task<T>> work)
    {
        await using var scope = _services.Value.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<AppDb>());
    }

    public static async Task<TestDatabase> Make()
    {
        var template = await Template.Value;
        var dataDir = Directory.CreateTempSubdirectory("mdc-test-").FullName;
        if (!IsPostgres)
        {
            File.Copy(template, Path.Combine(dataDir, "mdc.db"));
            return new(dataDir, null, null);
        }

        var name = Name();
        await PostgresServer.Execute($"CREATE DATABASE {name} TEMPLATE {template}");
        return new(dataDir, name, await PostgresServer.UrlOf(name));
    }

    /// <summary>One without a table.</summary>
    public static async Task<TestDatabase> Empty()
    {
        var dataDir = Directory.CreateTempSubdirectory("mdc-test-").FullName;
        if (!IsPostgres)
            return new(dataDir, null, null);
        var name = Name();
        await PostgresServer.Execute($"CREATE DATABASE {name}");
        return new(dataDir, name, await PostgresServer.UrlOf(name));
    }

    public async ValueTask DisposeAsync()
    {
        if (_services.IsValueCreated)
            await _services.Value.DisposeAsync();
        if (_postgres is not null)
            await Drop(_postgres);
        else
            SqliteConnection.ClearAllPools();
        try
        {
            Directory.Delete(DataDir, recursive: true);
        }
        catch (IOException)
        {
            // Work in the background that was cut off still writes its last words: the folder goes with the process.
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(DataDir, recursive: true);
        }
    }

    // The settings of the app itself, so that the template is what a first start makes.
    private static async Task<string> MakeTemplate()
    {
        var dataDir = Directory.CreateTempSubdirectory("mdc-template-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(dataDir, recursive: true);
        var name = Name();
        if (IsPostgres)
            await PostgresServer.Execute($"CREATE DATABASE {name}");
        var settings = SettingsOf(dataDir, IsPostgres ? await PostgresServer.UrlOf(name) : null);
        await using (var provider = ServicesOf(settings))
        {
            await PrepareDatabase.Handle(provider, CancellationToken.None);
            await using var scope = provider.CreateAsyncScope();
            await Cast.AddTo(scope.ServiceProvider.GetRequiredService<AppDb>());
        }

        // A copy is whole only when no connection holds anything back.
        SqliteConnection.ClearAllPools();
        NpgsqlConnection.ClearAllPools();
        return IsPostgres ? name : Path.Combine(dataDir, "mdc.db");
    }

    private static AppSettings SettingsOf(string dataDir, string? url) =>
        AppSettings.From(
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    new Dictionary<string, string?>
                    {
                        ["DATA_DIR"] = dataDir,
                        ["SECRET_KEY"] = App.SecretKey,
                        ["DATABASE_URL"] = url,
                    }
                )
                .Build(),
            demo: false
        );

    private static ServiceProvider ServicesOf(AppSettings settings)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(new FakeTimeProvider(Cast.Start));
        services.AddCatalogue();
        services.AddAppDb(settings);
        return services.BuildServiceProvider();
    }

    private static async Task Drop(string name)
    {
        await PostgresServer.Execute($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    private static string Name() => $"mdc_{Environment.ProcessId}_{Interlocked.Increment(ref _made)}";
}
