using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;
using Xunit;
using Xunit.Sdk;

namespace MdcTts.Support;

/// <summary>
/// Chromium, one for each of two collections that run beside each other: the look at every page, and everything else:
/// <c>[Collection(Browser.Collection)] public sealed class SomeTests(App app, Browser browser) :
/// IClassFixture&lt;App&gt;</c>.
/// </summary>
public sealed class Browser : IAsyncLifetime
{
    public const string Collection = "Browser";

    /// <summary>The look at every page takes as long as all the journeys together.</summary>
    public const string EveryPage = "Browser, every page";

    /// <summary>
    /// How long a test waits for what must come: long enough for a busy machine, because whether it comes is the
    /// question and not when.
    /// </summary>
    private const int PatienceMs = 30_000;

    private IPlaywright _playwright = null!;
    private IBrowser _chromium = null!;

    public async Task InitializeAsync()
    {
        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        Assertions.SetDefaultExpectTimeout(PatienceMs);
        _playwright = await Playwright.CreateAsync();
        _chromium = await _playwright.Chromium.LaunchAsync(
            new()
            {
                // The whole Chromium draws its own window too, even where nobody sees it: that takes as long again as
                // our pages.
                ExecutablePath =
                    Environment.GetEnvironmentVariable("CHROMIUM_PATH")
                    ?? new[] { "/usr/bin/chromium-headless-shell", "/usr/bin/chromium" }.FirstOrDefault(File.Exists),
                Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            }
        );
    }

    public async Task DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }

    /// <summary>
    /// A tab of somebody (or nobody), in a language, width and theme. Dispose it: that is when errors of the console
    /// and violations of the content policy fail the test.
    /// </summary>
    public async Task<Tab> Open(
        App app,
        Person? person = null,
        string language = "en",
        int width = 1440,
        bool dark = false,
        bool script = true
    )
    {
        var context = await _chromium.NewContextAsync(
            new()
            {
                BaseURL = app.Address.AbsoluteUri,
                ViewportSize = new() { Width = width, Height = 900 },
                Locale = language,
                JavaScriptEnabled = script,
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        context.SetDefaultTimeout(PatienceMs);
        var tab = new Tab(context, await context.NewPageAsync(), script);
        if (person is not null)
            await tab.SignIn(app, person);
        return tab;
    }
}

/// <summary>Shares the one browser between classes.</summary>
[CollectionDefinition(Browser.Collection)]
public sealed class BrowserCollection : ICollectionFixture<Browser>;

/// <summary>A browser for the look at every page.</summary>
[CollectionDefinition(Browser.EveryPage)]
public sealed class EveryPageCollection : ICollectionFixture<Browser>;

/// <summary>A tab; <see cref="Page"/> is Playwright's.</summary>
public sealed class Tab : IAsyncDisposable
{
    private static readonly Lazy<string> AxeScript = new(() =>
    {
        using var source = new StreamReader(
            typeof(AxeRunOptions).Assembly.GetManifestResourceStream("Deque.AxeCore.Commons.Resources.axe.min.js")!
        );
        return source.ReadToEnd();
    });

    private readonly IBrowserContext _context;
    private readonly bool _script;
    private readonly List<string> _complaints = [];

    internal Tab(IBrowserContext context, IPage page, bool script)
    {
        _context = context;
        _script = script;
        Page = page;
        page.Console += (_, message) =>
        {
            // A refused form is an answer, not a fault, though Chromium logs every 4xx.
            if (
                message.Type == "error"
                && !message.Text.StartsWith(
                    "Failed to load resource: the server responded with a status of 4",
                    StringComparison.Ordinal
                )
            )
                _complaints.Add(message.Text);
        };
        page.PageError += (_, error) => _complaints.Add(error);
        page.Response += (_, response) =>
        {
            if (response.Status >= 500)
                _complaints.Add($"{response.Status} {response.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>Chooses in a select, or in the field that searches, which a select with many choices becomes.</summary>
    public async Task Choose(string css, string text)
    {
        var field = Page.Locator(css);
        if (await field.EvaluateAsync<bool>("e => e.matches('select:not([data-search])')"))
        {
            await field.SelectOptionAsync(new SelectOptionValue { Label = text });
            return;
        }

        await Assertions.Expect(field).ToHaveAttributeAsync("role", "combobox");
        await field.FillAsync(text);
        await Page.Locator($"{css}-list [role=option]").Filter(new() { HasText = text }).First.ClickAsync();
        await Assertions.Expect(Page.Locator($"{css}-list")).ToBeHiddenAsync();
    }

    /// <summary>
    /// Opens an address of the app and waits until it is loaded and listens: htmx begins in a task of its own.
    /// </summary>
    public async Task<IResponse> Go(string url)
    {
        var answer = (await Page.GotoAsync(url, new() { WaitUntil = WaitUntilState.Load }))!;
        if (_script)
            await Page.EvaluateAsync(
                "() => new Promise(done => setTimeout(() => document.fonts.ready.then(() => done())))"
            );
        return answer;
    }

    /// <summary>Fails on anything that axe calls a violation of WCAG 2.2 A or AA.</summary>
    public async Task AssertAccessible()
    {
        // By hand and not by the package's RunAxe: pages have no frames, and that one opens a blank page for each look
        // to put the answers of frames together.
        if (!await Page.EvaluateAsync<bool>("'axe' in window"))
            await Page.EvaluateAsync(AxeScript.Value);
        var result = await Page.EvaluateAsync<Found>(
            """
            async () => {
                const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
                const options = { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] };
                const found = await axe.run(document, options);
                const words = v => v.id + ': ' + v.help + '\n  ' + v.nodes.slice(0, 5).map(n => n.html).join('\n  ');
                return { checked: found.passes.length, violations: found.violations.map(words) };
            }
            """
        );
        if (result.Checked == 0)
            throw new XunitException("axe found nothing to check.");
        if (result.Violations.Length > 0)
            throw new XunitException(Page.Url + "\n" + string.Join('\n', result.Violations));
    }

    /// <summary>
    /// Waits until the tab stands at an address, such as <c>**/transactions?sort=title**</c>. Playwright's own wait can
    /// miss an address that a script sets while the page still loads.
    /// </summary>
    /// <param name="isWhole">Also its scripts, styles and pictures are there.</param>
    public async Task ExpectUrl(string glob, bool isWhole = false)
    {
        var pattern = Regex.Escape(glob).Replace(@"\*\*", ".*").Replace(@"\*", "[^/]*");
        await Assertions.Expect(Page).ToHaveURLAsync(new Regex($"^{pattern}$", default, TimeSpan.FromSeconds(1)));
        // Playwright's own wait for that state can miss it, when it comes before the address does.
        await Wait.Until(() => IsRead(isWhole));
    }

    private async Task<bool> IsRead(bool isWhole)
    {
        try
        {
            var state = await Page.EvaluateAsync<string>("document.readyState");
            return state == "complete" || (state == "interactive" && !isWhole);
        }
        // It was just left for the next page.
        catch (PlaywrightException)
        {
            return false;
        }
    }

    /// <summary>Fails when the page can be scrolled sideways.</summary>
    public async Task AssertNoSidewaysScroll()
    {
        var (wide, seen) = (
            await Page.EvaluateAsync<int>("document.documentElement.scrollWidth"),
            await Page.EvaluateAsync<int>("document.documentElement.clientWidth")
        );
        if (wide > seen)
            throw new XunitException($"{Page.Url} is {wide} px wide in a window of {seen}.");
    }

    /// <summary>Gives the browser a new session, as if somebody had signed in in another tab.</summary>
    public async Task SignIn(App app, Person person)
    {
        var (name, value) = Visitor.SessionOf(app, person.Id);
        await _context.AddCookiesAsync([
            new()
            {
                Name = name,
                Value = value,
                Url = app.Address.AbsoluteUri,
            },
        ]);
    }

    /// <summary>Parts of complaints that a test brings about on purpose.</summary>
    public string[] Forgiven { get; set; } = [];

    /// <summary>What the console complained about so far.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        _complaints.RemoveAll(c => Forgiven.Any(part => c.Contains(part, StringComparison.Ordinal)));
        if (_complaints.Count > 0)
            throw new XunitException("The console complained:\n" + string.Join('\n', _complaints));
    }

    private sealed class Found
    {
        public int Checked { get; set; }
        public string[] Violations { get; set; } = [];
    }
}
