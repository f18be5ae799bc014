using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace MdcTts.Infrastructure.Database;

/// <summary>Adds thousands of rows of one table in the time that <c>SaveChanges</c> takes for hundreds.</summary>
/// <remarks>
/// Columns, types and converters come from the model, so a new property needs no change here. Ids are not read back,
/// and nothing is tracked.
/// </remarks>
public static class BulkInsert
{
    /// <summary>What SQLite keeps of the changed pages of so many rows stays in its memory.</summary>
    private const int RowsAtOnce = 50;

    /// <summary>SQLite takes no more in one statement.</summary>
    private const int ParametersMax = 30_000;

    /// <summary>Inserts the rows in the transaction of <see cref="EngineDb.BeginWrite"/>.</summary>
    public static Task InsertMany<T>(this EngineDb db, IReadOnlyList<T> rows, CancellationToken stop)
        where T : class => db.InsertMany(rows.Select(row => (row, (object?)null)).ToList(), foreignKey: null, stop);

    /// <summary>
    /// The same for rows that belong to others: <paramref name="foreignKey"/> names the property that takes the owner's
    /// id.
    /// </summary>
    public static async Task InsertMany<T>(
        this EngineDb db,
        IReadOnlyList<(T Row, object? Owner)> rows,
        string? foreignKey,
        CancellationToken stop
    )
        where T : class
    {
        if (rows.Count == 0)
            return;
        var type = db.Model.FindEntityType(typeof(T))!;
        var columns = type.GetProperties()
            .Where(p =>
                !(
                    p.IsPrimaryKey()
                    && p.ValueGenerated == ValueGenerated.OnAdd
                    && p.ClrType != typeof(string)
                    && p.Name != foreignKey
                )
            )
            .Select(p => new Column(p, p.Name == foreignKey))
            .ToList();
        foreach (var (row, _) in rows)
            db.Complete(row);
        if (db.Database.GetDbConnection() is SqliteConnection sqlite)
            IntoSqlite(db, sqlite, type, columns, rows, stop);
        else
            await IntoPostgres(db, type, columns, rows, stop);
    }

    /// <summary>A column of the table and where its value comes from.</summary>
    private sealed class Column(IProperty property, bool isOwner)
    {
        private readonly Func<object?, object?>? _convert = property
            .GetRelationalTypeMapping()
            .Converter?.ConvertToProvider;

        public IProperty Property => property;

        public object? Of(object row, object? owner)
        {
            var value = isOwner ? owner : property.GetGetter().GetClrValue(row);
            return value is null || _convert is null ? value : _convert(value);
        }
    }

    /// <summary>
    /// In process: one statement of many rows, which stays prepared. A statement keeps each page that it changes as it
    /// was; with triggers and twenty indexes that takes longer for one row than the row itself.
    /// </summary>
    private static void IntoSqlite<T>(
        EngineDb db,
        SqliteConnection connection,
        IEntityType type,
        List<Column> columns,
        IReadOnlyList<(T Row, object? Owner)> rows,
        CancellationToken stop
    )
        where T : class
    {
        SqliteStatement.KeepMorePages(connection);
        var names = NamesOf(db, type, columns);
        var one = $"({string.Join(", ", columns.Select(_ => "?"))})";
        var most = Math.Min(RowsAtOnce, ParametersMax / columns.Count);
        for (var from = 0; from < rows.Count; )
        {
            var count = Math.Min(most, rows.Count - from);
            using var statement = new SqliteStatement(
                connection,
                $"INSERT INTO {names.Table} ({names.Columns}) VALUES {string.Join(", ", Enumerable.Repeat(one, count))}"
            );
            for (; from + count <= rows.Count; from += count)
            {
                stop.ThrowIfCancellationRequested();
                var place = 0;
                foreach (var (row, owner) in rows.Skip(from).Take(count))
                {
                    foreach (var column in columns)
                        statement.Bind(++place, column.Of(row, owner));
                }

                statement.Run();
            }
        }
    }

    /// <summary>Over the wire: a stream of rows, which the server neither parses nor plans.</summary>
    private static async Task IntoPostgres<T>(
        EngineDb db,
        IEntityType type,
        List<Column> columns,
        IReadOnlyList<(T Row, object? Owner)> rows,
        CancellationToken stop
    )
        where T : class
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var names = NamesOf(db, type, columns);
        var types = columns.ConvertAll(column => TypeOf(connection, column.Property));
        await using var copy = await connection.BeginBinaryImportAsync(
            $"COPY {names.Table} ({names.Columns}) FROM STDIN (FORMAT BINARY)",
            stop
        );
        foreach (var (row, owner) in rows)
        {
            await copy.StartRowAsync(stop);
            for (var i = 0; i < columns.Count; i++)
            {
                if (columns[i].Of(row, owner) is { } value)
                    await copy.WriteAsync(value, types[i], stop);
                else
                    await copy.WriteNullAsync(stop);
            }
        }

        await copy.CompleteAsync(stop);
    }

    private static NpgsqlDbType TypeOf(NpgsqlConnection connection, IProperty property)
    {
        using DbCommand command = connection.CreateCommand();
        var mapping = property.GetRelationalTypeMapping();
        return ((NpgsqlParameter)mapping.CreateParameter(command, "p", value: null, nullable: true)).NpgsqlDbType;
    }

    private static (string Table, string Columns) NamesOf(EngineDb db, IEntityType type, List<Column> columns)
    {
        var sql = db.GetService<ISqlGenerationHelper>();
        return (
            sql.DelimitIdentifier(type.GetTableName()!),
            string.Join(", ", columns.Select(c => sql.DelimitIdentifier(c.Property.GetColumnName())))
        );
    }
}
