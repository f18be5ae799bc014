using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// A statement that runs again and again with values by their place. The driver looks each one up by its name at every
/// run, which takes longer than the insert itself where there are thirty.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private byte[] _text = ArrayPool<byte>.Shared.Rent(4096);

    /// <param name="connection">Open, and in the transaction that the statement belongs to.</param>
    /// <param name="sql">With <c>?</c> for each value.</param>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_connection, sql, out _statement));
    }

    /// <summary>
    /// Lets a connection that writes much hold the pages of all indexes in memory, for as long as it is open. With the
    /// two megabytes that SQLite takes otherwise it writes and reads the same pages again and again. Pages that change
    /// in each batch are copied into the file after some batches, and not after each.
    /// </summary>
    public static void KeepMorePages(SqliteConnection connection) =>
        SqliteException.ThrowExceptionForRC(
            raw.sqlite3_exec(connection.Handle!, "PRAGMA cache_size=-32768; PRAGMA wal_autocheckpoint=4000"),
            connection.Handle!
        );

    /// <summary>Sets a value, as the driver would write it.</summary>
    /// <param name="place">From 1 on.</param>
    public void Bind(int place, object? value) =>
        Check(
            value switch
            {
                null => raw.sqlite3_bind_null(_statement, place),
                string text => BindText(place, text),
                int number => raw.sqlite3_bind_int64(_statement, place, number),
                long number => raw.sqlite3_bind_int64(_statement, place, number),
                bool truth => raw.sqlite3_bind_int64(_statement, place, truth ? 1 : 0),
                double number => raw.sqlite3_bind_double(_statement, place, number),
                byte[] bytes => raw.sqlite3_bind_blob(_statement, place, bytes),
                DateTime at => BindText(
                    place,
                    at.ToString(@"yyyy\-MM\-dd HH\:mm\:ss.FFFFFFF", CultureInfo.InvariantCulture)
                ),
                DateOnly day => BindText(place, day.ToString(@"yyyy\-MM\-dd", CultureInfo.InvariantCulture)),
                Guid id => BindText(place, id.ToString().ToUpperInvariant()),
                Enum each => raw.sqlite3_bind_int64(
                    _statement,
                    place,
                    Convert.ToInt64(each, CultureInfo.InvariantCulture)
                ),
                _ => throw new NotSupportedException($"A {value.GetType().Name} is not written in bulk yet."),
            }
        );

    public void Run()
    {
        var code = raw.sqlite3_step(_statement);
        if (code != raw.SQLITE_DONE)
            Check(code);
        Check(raw.sqlite3_reset(_statement));
    }

    public void Dispose()
    {
        _statement.Dispose();
        ArrayPool<byte>.Shared.Return(_text);
        _text = [];
    }

    private int BindText(int place, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most > _text.Length)
        {
            ArrayPool<byte>.Shared.Return(_text);
            _text = ArrayPool<byte>.Shared.Rent(most);
        }

        // SQLite takes a copy. An empty span would become NULL.
        var length = Encoding.UTF8.GetBytes(text, _text);
        return length == 0
            ? raw.sqlite3_bind_text(_statement, place, string.Empty)
            : raw.sqlite3_bind_text(_statement, place, _text.AsSpan(0, length));
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _connection);
}
