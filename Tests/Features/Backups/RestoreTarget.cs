using MdcTts.Features.Backups.Databases;
using MdcTts.Features.Backups.Restoring;
using MdcTts.Features.Backups.Storing;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MdcTts.Features.Backups;

/// <summary>A machine without data, and what the verbs of the command line have there.</summary>
internal sealed class RestoreTarget : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly SqliteFile? _locked;

    private RestoreTarget(TestDatabase database, ServiceProvider services, AppSettings settings) =>
        (Database, _services, Settings, _locked) = (database, services, settings, services.GetService<SqliteFile>());

    public TestDatabase Database { get; }

    public AppSettings Settings { get; }

    public DatabaseBackup Tables => DatabaseBackup.Of(Settings);

    public Backups Backups => _services.GetRequiredService<Backups>();

    public static async Task<RestoreTarget> Make(params (string Name, string Value)[] settings)
    {
        var database = await TestDatabase.Empty();
        var values = new Dictionary<string, string?>
        {
            ["DATA_DIR"] = database.DataDir,
            ["SECRET_KEY"] = App.SecretKey,
            ["DATABASE_URL"] = database.Url,
        };
        foreach (var (name, value) in settings)
            values[name] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        var own = AppSettings.From(configuration, demo: false);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(own);
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<TimeProvider>(new FakeTimeProvider(Cast.Start));
        services.AddAppDb(own);
        services.AddBackups();
        return new(database, services.BuildServiceProvider(), own);
    }

    public async Task<RestoreBackup.Outcome> Restore(string name, BackupStore store, bool force = false)
    {
        await using var scope = _services.CreateAsyncScope();
        var useCase = scope.ServiceProvider.GetRequiredService<RestoreBackup>();
        return await useCase.Handle(new(name, store, force), CancellationToken.None);
    }

    public async Task<T> Db<T>(Func<AppDb, Task<T>> work)
    {
        await using var scope = _services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<AppDb>());
    }

    /// <summary>Everything below DATA_DIR, to see that nothing was touched.</summary>
    public IReadOnlyList<string> Everything =>
        [
            .. Directory
                .EnumerateFileSystemEntries(Settings.DataDir, "*", SearchOption.AllDirectories)
                .Where(f => !f.EndsWith(".lock", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Lets go of the database, so that an app may be started on it.</summary>
    public ValueTask Close()
    {
        _locked?.Dispose();
        return _services.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        Npgsql.NpgsqlConnection.ClearAllPools();
        await Database.DisposeAsync();
    }
}
