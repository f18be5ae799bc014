using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Support;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.InBrowser;

/// <summary>What holds for each page that a role can open, errors and refused forms among them.</summary>
[Collection(Support.Browser.EveryPage)]
[Trait("runs", "postgres")]
[Trait("runs", "proof")]
public sealed partial class EveryPageTests(BrowsedApp app, Support.Browser browser) : IClassFixture<BrowsedApp>
{
    private const int MaxBytes = 60_000;
    private const int MaxListBytes = 12_000;
    private const int MaxRequests = 10;

    private static readonly Person?[] Roles = [Nasser, Sara, Huda, null];

    public static TheoryData<string, string> RolesAndLanguages
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var role in Roles)
            foreach (var language in Words.Languages)
                all.Add(role?.Name ?? "", language);
            return all;
        }
    }

    /// <summary>
    /// Every page in both languages, wide and on a phone. English comes light and Arabic dark: what axe asks for in one
    /// language it asks for in the other, and colours do not depend on the language.
    /// </summary>
    [Theory]
    [MemberData(nameof(RolesAndLanguages))]
    public async Task Each_page_is_accessible_whole_in_its_language_and_as_wide_as_the_window(
        string name,
        string language
    )
    {
        var person = Everybody.SingleOrDefault(p => p.Name == name);
        await using var tab = await browser.Open(app, person, language, dark: language == "ar");
        var wrong = new List<string>();

        foreach (var (url, status) in PagesOf(name))
        {
            await tab.Page.SetViewportSizeAsync(1440, 900);
            var answer = await tab.Go(url);
            if (answer.Status != status)
                wrong.Add($"{url} answers {answer.Status}, not {status}");
            await Note(
                wrong,
                url,
                async () =>
                {
                    await tab.Expect($"html[lang={language}][dir={(language == "ar" ? "rtl" : "ltr")}]")
                        .ToHaveCountAsync(1);
                    await tab.AssertAccessible();
                }
            );
            await Note(wrong, url, tab.AssertNoSidewaysScroll);
            await tab.Page.SetViewportSizeAsync(390, 844);
            await Note(wrong, url + " on a phone", tab.AssertNoSidewaysScroll);
            // One language on a phone is enough for whoever is signed in.
            if (language == "ar" || person is null)
                await Note(wrong, url + " on a phone", tab.AssertAccessible);
            wrong.AddRange(KeysIn(await tab.Page.ContentAsync()).Select(key => $"{url} shows the key {key}"));
        }

        Check.None(wrong);
    }

    [Theory]
    [InlineData("Nasser Alqahtani")]
    [InlineData("Huda Alshehri")]
    [InlineData("")]
    public async Task Each_page_is_light_even_the_first(string name)
    {
        var wrong = new List<string>();
        using var http = new HttpClient { BaseAddress = app.Address };
        http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("ar");
        http.DefaultRequestHeaders.AcceptEncoding.ParseAdd("br, gzip");
        if (
            Everybody.SingleOrDefault(p => p.Name == name) is { } person
            && Visitor.SessionOf(app, person.Id) is var (cookie, value)
        )
            http.DefaultRequestHeaders.Add("Cookie", $"{cookie}={value}");
        foreach (var (url, _) in PagesOf(name))
        {
            var (bytes, requests) = await WeightOf(http, url);
            if (bytes is > MaxBytes or < 1000)
                wrong.Add($"{url} weighs {bytes} bytes");
            if (requests is > MaxRequests or < 2)
                wrong.Add($"{url} makes {requests} requests");
        }

        Check.None(wrong);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task A_list_of_25_rows_is_light(string language)
    {
        using var http = new HttpClient { BaseAddress = app.Address };
        var (cookie, value) = Visitor.SessionOf(app, Nasser.Id);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/transactions");
        request.Headers.Add("Cookie", $"{cookie}={value}");
        request.Headers.AcceptLanguage.ParseAdd(language);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));

        var answer = await http.SendAsync(request);
        var compressed = await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal(["br"], answer.Content.Headers.ContentEncoding);
        await using var plain = new System.IO.Compression.BrotliStream(
            new MemoryStream(compressed),
            System.IO.Compression.CompressionMode.Decompress
        );
        using var reader = new StreamReader(plain);
        Assert.Equal(25, Regex.Count(await reader.ReadToEndAsync(), "<tr id=\"t-"));
        Assert.InRange(compressed.Length, 4000, MaxListBytes);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task A_refused_form_is_accessible_and_says_what_is_wrong(string language)
    {
        await using var tab = await browser.Open(app, Nasser, language);
        var wrong = new List<string>();

        foreach (
            var url in new[]
            {
                "/transactions/new",
                $"/transactions/{app.Draft.Number}/delete",
                "/users/new",
                "/clients/new",
                "/projects/new",
                "/account/tokens",
                "/account/password",
                "/transactions/imports",
            }
        )
        {
            await tab.Go(url);
            var form = tab.Page.Locator("main form[method=post]:has(button.primary)").Last;
            // The browser would stop it: what the server answers is meant.
            await form.EvaluateAsync("f => { f.noValidate = true; }");
            await form.Locator("button.primary").First.ClickAsync();
            await Note(
                wrong,
                url,
                async () =>
                {
                    await tab.Expect("[aria-invalid=true], .say.bad, .err").Not.ToHaveCountAsync(0);
                    await tab.AssertAccessible();
                }
            );
            wrong.AddRange(KeysIn(await tab.Page.ContentAsync()).Select(key => $"{url} shows the key {key}"));
        }

        Check.None(wrong);
    }

    [Fact]
    public async Task The_menus_and_windows_that_open_are_accessible_and_inside_the_window()
    {
        foreach (var (language, width, dark) in new[] { ("en", 1440, true), ("ar", 390, false) })
        {
            await using var tab = await browser.Open(app, Nasser, language, width, dark);
            foreach (var url in new[] { "/transactions", "/transactions/" + app.Reviewed.Number })
            {
                await tab.Go(url);
                var menus = tab.Page.Locator("details:is(.menu, .move) > summary:visible");
                var count = await menus.CountAsync();
                Assert.True(count >= 2, $"{count} menus on {url}");
                for (var i = 0; i < count; i++)
                {
                    await menus.Nth(i).ClickAsync();
                    var box = (await menus.Nth(i).Locator("xpath=following-sibling::*[1]").BoundingBoxAsync())!;
                    Assert.True(
                        box.X >= 0 && box.X + box.Width <= width,
                        $"{language} {width} {url}: menu {i} stands at {box.X} and is {box.Width} wide"
                    );
                    await tab.AssertAccessible();
                    await tab.AssertNoSidewaysScroll();
                    await tab.Page.Keyboard.PressAsync("Escape");
                }
            }

            await tab.Page.Locator("h1").First.ClickAsync();
            await tab.Page.Keyboard.PressAsync("?");
            await tab.Expect("#keys").ToBeVisibleAsync();
            await tab.AssertAccessible();
        }
    }

    private string One => "/transactions/" + app.Reviewed.Number;

    private IEnumerable<(string Url, int Status)> PagesOf(string name)
    {
        var role = Everybody.SingleOrDefault(p => p.Name == name)?.Role;
        var one = One;
        // What an admin's page shows as well is looked at there.
        string[] staff = ["/work", "/transactions/imports", "/clients/" + Municipality.Id, "/projects/" + app.Project];
        string[] admin =
        [
            "/transactions/new",
            one + "/edit",
            "/transactions/drafts",
            "/clients",
            "/projects",
            "/transactions?filters=open&status=submitted",
            one + "/label",
            "/account",
            "/account/password",
            "/account/tokens",
            "/transactions?q=nothing+like+it",
            "/transactions/deleted",
            "/mails",
            "/jobs",
            "/mails?state=parked",
            "/account/mails",
            one + "/delete",
            "/users",
            "/users/new",
            "/users/pending",
            "/settings",
            $"/users/{Sara.Id}/erasure",
            "/users/" + app.Waiting.Id,
            "/clients/new",
            $"/clients/{Municipality.Id}/edit",
            "/projects/new",
            "/audit",
            "/audit/1",
            "/audit/verification",
            "/backups",
            $"/projects/{app.Project}/edit",
            "/transactions/" + app.Late.Number,
        ];
        string[] everybody = ["/dashboard", "/transactions", one];
        string[] anonymous =
        [
            "/signin",
            "/register",
            "/register/done",
            "/register/confirmed",
            "/forgot",
            "/forgot/sent",
            "/track",
            "/t/" + app.Reviewed.TrackingToken,
            $"/track?number={app.Reviewed.Number}&reference={Uri.EscapeDataString(app.Reviewed.ReferenceNumber!)}",
        ];

        if (role is null)
            return
            [
                .. anonymous.Select(u => (u, 200)),
                ("/track?number=TRX-2026-99999&reference=x", 404),
                ("/t/nobody-has-this", 404),
            ];
        string[] own = role switch
        {
            Role.Admin => [.. everybody, .. staff, .. admin],
            Role.Editor => [.. everybody, .. staff],
            _ =>
            [
                .. everybody,
                "/account",
                "/account/tokens",
                "/account/security",
                "/account/security/authenticator",
                "/account/sessions",
                "/signin/confirm",
            ],
        };
        return
        [
            .. own.Select(u => (u, 200)),
            ("/no-such-page", 404),
            ("/transactions/TRX-2026-99999", 404),
            .. role == Role.Admin ? [] : new[] { ("/users", 403) },
        ];
    }

    private static async Task Note(List<string> wrong, string url, Func<Task> check)
    {
        try
        {
            await check();
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or PlaywrightException)
        {
            wrong.Add($"{url}: {e.Message}");
        }
    }

    /// <summary>
    /// All that comes over the wire for a first visit, heads included and fonts not: the page, and what it names for
    /// the browser to fetch.
    /// </summary>
    private static async Task<(long Bytes, int Requests)> WeightOf(HttpClient http, string url)
    {
        using var page = await http.GetAsync(url);
        var body = await page.Content.ReadAsByteArrayAsync();
        await using var plain = new System.IO.Compression.BrotliStream(
            new MemoryStream(body),
            System.IO.Compression.CompressionMode.Decompress
        );
        var document = await new AngleSharp.Html.Parser.HtmlParser().ParseDocumentAsync(plain, CancellationToken.None);
        var named = document
            .QuerySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img[src], use[href]")
            .Select(e => (e.GetAttribute("src") ?? e.GetAttribute("href"))!.Split('#')[0])
            .Where(u => !u.StartsWith("data:", StringComparison.Ordinal))
            .Distinct()
            .ToList();
        var bytes = body.Length + page.Headers.ToString().Length + page.Content.Headers.ToString().Length;
        foreach (var file in named)
        {
            using var answer = (await http.GetAsync(file)).EnsureSuccessStatusCode();
            bytes +=
                (await answer.Content.ReadAsByteArrayAsync()).Length
                + answer.Headers.ToString().Length
                + answer.Content.Headers.ToString().Length;
        }

        return (bytes, 1 + named.Count);
    }

    // A key of the catalogue that has no text is shown as [key].
    private static IEnumerable<string> KeysIn(string html) => Key().Matches(html).Select(m => m.Value).Distinct();

    [GeneratedRegex(@"\[[a-z_]+(?:\.[a-zA-Z0-9_]+)+\]|\{\d\}", RegexOptions.None, 1000)]
    private static partial Regex Key();
}
