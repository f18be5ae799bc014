using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Xunit.Sdk;

namespace MdcTts.Support;

/// <summary>
/// A script that calls the API with a bearer token. Paths begin after <c>/api/v1</c>: <c>Get("/transactions?q=x")</c>.
/// </summary>
public sealed class ApiClient : IDisposable
{
    private const string Root = "/api/v1";

    private readonly App _app;
    private readonly RequestLog _log;
    private readonly HttpClient _http;

    internal ApiClient(App app, RequestLog log, string? token)
    {
        (_app, _log) = (app, log);
        _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = app.Address,
        };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    /// <summary>Sent with every request.</summary>
    public HttpRequestHeaders Headers => _http.DefaultRequestHeaders;

    public Task<ApiAnswer> Get(string path) => Send(HttpMethod.Get, path);

    /// <summary>Posts an object as JSON; <c>headers</c> such as <c>("Idempotency-Key", "a")</c>.</summary>
    public Task<ApiAnswer> Post(string path, object? body = null, params (string Name, string Value)[] headers) =>
        Send(HttpMethod.Post, path, JsonOf(body), headers);

    /// <summary>Puts; without <paramref name="version"/> no If-Match is sent.</summary>
    public Task<ApiAnswer> Put(string path, object? body, int? version = null) =>
        Send(HttpMethod.Put, path, JsonOf(body), version is { } v ? [("If-Match", $"\"{v}\"")] : []);

    /// <summary>Patches; without <paramref name="version"/> no If-Match is sent.</summary>
    public Task<ApiAnswer> Patch(string path, object? body, int? version = null) =>
        Send(HttpMethod.Patch, path, JsonOf(body), version is { } v ? [("If-Match", $"\"{v}\"")] : []);

    public Task<ApiAnswer> Delete(string path, object? body = null) =>
        Send(HttpMethod.Delete, path, body is null ? null : JsonOf(body));

    /// <summary>Posts text as it is, for bodies that are no JSON or not the right one.</summary>
    public Task<ApiAnswer> PostRaw(string path, string body, string contentType = "application/json") =>
        Send(
            HttpMethod.Post,
            path,
            new ByteArrayContent(Encoding.UTF8.GetBytes(body))
            {
                Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) },
            }
        );

    /// <summary>Uploads a file (multipart) with other fields.</summary>
    public Task<ApiAnswer> Upload(
        string path,
        string field,
        string fileName,
        byte[] content,
        params (string Name, string Value)[] fields
    )
    {
        var parts = new MultipartFormDataContent { { new ByteArrayContent(content), field, fileName } };
        foreach (var (name, value) in fields)
            parts.Add(new StringContent(value), name);
        return Send(HttpMethod.Post, path, parts);
    }

    /// <summary>Uploads several files of one field.</summary>
    public Task<ApiAnswer> UploadMany(string path, string field, IEnumerable<(string Name, byte[] Bytes)> files)
    {
        var parts = new MultipartFormDataContent();
        foreach (var (name, bytes) in files)
            parts.Add(new ByteArrayContent(bytes), field, name);
        return Send(HttpMethod.Post, path, parts);
    }

    public async Task<ApiAnswer> Send(
        HttpMethod method,
        string path,
        HttpContent? content = null,
        params (string Name, string Value)[] headers
    )
    {
        var name = Guid.NewGuid().ToString("N");
        using var request = new HttpRequestMessage(
            method,
            path.StartsWith("/api", StringComparison.Ordinal) ? path : Root + path
        )
        {
            Content = content,
        };
        request.Headers.Add(RequestLog.Header, name);
        foreach (var (header, value) in headers)
            request.Headers.TryAddWithoutValidation(header, value);
        using var response = await _http.SendAsync(request);
        return new(await Answer.Read(response, _log.StatementsOf(name), _app));
    }

    public void Dispose() => _http.Dispose();

    private static JsonContent JsonOf(object? body) =>
        JsonContent.Create(body ?? new { }, options: JsonSerializerOptions.Web);
}

/// <summary>What the API answered.</summary>
public sealed class ApiAnswer(Answer answer)
{
    private readonly Lazy<JsonElement> _json = new(() =>
        JsonDocument.Parse(answer.Bytes.Length == 0 ? "null"u8.ToArray() : answer.Bytes).RootElement
    );

    public int Status => answer.Status;

    /// <summary>The body.</summary>
    public JsonElement Json => _json.Value;

    public IReadOnlyDictionary<string, string> Headers => answer.Headers;
    public string Text => answer.Text;
    public byte[] Bytes => answer.Bytes;
    public IReadOnlyList<string> Statements => answer.Statements;

    /// <summary>A string member: <c>answer["number"]</c>; null where it is null.</summary>
    public string? this[string name] =>
        Json.GetProperty(name) is var value && value.ValueKind == JsonValueKind.String ? value.GetString()
        : value.ValueKind == JsonValueKind.Null ? null
        : value.GetRawText();

    /// <summary>The members <c>items</c> of a list.</summary>
    public IReadOnlyList<JsonElement> Items => [.. Json.GetProperty("items").EnumerateArray()];

    /// <summary>What comes after <c>urn:mdc:problem:</c> in a problem's type.</summary>
    public string? Problem =>
        Headers.GetValueOrDefault("Content-Type")?.StartsWith("application/problem+json", StringComparison.Ordinal)
        == true
            ? this["type"]?["urn:mdc:problem:".Length..]
            : null;

    public string? Header(string name) => answer.Header(name);

    /// <summary>Fails unless it has this status, and says what came instead.</summary>
    public ApiAnswer Expect(int status) =>
        Status == status ? this : throw new XunitException($"Expected {status}, got {answer}");

    public override string ToString() => answer.ToString();
}
