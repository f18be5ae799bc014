using MdcTts.Features;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MdcTts.Benchmarks;

/// <summary>A migrated, empty database in a temporary folder, and the settings that the app finds it by.</summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly string _name;
    private readonly ServiceProvider _services;
    private bool _isReleased;

    private Database(
        string name,
        string directory,
        IReadOnlyDictionary<string, string> settings,
        ServiceProvider services,
        string connection
    ) => (_name, Directory, Settings, _services, Connection) = (name, directory, settings, services, connection);

    public string Directory { get; }
    public IReadOnlyDictionary<string, string> Settings { get; }
    public string Connection { get; }
    public bool IsPostgres => Settings.ContainsKey("DATABASE_URL");

    public static async Task<Database> Make(bool postgres, string name = "bench")
    {
        // Safe as in production: a create that does not wait for the disk says nothing.
        Environment.SetEnvironmentVariable(PostgresServer.SettingsVariable, "-c fsync=on -c shared_buffers=256MB");
        var directory = System.IO.Directory.CreateTempSubdirectory("mdc-bench-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Delete(directory);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DATA_DIR"] = directory,
            ["SECRET_KEY"] = "forty bytes that protect nothing of worth",
        };
        if (postgres)
        {
            await PostgresServer.Execute($"CREATE DATABASE {name}");
            settings["DATABASE_URL"] = await PostgresServer.UrlOf(name);
        }

        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddCatalogue();
        services.AddAppDb(
            AppSettings.From(new ConfigurationBuilder().AddInMemoryCollection(settings!).Build(), demo: false)
        );
        var provider = services.BuildServiceProvider();
        await PrepareDatabase.Handle(provider, CancellationToken.None);
        await using var scope = provider.CreateAsyncScope();
        // Npgsql's own text leaves the password out once connected; there is none here.
        return new(
            name,
            directory,
            settings,
            provider,
            scope.ServiceProvider.GetRequiredService<AppDb>().Database.GetConnectionString()!
        );
    }

    /// <summary>Each time in a fresh context.</summary>
    public async Task<T> With<T>(Func<AppDb, Task<T>> work)
    {
        await using var scope = _services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<AppDb>());
    }

    /// <summary>Leaves the database to others: SQLite allows one process.</summary>
    public async Task Release()
    {
        // Given to the container ready made, so that it does not dispose it.
        if (!_isReleased)
            _services.GetService<SqliteFile>()?.Dispose();
        _isReleased = true;
        await _services.DisposeAsync();
        SqliteConnection.ClearAllPools();
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>One statement over a connection of its own, also after <see cref="Release"/>.</summary>
    public async Task<object?[]> Row(string sql)
    {
        await using System.Data.Common.DbConnection connection = IsPostgres
            ? new NpgsqlConnection(Connection)
            : new SqliteConnection(Connection);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
            return [];
        var values = new object[reader.FieldCount];
        reader.GetValues(values);
        return values;
    }

    public async ValueTask DisposeAsync()
    {
        await Release();
        if (IsPostgres)
            await PostgresServer.Execute($"DROP DATABASE {_name} WITH (FORCE)");
        Delete(Directory);
    }

    private static void Delete(string directory)
    {
        if (System.IO.Directory.Exists(directory))
            System.IO.Directory.Delete(directory, recursive: true);
    }
}
