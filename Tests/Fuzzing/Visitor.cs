using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MdcTts.Fuzzing;

/// <summary>An admin in a browser, and with a token where the address is the API's.</summary>
internal sealed partial class Visitor(Uri url, string email, string password) : IDisposable
{
    private HttpClient _http = NewBrowser(url);
    private string _token = "";

    /// <summary>The token that forms carry; it belongs to the session.</summary>
    public string FormToken { get; private set; } = "";

    /// <summary>Anew, so that no step asks for another proof and nothing that was sent has ended the session.</summary>
    public async Task SignIn(CancellationToken stop)
    {
        _http.Dispose();
        _http = NewBrowser(url);
        FormToken = TokenIn(await Text("/signin", stop));
        using var form = new FormUrlEncodedContent([
            new("email", email),
            new("password", password),
            new("__RequestVerificationToken", FormToken),
        ]);
        using var answer = await _http.PostAsync("/signin", form, stop);
        if (answer.StatusCode != HttpStatusCode.SeeOther)
            throw new InvalidOperationException($"The sign-in was answered {(int)answer.StatusCode}.");
        FormToken = TokenIn(await Text("/account/", stop));

        using var pair = await _http.PostAsJsonAsync("/api/v1/auth/login", new { email, password }, stop);
        pair.EnsureSuccessStatusCode();
        _token = (await pair.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("accessToken").GetString()!;
    }

    public async Task<string> Text(string path, CancellationToken stop)
    {
        using var answer = await _http.GetAsync(path, stop);
        return await answer.Content.ReadAsStringAsync(stop);
    }

    public Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken stop)
    {
        if (request.RequestUri!.OriginalString.StartsWith("/api/", StringComparison.Ordinal))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        return _http.SendAsync(request, stop);
    }

    public void Dispose() => _http.Dispose();

    private static HttpClient NewBrowser(Uri url) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All })
        {
            BaseAddress = url,
            Timeout = TimeSpan.FromSeconds(75),
        };

    private static string TokenIn(string page) => FormTokenField().Match(page).Groups["token"].Value;

    [GeneratedRegex(
        "name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex FormTokenField();
}
