using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Backups.Databases;

/// <summary>What was saved: the last migration, and what each table held in the same snapshot.</summary>
public sealed record Snapshot(string Schema, IReadOnlyDictionary<string, TableMark> Tables);

/// <summary>
/// Saves a database while the app writes to it, and restores it whole or not at all. Each engine has a class of its
/// own.
/// </summary>
public abstract class DatabaseBackup
{
    /// <summary>The engine of these settings.</summary>
    public static DatabaseBackup Of(AppSettings settings) =>
        settings.DatabaseUrl is { } url
            ? new PostgresBackup(url, settings.Backups.DrillUrl)
            : new SqliteBackup(settings.DataDir);

    public abstract string Engine { get; }

    /// <summary>Writes one snapshot of everything.</summary>
    public abstract Task<Snapshot> Save(Stream to, CancellationToken stop);

    /// <summary>Reads a saved database to its end as a restore would, and leaves nothing behind.</summary>
    /// <exception cref="BackupException">It cannot be read.</exception>
    public abstract Task Check(Stream saved, Manifest manifest, CancellationToken stop);

    /// <summary>Restores beside the target and compares each table.</summary>
    /// <exception cref="BackupException">It is not what the manifest says.</exception>
    public abstract Task Drill(Stream saved, Manifest manifest, CancellationToken stop);

    /// <summary>Whether there is no table that a restore could overwrite.</summary>
    public abstract Task<bool> IsEmpty(CancellationToken stop);

    /// <summary>Refuses when another connection uses the target.</summary>
    public abstract Task RefuseWhenInUse(CancellationToken stop);

    /// <summary>Prepares the target's new content in a folder; nothing is touched yet.</summary>
    public abstract Task Stage(Stream saved, Manifest manifest, string folder, CancellationToken stop);

    /// <summary>
    /// Puts the prepared content in place, in one step. Moves files by <paramref name="swap"/>, which can undo that.
    /// </summary>
    public abstract Task Commit(Manifest manifest, string folder, Restoring.FileSwap swap, CancellationToken stop);

    /// <summary>What each table of the target holds.</summary>
    public abstract Task<IReadOnlyDictionary<string, TableMark>> Marks(CancellationToken stop);

    /// <exception cref="BackupException">Names the first table that differs.</exception>
    protected internal static void Compare(Manifest manifest, IReadOnlyDictionary<string, TableMark> found)
    {
        foreach (var (table, mark) in manifest.Tables.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            if (!found.TryGetValue(table, out var there))
                throw new BackupException("backups.fault.table_missing", table);
            if (there.Rows != mark.Rows)
                throw new BackupException("backups.fault.rows", table, Number(there.Rows), Number(mark.Rows));
            if (there.Sha256 != mark.Sha256)
                throw new BackupException("backups.fault.table_differs", table);
        }

        static string Number(long number) => Infrastructure.Ui.Words.Number(number);
    }
}
