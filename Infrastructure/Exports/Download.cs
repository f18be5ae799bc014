using System.Globalization;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Web;
using Microsoft.Net.Http.Headers;

namespace MdcTts.Infrastructure.Exports;

/// <summary>A file that is written while it is sent.</summary>
/// <param name="name">What it is called, without date and ending.</param>
/// <param name="today">Its date.</param>
/// <param name="format"><c>xlsx</c>, <c>csv</c>, <c>json</c> or <c>pdf</c>.</param>
/// <param name="write">Writes its content.</param>
/// <param name="log">Told when it broke off.</param>
public sealed partial class Download(
    string name,
    DateOnly today,
    string format,
    Func<HttpContext, Task> write,
    ILogger log
) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (httpContext.ReadOnly() == ReadOnlyMode.Everything)
        {
            // Its audit entry is written at its end, where a refusal would come too late.
            await ReadOnlyRefusal.Write(httpContext);
            return;
        }

        var response = httpContext.Response;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{name}-{today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.{format}");
        response.Headers.ContentDisposition = disposition.ToString();
        response.ContentType = format switch
        {
            "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "csv" => "text/csv; charset=utf-8; header=present",
            "pdf" => "application/pdf",
            _ => "application/json; charset=utf-8",
        };
        try
        {
            await write(httpContext);
        }
        catch (Exception e) when (response.HasStarted)
        {
            // Too late for an error page. A connection that breaks off is the one thing that every reader takes for a
            // failure.
            if (!httpContext.RequestAborted.IsCancellationRequested)
                Log.BrokenOff(log, e, format);
            httpContext.Abort();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Export as {Format} broke off")]
        public static partial void BrokenOff(ILogger logger, Exception exception, string format);
    }
}
