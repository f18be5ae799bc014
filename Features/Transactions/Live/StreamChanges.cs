using System.Globalization;
using MdcTts.Features.Transactions.Imports;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Live;

/// <summary>
/// What changes while somebody looks, as server-sent events; who does not ask for a stream gets what is new and the
/// end: that is the way to poll.
/// </summary>
public static class StreamChanges
{
    private const string EventStream = "text/event-stream";
    private const int MissedMax = 2_000;

    /// <summary>Slower readers are cut off.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The page it is for, and the mark it was made at or the last one heard.</summary>
    public sealed record Query(string? List, string? Number, string? Import, string? After);

    public static void Map(RouteGroupBuilder pages) =>
        pages
            .MapGet("/live", Stream)
            .RequireAuthorization(Policies.SignedIn)
            .SentInBackground()
            .DisableHttpMetrics()
            .DisableRequestTimeout();

    private static async Task<IResult> Stream(
        [AsParameters] Query query,
        AppDb db,
        CurrentUser user,
        LiveFeed feed,
        IHostApplicationLifetime life,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (feed.Open(user, await Topics(query, db, user, stop)) is not { } stream)
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, life.ApplicationStopping);
        try
        {
            http.Response.ContentType = EventStream;
            http.Response.Headers["X-Accel-Buffering"] = "no";
            http.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            var last = http.Request.Headers["Last-Event-ID"] is [{ } id] ? id : query.After;
            await Write(http, await Missed(feed.PlaceOf(last), stream, feed, http, ending.Token));
            if (
                http.WantsNoBody()
                || !http.Request.Headers.Accept.ToString().Contains(EventStream, StringComparison.Ordinal)
            )
                return TypedResults.Empty;
            await foreach (var frames in stream.Frames(ending.Token))
                await Write(http, frames);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // This process stops, or the browser has gone.
        }
        finally
        {
            feed.Close(stream);
        }

        // Not all at once: another replica takes them.
        if (!stop.IsCancellationRequested)
            await Write(
                http,
                string.Create(CultureInfo.InvariantCulture, $"retry: {Random.Shared.Next(500, 3_000)}\n\n")
            );
        return TypedResults.Empty;
    }

    private static async Task<IReadOnlySet<string>> Topics(
        Query query,
        AppDb db,
        CurrentUser user,
        CancellationToken stop
    )
    {
        var topics = new HashSet<string>(StringComparer.Ordinal);
        if (query.List is not null)
            topics.Add(LiveTopics.List);
        if (query.Number is not null)
            topics.Add(LiveTopics.Of(query.Number));
        if (
            int.TryParse(query.Import, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            && await db.Imports.VisibleTo(user).AnyAsync(i => i.Id == id, stop)
        )
            topics.Add(LiveTopics.OfImport(id));
        return topics;
    }

    /// <summary>
    /// What was written since the browser last heard of us. The stream is open already: what comes meanwhile waits in
    /// it, and hearing of something twice does no harm.
    /// </summary>
    private static async Task<string> Missed(
        long? last,
        LiveStream stream,
        LiveFeed feed,
        HttpContext http,
        CancellationToken stop
    )
    {
        var mark = feed.Mark;
        var frames = $"retry: 2000\n{LiveFrame.Of("beat", mark)}";
        if (LiveTopics.ImportsIn(stream.Topics).Any())
            frames += LiveFrame.Of("import", mark);
        if (last is not { } after)
            return frames;
        var missed = await feed.Since(after, MissedMax, stream, http.RequestServices, stop);
        return frames + (missed ?? LiveFrame.Of("many", mark));
    }

    private static async Task Write(HttpContext http, string frames)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(Patience);
        try
        {
            await http.Response.WriteAsync(frames, patience.Token);
            await http.Response.Body.FlushAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
            throw;
        }
    }
}
