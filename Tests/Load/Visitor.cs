using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MdcTts.Load;

/// <summary>Where to and with what.</summary>
internal sealed record Target(Uri Edge, string Certificate, string Admin, string Password, bool UseHttp2)
{
    /// <summary>The person who sees everything.</summary>
    public const int TheAdmin = 0;

    public static Target FromEnvironment(bool useHttp2) =>
        new(new(Read("EDGE")), Read("CERTIFICATE"), Read("ADMIN_EMAIL"), Read("ADMIN_PASSWORD"), useHttp2);

    public string EmailOf(int person) =>
        person == TheAdmin ? Admin : string.Create(CultureInfo.InvariantCulture, $"load-{person}@lab.example");

    private static string Read(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set.");
}

/// <summary>
/// A person with an address of their own in 127.0.0.0/8, so that limits by address count them as they would outside: a
/// browser's session, or a script's token.
/// </summary>
internal sealed partial class Visitor : IDisposable
{
    private readonly HttpClient _http;
    private readonly Target _target;
    private readonly int _person;

    public Visitor(Target target, int person)
    {
        (_target, _person) = (target, person);
        var trusted = X509CertificateLoader.LoadCertificateFromFile(target.Certificate).GetCertHashString();
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            CookieContainer = new(),
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            ConnectCallback = async (context, stop) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
                {
                    NoDelay = true,
                };
                try
                {
                    socket.Bind(
                        new IPEndPoint(new IPAddress([127, 9, (byte)(person / 250), (byte)(1 + person % 250)]), 0)
                    );
                    await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, stop);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate?.GetCertHashString() == trusted;
        _http = new(handler)
        {
            BaseAddress = target.Edge,
            // Longer than any timeout of the proxies: what takes this long hangs.
            Timeout = TimeSpan.FromSeconds(75),
            DefaultRequestVersion = target.UseHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>By the form, as a browser does.</summary>
    public async Task SignIn(CancellationToken stop)
    {
        using var answer = await Submit(
            "/signin",
            "/signin",
            new() { ["email"] = _target.EmailOf(_person), ["password"] = _target.Password },
            stop
        );
        if (answer.StatusCode != HttpStatusCode.SeeOther)
            throw new InvalidOperationException($"Sign-in of {_target.EmailOf(_person)}: {(int)answer.StatusCode}");
    }

    /// <summary>For a token, as a script does.</summary>
    public async Task SignInToApi(CancellationToken stop)
    {
        using var answer = await _http.PostAsJsonAsync(
            "/api/v1/auth/login",
            new { email = _target.EmailOf(_person), password = _target.Password },
            stop
        );
        answer.EnsureSuccessStatusCode();
        var pair = await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            pair.GetProperty("accessToken").GetString()
        );
    }

    public Task<HttpResponseMessage> Get(string path, CancellationToken stop) => _http.GetAsync(path, stop);

    /// <summary>The answer as it comes; server-sent events, after the last one that was heard.</summary>
    public async Task<HttpResponseMessage> Stream(string path, string? lastEvent, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Version = _http.DefaultRequestVersion,
            VersionPolicy = _http.DefaultVersionPolicy,
        };
        request.Headers.Add("Accept", "text/event-stream");
        if (lastEvent is not null)
            request.Headers.Add("Last-Event-ID", lastEvent);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
    }

    public async Task<JsonElement> Json(string path, CancellationToken stop)
    {
        using var answer = await _http.GetAsync("/api/v1" + path, stop);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(stop);
    }

    public async Task<HttpResponseMessage> Post(string path, object body, string key, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1" + path)
        {
            Content = JsonContent.Create(body),
            Version = _http.DefaultRequestVersion,
            VersionPolicy = _http.DefaultVersionPolicy,
        };
        request.Headers.Add("Idempotency-Key", key);
        return await _http.SendAsync(request, stop);
    }

    /// <summary>Posts a form with the token of a page.</summary>
    /// <param name="between">What happens while the person fills it in.</param>
    public async Task<HttpResponseMessage> Submit(
        string page,
        string action,
        Dictionary<string, string> fields,
        CancellationToken stop,
        Func<Task>? between = null
    )
    {
        var html = await _http.GetStringAsync(page, stop);
        var token = Token().Match(html);
        if (!token.Success)
            throw new InvalidOperationException($"{page} has no form.");
        fields["__RequestVerificationToken"] = token.Groups["token"].Value;
        if (between is not null)
            await between();
        using var form = new FormUrlEncodedContent(fields);
        return await _http.PostAsync(action, form, stop);
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex(
        "name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Token();
}
