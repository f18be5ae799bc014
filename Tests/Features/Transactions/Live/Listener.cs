using System.Net;
using System.Threading.Channels;
using MdcTts.Support;
using Xunit.Sdk;

namespace MdcTts.Features.Transactions.Live;

/// <summary>Reads a stream of events as a browser does.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http;
    private readonly HttpResponseMessage _response;
    private readonly Channel<Event> _events = Channel.CreateUnbounded<Event>();
    private readonly CancellationTokenSource _leaving = new();
    private readonly Task _reading;

    private Listener(HttpClient http, HttpResponseMessage response)
    {
        (_http, _response) = (http, response);
        _reading = Read();
    }

    /// <summary>One event as it was written.</summary>
    public sealed record Event(string Type, string Id, string Data);

    public HttpResponseMessage Response => _response;

    /// <summary>The last id heard.</summary>
    public string LastId { get; private set; } = "";

    /// <summary>The last <c>retry:</c>.</summary>
    public string? Retry { get; private set; }

    /// <summary>When the server has ended it.</summary>
    public Task Ended => _reading.WaitAsync(Patience);

    public static async Task<Listener> Open(
        App app,
        Visitor visitor,
        string topics = "list=1",
        string? lastId = null,
        string accept = "text/event-stream"
    )
    {
        var http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ResponseDrainTimeout = TimeSpan.Zero,
            }
        )
        {
            BaseAddress = app.Address,
        };
        var request = new HttpRequestMessage(HttpMethod.Get, "/transactions/live?" + topics);
        request.Headers.Add("Cookie", string.Join("; ", visitor.Cookies.Select(c => $"{c.Key}={c.Value}")));
        request.Headers.Add("Accept", accept);
        request.Headers.Add("Accept-Encoding", "br, gzip");
        if (lastId is not null)
            request.Headers.Add("Last-Event-ID", lastId);
        var listener = new Listener(http, await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
        // Before this came it might hear nothing of what is done next.
        if (listener._response.StatusCode == HttpStatusCode.OK)
            await listener.Next("beat");
        return listener;
    }

    public static Task<Listener> Open(App app, Person person, string topics = "list=1", string? lastId = null) =>
        Open(app, app.SignedInAs(person), topics, lastId);

    /// <summary>The next event that is no heartbeat, or of this type.</summary>
    public async Task<Event> Next(string? type = null)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                var heard = await _events.Reader.ReadAsync(limit.Token);
                if (type is null ? heard.Type != "beat" : heard.Type == type)
                    return heard;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            throw new XunitException(
                $"Heard nothing {(e is ChannelClosedException ? "before the end" : "in time")} "
                    + $"(waiting for {type ?? "anything"}).",
                e
            );
        }
    }

    /// <summary>The same on a replica, whose clock stands still: it looks every second.</summary>
    public async Task<Event> NextOn(App replica)
    {
        var next = Next();
        await Wait.For(next, replica.Clock);
        return await next;
    }

    public async ValueTask DisposeAsync()
    {
        // The reading ends first: HttpClient may throw anything where a stream is disposed that somebody reads.
        await _leaving.CancelAsync();
        await _reading;
        _response.Dispose();
        _http.Dispose();
        _leaving.Dispose();
    }

    private async Task Read()
    {
        try
        {
            using var reader = new StreamReader(await _response.Content.ReadAsStreamAsync());
            var (type, id, data) = ("message", "", "");
            while (await reader.ReadLineAsync(_leaving.Token) is { } line)
            {
                var value = line[(line.IndexOf(':') + 1)..].TrimStart();
                if (line.StartsWith("event:", StringComparison.Ordinal))
                    type = value;
                else if (line.StartsWith("id:", StringComparison.Ordinal))
                    id = value;
                else if (line.StartsWith("data:", StringComparison.Ordinal))
                    data = value;
                else if (line.StartsWith("retry:", StringComparison.Ordinal))
                    Retry = value;
                else if (data.Length > 0)
                {
                    LastId = id;
                    _events.Writer.TryWrite(new(type, id, data));
                    (type, data) = ("message", "");
                }
            }
        }
        catch (Exception e)
            when (e is IOException or HttpRequestException or ObjectDisposedException or OperationCanceledException)
        {
            // The line broke.
        }

        _events.Writer.TryComplete();
    }
}
