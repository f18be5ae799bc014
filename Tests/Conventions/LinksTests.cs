using System.Text.RegularExpressions;
using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Conventions;

[Trait("runs", "once")]
public sealed partial class LinksTests(App app) : IClassFixture<App>
{
    // Enough of each kind of address: the tenth filter of a list leads nowhere new.
    private const int MaxOfAKind = 6;

    public static TheoryData<string> People =>
        new(
            Everybody
                .Where(p => p is { Name: "Nasser Alqahtani" or "Sara Alharbi" or "Huda Alshehri" })
                .Select(p => p.Name)
        );

    [Theory]
    [MemberData(nameof(People))]
    public async Task Every_link_form_and_request_on_a_page_leads_somewhere(string name)
    {
        await app.Given.Transactions(3, status: "in_progress", due: app.Today.AddDays(-1));
        await app.Given.Transaction(status: "draft");
        await app.Given.Transaction(status: "submitted", deleted: true);
        var visitor = app.SignedInAs(Everybody.Single(p => p.Name == name));
        var (seen, kinds, broken) = (
            new HashSet<string>(),
            new Dictionary<string, int>(),
            new Dictionary<string, string>()
        );
        var waiting = new Queue<Step>([new("GET", "/", "the start"), new("GET", "/dashboard", "the start")]);

        while (waiting.TryDequeue(out var step))
        {
            var kind = $"{step.Method} {Kind(step.Url)}";
            if (
                !seen.Add($"{step.Method} {step.Url}")
                || (kinds[kind] = kinds.GetValueOrDefault(kind) + 1) > MaxOfAKind
            )
                continue;
            var answer = step.Method switch
            {
                "GET" => await visitor.Page(step.Url),
                "FRAGMENT" => await visitor.Fragment(step.Url),
                // Without its token a post is refused before anything happens, but only where there is something to
                // post to.
                _ => await visitor.Send(new(HttpMethod.Parse(step.Method), step.Url)),
            };
            var isRight = step.Method is "GET" or "FRAGMENT"
                ? answer.Status < 400
                : answer.Status is not (404 or 405) and < 500;
            if (!isRight)
                broken.TryAdd($"{answer.Status} {kind}", $"{step.Url} on {step.From}");
            if (
                answer.Status == 200
                && answer.Header("Content-Type")?.StartsWith("text/html", StringComparison.Ordinal) == true
            )
                foreach (var next in StepsOf(answer))
                    waiting.Enqueue(next);
        }

        Assert.True(seen.Count > 10);
        Check.None(broken.Select(b => $"{b.Key}: {b.Value}"), "These lead nowhere");
    }

    private static IEnumerable<Step> StepsOf(Answer page)
    {
        foreach (var e in page.Document.All)
        {
            if (Local(page, e.GetAttribute("href")) is { } href && e.LocalName is "a" or "link" or "use")
                yield return new("GET", Local(page, e.GetAttribute("href"))!, page.Url);
            if (Local(page, e.GetAttribute("src")) is { } src)
                yield return new("GET", src, page.Url);
            if (Local(page, e.GetAttribute("hx-get")) is { } get)
                yield return new("FRAGMENT", get, page.Url);
            foreach (var method in new[] { "post", "put", "delete", "patch" })
                if (Local(page, e.GetAttribute("hx-" + method)) is { } url)
                    yield return new(method.ToUpperInvariant(), url, page.Url);
            if (e is AngleSharp.Html.Dom.IHtmlFormElement form && form.GetAttribute("method") != "dialog")
                yield return new(
                    form.Method.ToUpperInvariant(),
                    Local(page, form.GetAttribute("action") is { Length: > 0 } action ? action : page.Url)!,
                    page.Url
                );
            if (Local(page, e.GetAttribute("formaction")) is { } other)
                yield return new("POST", other, page.Url);
        }
    }

    // A path of this site; null for what leads elsewhere or only down the same page.
    private static string? Local(Answer page, string? address)
    {
        if (
            string.IsNullOrEmpty(address)
            || address[0] == '#'
            || address.StartsWith("mailto:", StringComparison.Ordinal)
            || address.StartsWith("tel:", StringComparison.Ordinal)
        )
            return null;
        var at = new Uri(new Uri("http://here" + page.Url), address);
        return at.Host == "here" ? at.PathAndQuery : null;
    }

    private static string Kind(string url) => Digits().Replace(url.Split('?')[0], "0");

    [GeneratedRegex(@"\d+", RegexOptions.None, 1000)]
    private static partial Regex Digits();

    private sealed record Step(string Method, string Url, string From);
}
