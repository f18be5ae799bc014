using System.Data;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MdcTts.Features.Backups.Restoring;
using MdcTts.Infrastructure.Configuration;
using Npgsql;

namespace MdcTts.Features.Backups.Databases;

/// <summary>
/// PostgreSQL: saved by pg_dump in its custom format from an exported snapshot, in which the tables are hashed too, and
/// restored by psql in one transaction.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA2100", Justification = "Names come from the schema.")]
public sealed class PostgresBackup : DatabaseBackup
{
    private const string Saved = "database";
    private const string Us = "mdc-backup";

    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly PostgresBackup? _drill;
    private readonly PostgresTools _tools;

    /// <param name="url">The database.</param>
    /// <param name="drillUrl">
    /// The same server as a role that may make databases, for <see cref="Drill"/>; null: the role of the database.
    /// </param>
    public PostgresBackup(string url, string? drillUrl = null)
        : this(At(url), drillUrl is null ? null : new PostgresBackup(At(drillUrl), null)) { }

    private PostgresBackup(NpgsqlConnectionStringBuilder target, PostgresBackup? drill)
    {
        _target = target;
        _drill = drill;
        _tools = new(target);
    }

    public override string Engine => "postgresql";

    public override async Task<Snapshot> Save(Stream to, CancellationToken stop)
    {
        if (await IsEmpty(stop))
            throw new BackupException("backups.fault.nothing");
        await using var connection = await Open(stop);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        // This connection stays idle while pg_dump runs.
        await Do(connection, "SET LOCAL idle_in_transaction_session_timeout = 0", stop);
        var snapshot = await Ask(connection, "SELECT pg_export_snapshot()", stop);
        await _tools.Run(
            "pg_dump",
            [
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                "--no-comments",
                "--lock-wait-timeout=60s",
                "--snapshot=" + snapshot,
            ],
            give: null,
            output => output.CopyToAsync(to, stop),
            stop
        );
        return new(
            await Ask(connection, """SELECT max("MigrationId") FROM "__EFMigrationsHistory" """, stop),
            await MarksOf(connection, stop)
        );
    }

    // Decompresses every byte, and not only the list of contents.
    public override Task Check(Stream saved, Manifest manifest, CancellationToken stop) =>
        _tools.Run("pg_restore", ["--file=-"], input => saved.CopyToAsync(input, stop), take: null, stop);

    public override async Task Drill(Stream saved, Manifest manifest, CancellationToken stop)
    {
        if (_drill is not null)
        {
            await _drill.Drill(saved, manifest, stop);
            return;
        }

        var name = $"mdc_drill_{Guid.NewGuid():N}";
        await using var server = await Open(stop);
        try
        {
            await Do(server, $"CREATE DATABASE {name} TEMPLATE template0", stop);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new BackupException("backups.fault.may_not_make_databases", _target.Username ?? "");
        }

        try
        {
            var scratch = new PostgresBackup(
                new NpgsqlConnectionStringBuilder(_target.ConnectionString) { Database = name },
                drill: null
            );
            await scratch.Restore(saved, manifest, stop);
            Compare(manifest, await scratch.Marks(stop));
        }
        finally
        {
            await Do(server, $"DROP DATABASE {name} WITH (FORCE)", CancellationToken.None);
        }
    }

    public override async Task<bool> IsEmpty(CancellationToken stop)
    {
        await using var connection = await Open(stop);
        return (await TablesOf(connection, stop)).Count == 0;
    }

    public override async Task RefuseWhenInUse(CancellationToken stop)
    {
        await using var connection = await Open(stop);
        // Leaves out our own connections: the last one may still be closing.
        var others = await Ask(
            connection,
            $"""
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> '{Us}'
            """,
            stop
        );
        if (others != "0")
            throw new BackupException("backups.fault.in_use", others);
    }

    public override async Task Stage(Stream saved, Manifest manifest, string folder, CancellationToken stop)
    {
        await using var file = new FileStream(Path.Combine(folder, Saved), FileMode.CreateNew);
        await saved.CopyToAsync(file, stop);
    }

    public override async Task Commit(Manifest manifest, string folder, FileSwap swap, CancellationToken stop)
    {
        var path = Path.Combine(folder, Saved);
        await using (var saved = File.OpenRead(path))
            await Restore(saved, manifest, stop);
        File.Delete(path);
    }

    public override async Task<IReadOnlyDictionary<string, TableMark>> Marks(CancellationToken stop)
    {
        await using var connection = await Open(stop);
        return await MarksOf(connection, stop);
    }

    // psql gets its COMMIT only after pg_restore has succeeded and every table was counted: any failure before leaves
    // the target as it was.
    private Task Restore(Stream saved, Manifest manifest, CancellationToken stop) =>
        _tools.Run(
            "psql",
            ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"],
            async input =>
            {
                await input.WriteAsync(Encoding.UTF8.GetBytes("BEGIN;\n" + DropAll), stop);
                await _tools.Run(
                    "pg_restore",
                    ["--no-owner", "--no-privileges", "--file=-"],
                    dump => saved.CopyToAsync(dump, stop),
                    script => script.CopyToAsync(input, stop),
                    stop
                );
                var counts = string.Concat(
                    manifest.Tables.Select(t =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"IF (SELECT count(*) FROM public.{Quoted(t.Key)}) <> {t.Value.Rows} THEN "
                        ) + $"RAISE EXCEPTION 'another number of rows in %', {Literal(t.Key)}; END IF;\n"
                    )
                );
                await input.WriteAsync(
                    Encoding.UTF8.GetBytes($"DO $check$ BEGIN\n{counts}END $check$;\nCOMMIT;\n"),
                    stop
                );
            },
            take: null,
            stop
        );

    // Drops what the app made, but nothing of an extension, which may have another owner.
    private const string DropAll = """
        DO $drop$ DECLARE thing text; BEGIN
          FOR thing IN SELECT format('TABLE public.%I', tablename) FROM pg_tables WHERE schemaname = 'public'
          LOOP EXECUTE 'DROP ' || thing || ' CASCADE'; END LOOP;
          FOR thing IN SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
              AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
          LOOP EXECUTE 'DROP FUNCTION ' || thing || ' CASCADE'; END LOOP;
        END $drop$;

        """;

    private static NpgsqlConnectionStringBuilder At(string url) =>
        new(DatabaseUrl.ToConnectionString(url))
        {
            Pooling = false,
            CommandTimeout = 0,
            ApplicationName = Us,
        };

    private async Task<NpgsqlConnection> Open(CancellationToken stop)
    {
        var connection = new NpgsqlConnection(_target.ConnectionString);
        try
        {
            await connection.OpenAsync(stop);
            return connection;
        }
        catch (NpgsqlException refused)
        {
            await connection.DisposeAsync();
            throw new BackupException("backups.fault.unreachable", refused.Message);
        }
    }

    private static async Task Do(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static async Task<string> Ask(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(stop), CultureInfo.InvariantCulture) ?? "";
    }

    // Tables and the columns to order them by: the same order whatever the database's collation.
    private static async Task<List<(string Table, string Order)>> TablesOf(
        NpgsqlConnection connection,
        CancellationToken stop
    )
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT c.relname, coalesce(string_agg(
                quote_ident(a.attname) || CASE WHEN a.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END,
                ', ' ORDER BY array_position(i.indkey::int2[], a.attnum)), '1')
            FROM pg_class c
            LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
            LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' GROUP BY c.relname ORDER BY c.relname
            """,
            connection
        );
        await using var reader = await command.ExecuteReaderAsync(stop);
        var tables = new List<(string, string)>();
        while (await reader.ReadAsync(stop))
            tables.Add((reader.GetString(0), reader.GetString(1)));
        return tables;
    }

    // The binary form depends on no setting of the session.
    private static async Task<Dictionary<string, TableMark>> MarksOf(
        NpgsqlConnection connection,
        CancellationToken stop
    )
    {
        var marks = new Dictionary<string, TableMark>(StringComparer.Ordinal);
        foreach (var (table, order) in await TablesOf(connection, stop))
        {
            var rows = long.Parse(
                await Ask(connection, $"SELECT count(*) FROM public.{Quoted(table)}", stop),
                CultureInfo.InvariantCulture
            );
            await using var bytes = await connection.BeginRawBinaryCopyAsync(
                $"COPY (SELECT * FROM public.{Quoted(table)} ORDER BY {order}) TO STDOUT (FORMAT BINARY)",
                stop
            );
            marks[table] = new(rows, Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, stop)));
        }

        return marks;
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
