using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MdcTts.Fuzzing;

/// <summary>Something that can be asked, with values that it understands.</summary>
/// <param name="Path">With <c>{name}</c> where a parameter stands.</param>
/// <param name="Places">Parameters of the path and their values.</param>
/// <param name="Query">Fields of the query.</param>
/// <param name="Form">Fields of a form; null for none.</param>
/// <param name="Json">A body in JSON; null for none.</param>
internal sealed record Endpoint(
    string Method,
    string Path,
    IReadOnlyDictionary<string, string> Places,
    IReadOnlyDictionary<string, string> Query,
    IReadOnlyDictionary<string, string>? Form,
    Dictionary<string, object?>? Json
)
{
    public string Name => $"{Method} {Path}";
}

/// <summary>Finds what there is: the API by its description, the pages by following their links.</summary>
internal static partial class Endpoints
{
    private const int PagesMax = 250;

    private static readonly Dictionary<string, string> Nothing = [];

    // In this order at the end: what takes away what others need, what ends the session that asks, what works long in
    // the background, and the rules for all of it.
    private static readonly string[][] Late =
    [
        ["DELETE ", "/delete", "/removal", "/erasure", "/revocation", "/discard"],
        ["/sessions/", "/auth/logout", "/signout"],
        ["/backups", "/jobs/", "/audit/verif"],
        ["/settings"],
    ];

    /// <summary>Whether one request makes the app work for seconds.</summary>
    public static bool IsCostly(Endpoint endpoint) => endpoint.Method != "GET" && RankOf(endpoint) == 3;

    /// <summary>Whether it changes the rules by which everything else works.</summary>
    public static bool ChangesRules(Endpoint endpoint) => endpoint.Form is not null && RankOf(endpoint) == Late.Length;

    public static async Task<List<Endpoint>> Find(Visitor visitor, CancellationToken stop)
    {
        var found = new Dictionary<string, Endpoint>(StringComparer.Ordinal);
        foreach (var endpoint in await OfApi(visitor, stop))
            found.TryAdd(endpoint.Name, endpoint);
        await FollowLinks(visitor, found, stop);
        return [.. found.Values.OrderBy(RankOf)];
    }

    private static int RankOf(Endpoint endpoint) =>
        endpoint.Method == "GET"
            ? 0
            : 1
                + Array.FindIndex(
                    Late,
                    words => Array.Exists(words, w => endpoint.Name.Contains(w, StringComparison.Ordinal))
                );

    private static async Task<List<Endpoint>> OfApi(Visitor visitor, CancellationToken stop)
    {
        var document = JsonDocument.Parse(await visitor.Text("/openapi/v1.json", stop)).RootElement;
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var number = NumberIn().Match(await visitor.Text("/transactions", stop)).Value;
        var code = CodeIn().Match(await visitor.Text("/projects", stop)).Value;
        var list = new List<Endpoint>();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var (places, query) = (new Dictionary<string, string>(), new Dictionary<string, string>());
                if (operation.Value.TryGetProperty("parameters", out var parameters))
                {
                    foreach (var p in parameters.EnumerateArray())
                    {
                        var name = p.GetProperty("name").GetString()!;
                        var place = p.GetProperty("in").GetString();
                        if (place == "path")
                            places[name] = name switch
                            {
                                "number" => number,
                                "code" => code,
                                _ => "1",
                            };
                        else if (place == "query")
                            query[name] = "1";
                    }
                }

                list.Add(
                    new(
                        operation.Name.ToUpperInvariant(),
                        path.Name,
                        places,
                        query,
                        Form: null,
                        BodyOf(operation.Value, schemas)
                    )
                );
            }
        }

        return list;
    }

    private static Dictionary<string, object?>? BodyOf(JsonElement operation, JsonElement schemas) =>
        operation.TryGetProperty("requestBody", out var body)
        && body.GetProperty("content").TryGetProperty("application/json", out var json)
            ? Sample(json.GetProperty("schema"), schemas, depth: 0) as Dictionary<string, object?> ?? []
            : null;

    private static object? Sample(JsonElement schema, JsonElement schemas, int depth)
    {
        if (depth > 4)
            return null;
        if (schema.TryGetProperty("$ref", out var reference))
            return Sample(schemas.GetProperty(reference.GetString()!.Split('/')[^1]), schemas, depth + 1);
        if (schema.TryGetProperty("properties", out var properties))
            return properties
                .EnumerateObject()
                .ToDictionary(p => p.Name, p => Sample(p.Value, schemas, depth + 1), StringComparer.Ordinal);
        var type = schema.TryGetProperty("type", out var t) ? t.ToString() : "";
        return type switch
        {
            _ when type.Contains("array", StringComparison.Ordinal) => new List<object?>
            {
                schema.TryGetProperty("items", out var items) ? Sample(items, schemas, depth + 1) : "1",
            },
            _ when type.Contains("boolean", StringComparison.Ordinal) => true,
            _ when type.Contains("integer", StringComparison.Ordinal) => 1,
            _ => "1",
        };
    }

    private static async Task FollowLinks(Visitor visitor, Dictionary<string, Endpoint> found, CancellationToken stop)
    {
        var (queue, seen) = (
            new Queue<string>(["/", "/track", "/signin", "/register", "/forgot"]),
            new HashSet<string>()
        );
        while (queue.TryDequeue(out var path) && seen.Count < PagesMax)
        {
            if (!seen.Add(PatternOf(path)))
                continue;
            var page = await visitor.Text(path, stop);
            AddPage(found, path);
            foreach (Match link in Link().Matches(page))
                queue.Enqueue(WebUtility.HtmlDecode(link.Groups["path"].Value));
            foreach (Match form in FormOf().Matches(page))
                AddForm(found, path, form);
        }
    }

    private static void AddPage(Dictionary<string, Endpoint> found, string path)
    {
        var (where, query) = Split(path);
        found.TryAdd("GET " + PatternOf(where), new("GET", where, Nothing, query, Form: null, Json: null));
    }

    private static void AddForm(Dictionary<string, Endpoint> found, string page, Match form)
    {
        var start = form.Groups["start"].Value;
        var (where, query) = Split(WebUtility.HtmlDecode(Attribute(start, "action") ?? page));
        var isPost = string.Equals(Attribute(start, "method"), "post", StringComparison.OrdinalIgnoreCase);
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match field in Field().Matches(form.Groups["inside"].Value))
        {
            if (Attribute(field.Value, "name") is { } name && IsSent(field.Value, where))
                fields.TryAdd(WebUtility.HtmlDecode(name), WebUtility.HtmlDecode(ValueOf(field.Value, form)));
        }

        var method = isPost ? "POST" : "GET";
        found.TryAdd(
            $"{method} {PatternOf(where)} {string.Join(',', fields.Keys.Order(StringComparer.Ordinal))}",
            new(method, where, Nothing, isPost ? query : fields, isPost ? fields : null, Json: null)
        );
    }

    // An open box is worth trying, but as a setting it would change how everything else answers.
    private static bool IsSent(string field, string where) =>
        !where.StartsWith("/settings", StringComparison.Ordinal)
        || Attribute(field, "type") is not ("checkbox" or "radio")
        || Regex.IsMatch(field, "\\schecked", RegexOptions.None, TimeSpan.FromSeconds(1));

    // Of a list the chosen line, of a text what stands in it.
    private static string ValueOf(string field, Match form)
    {
        if (Attribute(field, "value") is { } value)
            return value;
        var inside = form.Groups["inside"].Value;
        var rest = inside[(inside.IndexOf(field, StringComparison.Ordinal) + field.Length)..];
        if (field.StartsWith("<textarea", StringComparison.Ordinal))
            return rest[..rest.IndexOf("</textarea>", StringComparison.Ordinal)].TrimStart('\n');
        if (!field.StartsWith("<select", StringComparison.Ordinal))
            return "1";
        var lines = Line().Matches(rest[..rest.IndexOf("</select>", StringComparison.Ordinal)]);
        var chosen =
            lines.FirstOrDefault(l => l.Value.Contains(" selected", StringComparison.Ordinal))
            ?? lines.FirstOrDefault();
        return chosen is null ? "1" : Attribute(chosen.Value, "value") ?? "";
    }

    private static (string Path, Dictionary<string, string> Query) Split(string path)
    {
        var parts = path.Split('#')[0].Split('?', 2);
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in parts.Length > 1 ? parts[1].Split('&') : [])
        {
            var sides = pair.Split('=', 2);
            query[Uri.UnescapeDataString(sides[0])] = sides.Length > 1 ? Uri.UnescapeDataString(sides[1]) : "";
        }

        return (parts[0], query);
    }

    // Pages of things that differ in their number only are one.
    private static string PatternOf(string path) => Digits().Replace(path.Split('?', '#')[0], "0");

    private static string? Attribute(string tag, string name) =>
        Regex.Match(tag, $"\\s{name}=\"([^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } m
            ? m.Groups[1].Value
            : null;

    [GeneratedRegex(@"TRX-\d{4}-\d{5}", RegexOptions.None, 1000)]
    private static partial Regex NumberIn();

    [GeneratedRegex(@"PRJ-\d{4}-\d{3}", RegexOptions.None, 1000)]
    private static partial Regex CodeIn();

    [GeneratedRegex("<option[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Line();

    [GeneratedRegex("href=\"(?<path>/(?!/|lib/|api/docs)[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(
        "(?<start><form[^>]*>)(?<inside>.*?)</form>",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        5000
    )]
    private static partial Regex FormOf();

    [GeneratedRegex("<(input|select|textarea|button)[^>]*>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();

    [GeneratedRegex(@"\d+", RegexOptions.None, 1000)]
    private static partial Regex Digits();
}
