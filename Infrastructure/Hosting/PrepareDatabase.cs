using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MdcTts.Infrastructure.Hosting;

/// <summary>
/// Adds the rows that a feature needs in a new database. Runs at every start that may write, so it first looks whether
/// they are there.
/// </summary>
/// <param name="services">A scope of the start.</param>
public delegate Task FirstRows(IServiceProvider services, CancellationToken stop);

/// <summary>Brings a database to this version: schema first, then the data that a new one starts with.</summary>
public static class PrepareDatabase
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Makes the schema of a new database, and keeps that of a SQLite file up to date. Other databases are brought to
    /// this version by <c>MdcTts migrate</c> (<paramref name="always"/>), before or after the start.
    /// </summary>
    /// <returns>False when the schema is not that of this version yet: serve, but do not be ready.</returns>
    public static async Task<bool> Handle(IServiceProvider services, CancellationToken stop, bool always = false)
    {
        var settings = services.GetService<AppSettings>();
        var isReadOnly = settings is { IsReadOnly: true };
        if (!isReadOnly)
            services.GetService<SqliteFile>()?.Lock();
        using var scope = services.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<EngineDb>();
        if (!db.IsSqlite)
            await Reach(db, stop);
        if (isReadOnly || !await Migrate(db, always, stop))
            return !(await db.Database.GetPendingMigrationsAsync(stop)).Any();
        if (db.IsSqlite)
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", stop);
        foreach (var add in services.GetServices<FirstRows>())
            await add(scope.ServiceProvider, stop);
        if (settings is not null)
            await SecretKeyWrapping.Renew(db, settings, stop);
        return true;
    }

    // A wrong address would otherwise be found out only after the driver's own, longer timeout.
    private static async Task Reach(EngineDb db, CancellationToken stop)
    {
        try
        {
            await db.Database.OpenConnectionAsync(stop).WaitAsync(Patience, stop);
            await db.Database.CloseConnectionAsync();
        }
        catch (PostgresException missing) when (missing.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            // The migration makes the database.
        }
        catch (Exception e)
            when (e.InnerException is NpgsqlException
                || e is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException
            )
        {
            throw new SettingsException(
                $"DATABASE_URL: the database does not let us in: {(e.InnerException as NpgsqlException ?? e).Message}"
            );
        }
    }

    private static async Task<bool> Migrate(EngineDb db, bool always, CancellationToken stop)
    {
        try
        {
            // Asked first: where the app's role may not change the schema, an up-to-date database must not be refused.
            if (!(await db.Database.GetPendingMigrationsAsync(stop)).Any())
                return true;
            if (!always && !db.IsSqlite && (await db.Database.GetAppliedMigrationsAsync(stop)).Any())
                return false;
            await db.Database.MigrateAsync(stop);
            return true;
        }
        catch (System.Data.Common.DbException e)
        {
            var setting = db.IsSqlite ? "DATA_DIR" : "DATABASE_URL";
            throw new SettingsException($"{setting}: the database cannot be brought to this version: {e.Message}");
        }
    }
}
