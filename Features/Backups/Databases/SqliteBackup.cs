using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using MdcTts.Features.Backups.Restoring;
using Microsoft.Data.Sqlite;

namespace MdcTts.Features.Backups.Databases;

/// <summary>
/// SQLite: its online backup copies the database into a second file, which is then hashed and compressed.
/// </summary>
public sealed class SqliteBackup(string dataDir) : DatabaseBackup
{
    private const string File = "mdc.db";

    private static readonly string[] Besides = ["-wal", "-shm"];

    private string Target => Path.Combine(dataDir, File);

    public override string Engine => "sqlite";

    public override async Task<Snapshot> Save(Stream to, CancellationToken stop)
    {
        if (await IsEmpty(stop))
            throw new BackupException("backups.fault.nothing");
        // Deletes what a killed process left behind.
        foreach (
            var left in Directory
                .EnumerateFiles(dataDir, "backup-*.tmp")
                .Where(f =>
                    System.IO.File.GetLastWriteTimeUtc(f) < System.IO.File.GetLastWriteTimeUtc(Target).AddDays(-1)
                )
                .ToList()
        )
            System.IO.File.Delete(left);
        var copy = Path.Combine(dataDir, $"backup-{Guid.NewGuid():N}.tmp");
        try
        {
            Snapshot snapshot;
            await using (var source = await Open(Target, stop))
            await using (var target = await Open(copy, stop))
            {
                source.BackupDatabase(target);
                // Leaves one file without a log beside it.
                await Ask(target, "PRAGMA journal_mode=DELETE", stop);
                snapshot = new(
                    await Ask(
                        target,
                        """SELECT "MigrationId" FROM "__EFMigrationsHistory" ORDER BY "MigrationId" DESC LIMIT 1""",
                        stop
                    ),
                    await MarksOf(target, stop)
                );
            }

            await using var bytes = System.IO.File.OpenRead(copy);
            await using var compressed = new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true);
            await bytes.CopyToAsync(compressed, stop);
            return snapshot;
        }
        finally
        {
            System.IO.File.Delete(copy);
        }
    }

    public override Task Check(Stream saved, Manifest manifest, CancellationToken stop) => Drill(saved, manifest, stop);

    public override async Task Drill(Stream saved, Manifest manifest, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("mdc-drill-");
        try
        {
            await Stage(saved, manifest, folder.FullName, stop);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public override async Task<bool> IsEmpty(CancellationToken stop)
    {
        if (!System.IO.File.Exists(Target))
            return true;
        await using var connection = await Open(Target, stop);
        return await Ask(connection, "SELECT count(*) FROM sqlite_master", stop) == "0";
    }

    // The app's own lock covers this: a restore holds it already.
    public override Task RefuseWhenInUse(CancellationToken stop) => Task.CompletedTask;

    public override async Task Stage(Stream saved, Manifest manifest, string folder, CancellationToken stop)
    {
        var path = Path.Combine(folder, File);
        try
        {
            await using (var bytes = new GZipStream(saved, CompressionMode.Decompress))
            await using (var file = new FileStream(path, FileMode.CreateNew))
            {
                await bytes.CopyToAsync(file, stop);
                file.Flush(flushToDisk: true);
            }

            await using var connection = await Open(path, stop);
            if (await Ask(connection, "PRAGMA integrity_check", stop) is var said and not "ok")
                throw new BackupException("backups.fault.unreadable", said);
            Compare(manifest, await MarksOf(connection, stop));
        }
        catch (Exception e) when (e is InvalidDataException or SqliteException)
        {
            throw new BackupException("backups.fault.unreadable", e.Message);
        }
    }

    public override Task Commit(Manifest manifest, string folder, FileSwap swap, CancellationToken stop)
    {
        // SQLite would apply the old file's log to the new file.
        foreach (var end in Besides)
            swap.Remove(Target + end);
        swap.Replace(Path.Combine(folder, File), Target);
        return Task.CompletedTask;
    }

    public override async Task<IReadOnlyDictionary<string, TableMark>> Marks(CancellationToken stop)
    {
        await using var connection = await Open(Target, stop);
        return await MarksOf(connection, stop);
    }

    private static async Task<SqliteConnection> Open(string path, CancellationToken stop)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Pooling = false,
                DefaultTimeout = 60,
            }.ToString()
        );
        await connection.OpenAsync(stop);
        return connection;
    }

    private static async Task<string> Ask(SqliteConnection connection, string sql, CancellationToken stop)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToString(
                await command.ExecuteScalarAsync(stop),
                System.Globalization.CultureInfo.InvariantCulture
            ) ?? "";
    }

    // Leaves out the search index, which follows from the rows.
    private static async Task<Dictionary<string, TableMark>> MarksOf(
        SqliteConnection connection,
        CancellationToken stop
    )
    {
        var tables = new List<string>();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = """
                SELECT name FROM pragma_table_list
                WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name
                """;
            await using var reader = await command.ExecuteReaderAsync(stop);
            while (await reader.ReadAsync(stop))
                tables.Add(reader.GetString(0));
        }

        var marks = new Dictionary<string, TableMark>(StringComparer.Ordinal);
        foreach (var table in tables)
            marks[table] = await MarkOf(connection, table, stop);
        return marks;
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Security",
        "CA2100",
        Justification = "The name comes from the schema."
    )]
    private static async Task<TableMark> MarkOf(SqliteConnection connection, string table, CancellationToken stop)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var command = connection.CreateCommand();
        command.CommandText = $"""SELECT * FROM "{table}" ORDER BY rowid""";
        await using var reader = await command.ExecuteReaderAsync(stop);
        var rows = 0L;
        while (await reader.ReadAsync(stop))
        {
            rows++;
            for (var i = 0; i < reader.FieldCount; i++)
                Add(hash, reader.GetValue(i));
        }

        return new(rows, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    // A kind and a length before each value, so that no two different rows give the same bytes.
    private static void Add(IncrementalHash hash, object value)
    {
        var (kind, bytes) = value switch
        {
            long number => ((byte)'i', BitConverter.GetBytes(number)),
            double number => ((byte)'r', BitConverter.GetBytes(number)),
            string text => ((byte)'t', Encoding.UTF8.GetBytes(text)),
            byte[] blob => ((byte)'b', blob),
            _ => ((byte)'n', Array.Empty<byte>()),
        };
        Span<byte> head = stackalloc byte[5];
        head[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], bytes.Length);
        hash.AppendData(head);
        hash.AppendData(bytes);
    }
}
