using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace MdcTts.Infrastructure.Database;

/// <summary>Adds thousands of rows of one table in the time that <c>SaveChanges</c> takes for hundreds.</summary>
/// <remarks>
/// Columns, types and converters come from the model, so a new property needs no change here. Ids are not read back,
/// and nothing is tracked.
/// </remarks>
public static class BulkInsert
{
    // PostgreSQL gains by sending many rows at once; SQLite, in process, by one statement that stays prepared.
    private const int PostgresRows = 100;

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
            .ToList();
        DbCommand? command = null;
        var sized = 0;
        try
        {
            foreach (var chunk in rows.Chunk(db.IsSqlite ? 1 : PostgresRows))
            {
                if (chunk.Length != sized)
                {
                    if (command is not null)
                        await command.DisposeAsync();
                    command = Command(db, type, columns, chunk.Length);
                    await command.PrepareAsync(stop);
                    sized = chunk.Length;
                }

                var at = 0;
                foreach (var (row, _) in chunk)
                    db.Complete(row);
                foreach (var (row, owner) in chunk)
                foreach (var column in columns)
                    command!.Parameters[at++].Value = Value(
                        column,
                        column.Name == foreignKey ? owner : column.GetGetter().GetClrValue(row)
                    );
                await command!.ExecuteNonQueryAsync(stop);
            }
        }
        finally
        {
            if (command is not null)
                await command.DisposeAsync();
        }
    }

    private static object Value(IProperty column, object? value) =>
        (
            value is not null && column.GetRelationalTypeMapping().Converter is { } converter
                ? converter.ConvertToProvider(value)
                : value
        ) ?? DBNull.Value;

    [SuppressMessage(
        "Security",
        "CA2100",
        Justification = "Only names of the model go into the text; values are parameters."
    )]
    private static DbCommand Command(EngineDb db, IEntityType type, List<IProperty> columns, int rows)
    {
        var sql = db.GetService<ISqlGenerationHelper>();
        var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        var text = new StringBuilder("INSERT INTO ")
            .Append(sql.DelimitIdentifier(type.GetTableName()!))
            .Append(" (")
            .AppendJoin(", ", columns.Select(c => sql.DelimitIdentifier(c.GetColumnName())))
            .Append(") VALUES ");
        for (var row = 0; row < rows; row++)
        {
            text.Append(row == 0 ? "(" : ", (");
            for (var i = 0; i < columns.Count; i++)
            {
                var name = $"@p{row * columns.Count + i}";
                text.Append(i == 0 ? "" : ", ").Append(name);
                command.Parameters.Add(
                    columns[i].GetRelationalTypeMapping().CreateParameter(command, name, value: null, nullable: true)
                );
            }

            text.Append(')');
        }

        command.CommandText = text.ToString();
        return command;
    }
}
