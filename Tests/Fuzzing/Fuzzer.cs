using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace MdcTts.Fuzzing;

/// <summary>Sends the requests and looks at the answers.</summary>
internal sealed class Fuzzer(Visitor visitor, Random random)
{
    /// <summary>
    /// How much longer than the others a kind of input may take, in the middle, before it is named: it may tell
    /// something, or be a way to keep the app busy.
    /// </summary>
    private const double SlowFactor = 5;

    /// <summary>What works for seconds is asked this much less.</summary>
    private const int CostlyShare = 10;

    private static readonly TimeSpan SlowLeast = TimeSpan.FromMilliseconds(400);

    // A proof of who one is lasts for ten minutes.
    private static readonly TimeSpan SignedInFor = TimeSpan.FromMinutes(5);

    private static readonly string[] Types =
    [
        "application/json",
        "text/plain",
        "application/json; charset=utf-7",
        "multipart/form-data; boundary=x",
        "application/xml",
    ];

    private readonly Stopwatch _sinceSignIn = Stopwatch.StartNew();
    private int _faults;
    private bool _isSignedOut;

    /// <summary>Answers 0 when there was nothing to complain of.</summary>
    public async Task<int> Run(IReadOnlyList<Endpoint> endpoints, int each, CancellationToken stop)
    {
        Console.WriteLine($"{endpoints.Count} endpoints");
        var (sent, statuses) = (0, new SortedDictionary<int, int>());
        foreach (var endpoint in endpoints)
        {
            var times = new Dictionary<string, List<TimeSpan>>(StringComparer.Ordinal);
            var some = Endpoints.IsCostly(endpoint) ? Math.Max(1, each / CostlyShare) : each;
            for (var i = 0; i < some; i++)
            {
                if (_sinceSignIn.Elapsed > SignedInFor)
                    await SignInAgain(stop);
                var (request, kind, what) = Mutate(endpoint);
                using (request)
                {
                    var began = Stopwatch.GetTimestamp();
                    var status = await Ask(endpoint, request, what, stop);
                    if (!times.TryGetValue(kind, out var list))
                        times[kind] = list = [];
                    list.Add(Stopwatch.GetElapsedTime(began));
                    statuses[status] = statuses.GetValueOrDefault(status) + 1;
                    sent++;
                    // Whatever was sent ended the session: what follows would only meet the sign-in page.
                    if (_isSignedOut)
                        await SignInAgain(stop);
                    if (Endpoints.ChangesRules(endpoint))
                        await PutBack(endpoint, stop);
                }
            }

            Compare(endpoint, times);
        }

        var counts = string.Join(", ", statuses.Select(s => $"{s.Value} x {s.Key}"));
        Console.WriteLine($"{sent} requests: {counts}. {_faults} faults.");
        return _faults == 0 ? 0 : 1;
    }

    // The form as it was found: a rule may shorten every session or ask for a second factor.
    private async Task PutBack(Endpoint endpoint, CancellationToken stop)
    {
        var form = Copy(endpoint.Form!);
        form["__RequestVerificationToken"] = visitor.FormToken;
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Path);
        request.Content = new FormUrlEncodedContent(form);
        await Ask(endpoint, request, "as it was", stop);
        if (_isSignedOut)
            await SignInAgain(stop);
    }

    private async Task SignInAgain(CancellationToken stop)
    {
        await visitor.SignIn(stop);
        _sinceSignIn.Restart();
        _isSignedOut = false;
    }

    private async Task<int> Ask(Endpoint endpoint, HttpRequestMessage request, string what, CancellationToken stop)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            // A stream of events never ends by itself; its head says enough.
            if (endpoint.Path.Contains("/live", StringComparison.Ordinal))
                limit.CancelAfter(TimeSpan.FromSeconds(1));
            using var answer = await visitor.Send(request, limit.Token);
            var text = await answer.Content.ReadAsStringAsync(limit.Token);
            if ((int)answer.StatusCode >= 500)
                Complain(endpoint, $"{(int)answer.StatusCode}", what);
            var isHtml = answer.Content.Headers.ContentType?.MediaType == "text/html";
            if (isHtml && text.Contains(Mutations.Markup, StringComparison.Ordinal))
                Complain(endpoint, "shows markup as markup", what);
            if (
                answer.Headers.TryGetValues("Set-Cookie", out var cookies)
                && cookies.Any(c => c.StartsWith("zq=", StringComparison.Ordinal))
            )
                Complain(endpoint, "sets a header that was sent", what);
            _isSignedOut =
                answer.StatusCode == HttpStatusCode.Unauthorized
                || answer.Headers.Location?.OriginalString.Contains("/signin", StringComparison.Ordinal) == true;
            return (int)answer.StatusCode;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            if (!endpoint.Path.Contains("/live", StringComparison.Ordinal))
                Complain(endpoint, "hangs", what);
            return (int)HttpStatusCode.OK;
        }
        catch (HttpRequestException broken)
        {
            Complain(endpoint, $"breaks the line ({broken.HttpRequestError})", what);
            return 0;
        }
    }

    private void Compare(Endpoint endpoint, Dictionary<string, List<TimeSpan>> times)
    {
        var usual = Middle([.. times.Values.SelectMany(t => t)]);
        foreach (var (kind, list) in times.Where(t => t.Value.Count >= 5))
        {
            var middle = Middle(list);
            if (middle > SlowLeast && middle > usual * SlowFactor)
                Complain(endpoint, $"takes {middle.TotalMilliseconds:0} ms, else {usual.TotalMilliseconds:0} ms", kind);
        }
    }

    private static TimeSpan Middle(List<TimeSpan> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }

    private void Complain(Endpoint endpoint, string fault, string what)
    {
        _faults++;
        Console.WriteLine($"{endpoint.Name}: {fault}: {what[..Math.Min(200, what.Length)]}");
    }

    private (HttpRequestMessage Request, string Kind, string What) Mutate(Endpoint endpoint)
    {
        var (places, query) = (Copy(endpoint.Places), Copy(endpoint.Query));
        var form = endpoint.Form is null ? null : Copy(endpoint.Form);
        var json = endpoint.Json is null
            ? null
            : new Dictionary<string, object?>(endpoint.Json, StringComparer.Ordinal);
        var (kind, what) = ("as it is", "");
        var changes = random.Next(1, 4);
        for (var i = 0; i < changes; i++)
        {
            // The last kind wins: it names the group whose times are compared.
            (kind, var change) = Change(places, query, form, json);
            what += change + "; ";
        }

        if (form is not null)
            form["__RequestVerificationToken"] = visitor.FormToken;
        var request = new HttpRequestMessage(new HttpMethod(endpoint.Method), AddressOf(endpoint, places, query));
        if (json is not null)
            request.Content = JsonOf(json, ref kind);
        else if (form is not null)
            request.Content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Key, f.Value)));
        if (endpoint.Method == "PUT")
            request.Headers.TryAddWithoutValidation("If-Match", random.Next(2) == 0 ? "\"1\"" : Mutations.Markup);
        return (request, kind, what);
    }

    private (string Kind, string What) Change(
        Dictionary<string, string> places,
        Dictionary<string, string> query,
        Dictionary<string, string>? form,
        Dictionary<string, object?>? json
    )
    {
        var where = new List<string>();
        where.AddRange(places.Keys.Select(k => "p" + k));
        where.AddRange(query.Keys.Select(k => "q" + k));
        where.AddRange((form?.Keys ?? Enumerable.Empty<string>()).Select(k => "f" + k));
        where.AddRange((json?.Keys ?? Enumerable.Empty<string>()).Select(k => "j" + k));
        where.Add("qzq");
        var chosen = where[random.Next(where.Count)];
        var name = chosen[1..];
        if (chosen[0] == 'j')
        {
            var (kind, value) = Mutations.OfJson(random);
            json![name] = value;
            return (kind, $"{name} = {kind} {value}");
        }

        var (kindOfText, text) = Mutations.OfText(random);
        var fields = chosen[0] switch
        {
            'p' => places,
            'q' => query,
            _ => form!,
        };
        if (text is null && chosen[0] != 'p')
            fields.Remove(name);
        else
            fields[name] = text ?? "";
        return (kindOfText, $"{name} = {text}");
    }

    private ByteArrayContent JsonOf(Dictionary<string, object?> json, ref string kind)
    {
        var text = JsonSerializer.Serialize(json);
        switch (random.Next(20))
        {
            case 0:
                (kind, text) = ("broken", text[..random.Next(text.Length)]);
                break;
            case 1:
                (kind, text) = ("broken", text.Replace(",", ",,", StringComparison.Ordinal));
                break;
            case 2:
                (kind, text) = ("deep", new string('[', 5_000));
                break;
        }

        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        var type = random.Next(15) == 0 ? Types[random.Next(Types.Length)] : Types[0];
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    private static string AddressOf(
        Endpoint endpoint,
        Dictionary<string, string> places,
        Dictionary<string, string> query
    )
    {
        var path = endpoint.Path;
        // An address has an end: Kestrel refuses longer ones before the app sees them.
        foreach (var (name, value) in places)
            path = path.Replace("{" + name + "}", Escaped(value, 500), StringComparison.Ordinal);
        var text = string.Join('&', query.Select(q => $"{Escaped(q.Key, 100)}={Escaped(q.Value, 1_500)}"));
        return text.Length == 0 ? path : $"{path}?{text}";
    }

    // Escapes half of a pair of surrogates too, as a wrong program would.
    private static string Escaped(string text, int lengthMax) =>
        string.Concat(
            Encoding.UTF8.GetBytes(text.Length > lengthMax ? text[..lengthMax] : text).Select(b => $"%{b:X2}")
        );

    private static Dictionary<string, string> Copy(IReadOnlyDictionary<string, string> fields) =>
        new(fields, StringComparer.Ordinal);
}
