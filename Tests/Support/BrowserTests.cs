using Xunit;
using Xunit.Sdk;

namespace MdcTts.Support;

[Collection(Browser.Collection)]
[Trait("runs", "once")]
public sealed class BrowserTests(SharedApp app, Browser browser) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task A_violation_of_the_content_policy_fails_the_test()
    {
        var tab = await browser.Open(app);
        await tab.Go("/signin");

        await tab.Page.EvaluateAsync(
            "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; "
                + "document.body.append(s); }"
        );

        var failure = await Assert.ThrowsAsync<XunitException>(async () => await tab.DisposeAsync());
        Assert.Contains("Content Security Policy", failure.Message);
    }

    [Fact]
    public async Task What_axe_finds_fails_the_test_with_its_name_and_its_place()
    {
        await using var tab = await browser.Open(app);
        await tab.Go("/signin");
        await tab.AssertAccessible();

        await tab.Page.EvaluateAsync(
            "() => { const p = document.createElement('p'); p.style.color = '#bbb'; p.textContent = 'hardly "
                + "seen'; document.querySelector('main').append(p, document.createElement('img')); }"
        );

        var failure = await Assert.ThrowsAsync<XunitException>(tab.AssertAccessible);
        Assert.Contains("image-alt", failure.Message);
        Assert.Contains("color-contrast", failure.Message);
        Assert.Contains("hardly seen", failure.Message);
    }
}
