using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Xunit.Sdk;

namespace MdcTts.Support;

/// <summary>What came back to a browser.</summary>
public sealed class Answer
{
    /// <summary>Headers that no answer of any kind may be without.</summary>
    public static readonly IReadOnlyList<string> SecurityHeaders =
    [
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Referrer-Policy",
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
        "Permissions-Policy",
    ];

    private readonly Lazy<IHtmlDocument> _document;
    private readonly App _app;

    private Answer(HttpResponseMessage response, byte[] bytes, IReadOnlyList<string> statements, App app)
    {
        Status = (int)response.StatusCode;
        Url = response.RequestMessage!.RequestUri!.PathAndQuery;
        Headers = response
            .Headers.Concat(response.Content.Headers)
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        Bytes = bytes;
        Statements = statements;
        _app = app;
        _document = new(() => new HtmlParser().ParseDocument(Text));
    }

    public int Status { get; }

    /// <summary>Path and query that were asked for.</summary>
    public string Url { get; }
    public IReadOnlyDictionary<string, string> Headers { get; }
    public byte[] Bytes { get; }
    public string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    /// <summary>The SQL that this request sent.</summary>
    public IReadOnlyList<string> Statements { get; }

    /// <summary>Where a redirect points, also htmx's.</summary>
    public string? Location => Header("Location") ?? Header("HX-Redirect");

    /// <summary>
    /// The parsed page or fragment. A fragment that begins with a table row cannot be parsed like this: use
    /// <see cref="Rows"/>.
    /// </summary>
    public IHtmlDocument Document => _document.Value;

    /// <summary>True when it is a whole page.</summary>
    public bool IsWholePage => Text.Contains("<html", StringComparison.OrdinalIgnoreCase);

    /// <summary>A header, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>The texts of all elements that match, white space folded.</summary>
    public IReadOnlyList<string> Select(string css) =>
        [.. Document.QuerySelectorAll(css).Select(e => Fold(e.TextContent))];

    /// <summary>The one element that matches; fails when there is none or several.</summary>
    public IElement One(string css)
    {
        var all = Document.QuerySelectorAll(css);
        return all.Length == 1 ? all[0] : throw new XunitException($"{all.Length} of {css} in {this}");
    }

    /// <summary>True when something matches.</summary>
    public bool Has(string css) => Document.QuerySelector(css) is not null;

    /// <summary>The text of the one element that matches.</summary>
    public string TextOf(string css) => Fold(One(css).TextContent);

    /// <summary>An attribute of the one element that matches.</summary>
    public string? Attribute(string css, string name) => One(css).GetAttribute(name);

    /// <summary>
    /// Fails, and says what came instead, unless it has this status and carries the <see cref="SecurityHeaders"/>.
    /// </summary>
    public Answer Expect(int status)
    {
        if (Status != status)
            throw new XunitException($"Expected {status}, got {this}");
        Check.None(SecurityHeaders.Where(header => !Headers.ContainsKey(header)), $"{Status} {Url} lacks headers");
        return this;
    }

    public override string ToString()
    {
        var shown = IsWholePage && Document.QuerySelector("main") is { } main ? main.InnerHtml : Text;
        return $"{Status} {Url} {Location}\n{(shown.Length > 3000 ? shown[..3000] + "…" : shown)}\n"
            + $"{(Status == 500 ? string.Join('\n', _app.Errors.TakeLast(3)) : "")}";
    }

    /// <summary>A fragment of rows, parsed inside a table.</summary>
    public IReadOnlyList<IElement> Rows() =>
        [.. new HtmlParser().ParseDocument($"<table><tbody>{Text}</tbody></table>").QuerySelectorAll("tr")];

    internal static async Task<Answer> Read(HttpResponseMessage response, IReadOnlyList<string> statements, App app) =>
        new(response, await response.Content.ReadAsByteArrayAsync(), statements, app);

    internal static string Fold(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
