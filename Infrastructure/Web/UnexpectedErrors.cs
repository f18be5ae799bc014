using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Logging;
using MdcTts.Infrastructure.Ui;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Web;

/// <summary>
/// Everything that no handler foresaw: logged once, answered without detail in the form the caller reads.
/// </summary>
public sealed partial class UnexpectedErrors(ILogger<UnexpectedErrors> log) : IExceptionHandler
{
    private const int Busy = 5;

    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext,
        Exception exception,
        CancellationToken cancellationToken
    )
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
            return true;
        Preferences.Speak(httpContext);
        // Antiforgery is the first to read a form, and wraps what is wrong with it.
        if (exception is AntiforgeryValidationException { InnerException: { } unreadable })
            exception = unreadable;
        var (status, key) = exception switch
        {
            BadHttpRequestException { StatusCode: 413 } => (413, "problem.too_large"),
            BadHttpRequestException { StatusCode: 415 } => (415, "problem.unsupported_media"),
            BadHttpRequestException => (400, "problem.unreadable"),
            InvalidDataException when httpContext.Request.HasFormContentType => (400, "problem.unreadable"),
            _ when exception.IsReadOnlyDatabase() => (503, "problem.read_only"),
            _ when exception.IsFullStorage() => (507, "problem.storage_full"),
            DbUpdateConcurrencyException => (409, "problem.changed_meanwhile"),
            _ when IsDatabaseAway(exception) => (503, "problem.database_away"),
            BusyException => (503, "problem.busy"),
            _ => (500, "problem.unexpected"),
        };
        if (
            exception is BadHttpRequestException { InnerException: System.Text.Json.JsonException json }
            && httpContext.IsApi()
        )
        {
            // The path names the member; the framework's message would be in English and name our types.
            await ProblemResults.WriteJson(
                httpContext,
                400,
                "problem.unreadable_json",
                [json.Path is { Length: > 0 and < 200 } path ? path : "$"]
            );
            return true;
        }

        if (key == "problem.read_only")
        {
            await ReadOnlyRefusal.Write(httpContext);
            return true;
        }

        if (status == 503)
            httpContext.Response.Headers.RetryAfter = "2";
        if (key == "problem.database_away")
            Log.DatabaseAway(
                log,
                httpContext.Request.Method,
                Logs.PathOf(httpContext),
                exception.GetBaseException().Message
            );

        if (status == 507)
            Log.StorageFull(log, exception, httpContext.Request.Method, Logs.PathOf(httpContext));
        if (status == 500)
            Log.Unexpected(log, exception, httpContext.Request.Method, Logs.PathOf(httpContext));
        await Write(httpContext, status, key);
        return true;
    }

    /// <summary>Answers a bare status (404 of no endpoint, 405, 401 …) in the form the caller reads.</summary>
    public static Task Write(HttpContext http, int status, string? key = null)
    {
        Preferences.Speak(http);
        key ??= Words.T.Has($"problem.status.{status}") ? $"problem.status.{status}" : "problem.unexpected";
        return http.IsApi()
            ? ProblemResults.WriteJson(http, status, key, [])
            : http.HtmlError(status, Words.T[key]).ExecuteAsync(http);
    }

    /// <summary>
    /// It is restarting, a kept connection to it died, or on SQLite somebody else writes for long: the next attempt may
    /// well succeed.
    /// </summary>
    private static bool IsDatabaseAway(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is Npgsql.NpgsqlException { IsTransient: true } or SqliteException { SqliteErrorCode: Busy })
                return true;
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "The database was away for {Method} {Path}: {Reason}")]
        public static partial void DatabaseAway(ILogger logger, string method, string path, string reason);

        [LoggerMessage(3, LogLevel.Critical, "The storage is full: {Method} {Path}")]
        public static partial void StorageFull(ILogger logger, Exception exception, string method, string path);

        [LoggerMessage(1, LogLevel.Error, "Request failed: {Method} {Path}")]
        public static partial void Unexpected(ILogger logger, Exception exception, string method, string path);
    }
}
