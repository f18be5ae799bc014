using MdcTts.Infrastructure.Configuration;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace MdcTts.Infrastructure.Database;

/// <summary>Chooses the engine from the settings.</summary>
public static class DatabaseRegistration
{
    /// <summary>
    /// Registers the database on PostgreSQL when DATABASE_URL is set, else on a SQLite file in DATA_DIR; as
    /// <typeparamref name="TDb"/> and, the same object, as <see cref="EngineDb"/>.
    /// </summary>
    public static void AddDatabase<TDb, TSqlite, TPostgres>(this IServiceCollection services, AppSettings settings)
        where TDb : EngineDb
        where TSqlite : TDb
        where TPostgres : TDb
    {
        services.AddSingleton<DatabaseState>();
        services.AddSingleton<CountCache.Store>();
        services.AddScoped<CountCache>();
        services.AddScoped<EngineDb>(scope => scope.GetRequiredService<TDb>());
        if (settings.DatabaseUrl is { } url)
        {
            services.AddDbContextPool<TDb, TPostgres>(o =>
                Postgres(o, DatabaseUrl.ToConnectionString(url, settings.IsReadOnly))
            );
            return;
        }

        Directory.CreateDirectory(settings.DataDir);
        var file = Path.Combine(settings.DataDir, "mdc.db");
        services.AddSingleton(new SqliteFile(file));
        services.AddDbContextPool<TDb, TSqlite>(o => Sqlite(o, file, settings.IsReadOnly));
    }

    internal static void Sqlite(DbContextOptionsBuilder options, string file, bool isReadOnly = false)
    {
        SqliteSetUp.Once();
        options.UseSqlite(
            new SqliteConnectionStringBuilder
            {
                DataSource = file,
                ForeignKeys = true,
                Pooling = true,
                DefaultTimeout = 30,
                Mode = isReadOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWriteCreate,
            }.ToString()
        );
    }

    internal static void Postgres(DbContextOptionsBuilder options, string connection) => options.UseNpgsql(connection);
}

/// <summary>
/// The lock beside the SQLite file: a second process on the same file would write past our <see cref="WriteGate"/>, so
/// it is refused.
/// </summary>
public sealed class SqliteFile(string path) : IDisposable
{
    private FileStream? _lock;

    /// <exception cref="SettingsException">Another process has the file.</exception>
    public void Lock()
    {
        if (_lock is not null)
            return;
        try
        {
            _lock = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new SettingsException(
                $"{path} is in use by another process. SQLite allows one; use PostgreSQL (DATABASE_URL) for more."
            );
        }
    }

    public void Dispose() => _lock?.Dispose();
}

/// <summary>What holds for all SQLite files of a process; only before the first one is opened.</summary>
internal static class SqliteSetUp
{
    /// <summary>SQLITE_CONFIG_STMTJRNL_SPILL, which the driver does not name.</summary>
    private const int StatementJournalInMemory = 26;

    private const int StatementJournalBytes = 8 * 1024 * 1024;

    private static readonly Lazy<bool> Done = new(static () =>
    {
        Batteries_V2.Init();
        // A statement that fires triggers keeps what it changes until it ends. With twenty indexes and a search index
        // that is more than 64 KB, and was written to a temporary file for each row of an import.
        return raw.sqlite3_config(StatementJournalInMemory, StatementJournalBytes) == raw.SQLITE_OK;
    });

    public static void Once() => _ = Done.Value;
}
