using System.Buffers;
using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MdcTts.Features.Transactions;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MdcTts.Benchmarks;

/// <summary>
/// The limit: for each scenario an endpoint that sends the app's own statements with the app's own values through plain
/// ADO.NET, on connections and prepared commands that it keeps,
/// and answers the rows as text, filled up to the size of the app's answer. No authentication, no EF, no templates, no
/// log.
/// </summary>
internal static class Bare
{
    // What the app's WriteGate does: writers queue here and not inside SQLite, where they would sleep.
    private static readonly SemaphoreSlim OneWriter = new(1, 1);

    public static async Task Serve(string file, string address, CancellationToken stop)
    {
        var recording = Recording.Read(file);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        await using var app = builder.Build();
        var sessions = new ConcurrentBag<Session>();
        foreach (var (key, request) in recording.Scenarios)
        {
            async Task Answer(HttpContext http)
            {
                if (!sessions.TryTake(out var session))
                    session = await Session.Open(recording);
                var answer = await session.Run(request);
                http.Response.StatusCode =
                    key == Scenario.CreateKey ? StatusCodes.Status201Created : StatusCodes.Status200OK;
                http.Response.ContentType = "text/plain; charset=utf-8";
                http.Response.ContentLength = answer.Length;
                await http.Response.BodyWriter.WriteAsync(answer, http.RequestAborted);
                sessions.Add(session);
            }

            if (key == Scenario.CreateKey)
                app.MapPost("/" + key, Answer);
            else
                app.MapGet("/" + key, Answer);
        }

        await app.StartAsync(stop);
        await app.WaitForShutdownAsync(stop);
    }

    /// <summary>A connection with its prepared commands.</summary>
    private sealed class Session(DbConnection connection, Recording recording)
    {
        private readonly Dictionary<Recording.Request, List<(string Kind, DbCommand? Command)>> _prepared = new(
            ReferenceEqualityComparer.Instance
        );
        private readonly List<(DbParameter Parameter, object Recorded)> _own = [];
        private readonly ArrayBufferWriter<byte> _answer = new(64 * 1024);
        private int _id;
        private string? _number;
        private string? _token;

        public static async Task<Session> Open(Recording recording)
        {
            DbConnection connection = recording.IsPostgres
                ? new NpgsqlConnection(recording.Connection)
                : new SqliteConnection(recording.Connection);
            await connection.OpenAsync();
            return new Session(connection, recording);
        }

        public async Task<ReadOnlyMemory<byte>> Run(Recording.Request request)
        {
            _answer.ResetWrittenCount();
            if (!_prepared.TryGetValue(request, out var steps))
                _prepared[request] = steps = await Prepare(request);
            DbTransaction? transaction = null;
            try
            {
                foreach (var (kind, command) in steps)
                {
                    if (kind == Step.Begin)
                    {
                        if (!recording.IsPostgres)
                            await OneWriter.WaitAsync();
                        transaction = await connection.BeginTransactionAsync();
                    }
                    else if (kind == Step.Commit)
                    {
                        await transaction!.CommitAsync();
                        await End();
                    }
                    else
                    {
                        command!.Transaction = transaction;
                        await Send(command);
                    }
                }
            }
            finally
            {
                if (transaction is not null)
                    await End();
            }

            if (request.Bytes > _answer.WrittenCount)
            {
                var rest = request.Bytes - _answer.WrittenCount;
                _answer.GetSpan(rest)[..rest].Fill((byte)'.');
                _answer.Advance(rest);
            }

            return _answer.WrittenMemory;

            async Task End()
            {
                await transaction.DisposeAsync();
                transaction = null;
                if (!recording.IsPostgres)
                    OneWriter.Release();
            }
        }

        private async Task<List<(string Kind, DbCommand? Command)>> Prepare(Recording.Request request)
        {
            var steps = new List<(string Kind, DbCommand? Command)>();
            var writes = request.Steps.Any(s => s.Kind == Step.Begin);
            foreach (var step in request.Steps)
            {
                steps.Add((step.Kind, null));
                if (step.Kind != Step.Statement)
                    continue;
                var command = connection.CreateCommand();
                command.CommandText = step.Sql;
                foreach (var parameter in step.Values!.Select(v => v.AddTo(command)))
                    if (writes && recording.Made is { } made && IsOwn(parameter.Value!, made))
                        _own.Add((parameter, parameter.Value!));
                await command.PrepareAsync();
                steps[^1] = (step.Kind, command);
            }

            return steps;
        }

        private async Task Send(DbCommand command)
        {
            await using var reader = await command.ExecuteReaderAsync();
            var result = 0;
            do
            {
                while (await reader.ReadAsync())
                {
                    if (command.Transaction is not null)
                        Learn(command.CommandText, result, reader);
                    for (var i = 0; i < reader.FieldCount; i++)
                        Write(reader.GetValue(i));
                }

                // Results without columns are statements that answer nothing.
                if (reader.FieldCount > 0)
                    result++;
            } while (await reader.NextResultAsync());
        }

        // A create's number and id come from its own statements, and go into those that follow.
        private void Learn(string sql, int result, DbDataReader reader)
        {
            if (recording.Made is not { } made)
                return;
            if (sql.Contains("INTO \"NumberCounters\"", StringComparison.Ordinal))
            {
                _number = TransactionNumber.Of(
                    int.Parse(made.Number.AsSpan(4, 4), CultureInfo.InvariantCulture),
                    reader.GetInt64(0)
                );
                if (reader.FieldCount > 1)
                    _id = reader.GetInt32(1);
                _token = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(20));
            }
            else if (
                sql.IndexOf("INSERT INTO \"Transactions\"", StringComparison.Ordinal) is var at and >= 0
                && sql[..at].Split("RETURNING").Length - 1 == result
            )
            {
                _id = reader.GetInt32(0);
            }
            else
            {
                return;
            }

            foreach (var (parameter, recorded) in _own)
            {
                parameter.Value = recorded switch
                {
                    string text => text == made.Token
                        ? _token!
                        : text.Replace(made.Number, _number, StringComparison.Ordinal)
                            .Replace(
                                made.Number.ToLowerInvariant(),
                                _number!.ToLowerInvariant(),
                                StringComparison.Ordinal
                            ),
                    _ => _id,
                };
            }
        }

        private static bool IsOwn(object value, Recording.Created made) =>
            value switch
            {
                string text => text == made.Token || text.Contains(made.Number, StringComparison.OrdinalIgnoreCase),
                int number => number == made.Id,
                _ => false,
            };

        private void Write(object value)
        {
            int written;
            if (value is string text)
            {
                written = Encoding.UTF8.GetBytes(text, _answer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
            }
            else
            {
                written = 0;
                if (value is IUtf8SpanFormattable number)
                    number.TryFormat(_answer.GetSpan(64), out written, default, CultureInfo.InvariantCulture);
            }

            _answer.Advance(written);
            _answer.GetSpan(1)[0] = (byte)'\t';
            _answer.Advance(1);
        }
    }
}
