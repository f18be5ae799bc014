using Xunit;
using Xunit.Sdk;

namespace MdcTts.Support;

[Collection(Browser.Collection)]
[Trait("runs", "once")]
public sealed class BrowserTests(App app, Browser browser) : IClassFixture<App>
{
    [Fact]
    public async Task A_violation_of_the_content_policy_fails_the_test()
    {
        var tab = await browser.Open(app);
        await tab.Go("/signin");

        await tab.Page.EvaluateAsync("() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s); }");

        var failure = await Assert.ThrowsAsync<XunitException>(async () => await tab.DisposeAsync());
        Assert.Contains("Content Security Policy", failure.Message);
    }
}
