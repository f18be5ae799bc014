using MdcTts.Support;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Files;

[Collection(Browser.Collection)]
[Trait("runs", "once")]
public sealed class FilesInBrowserTests(SharedApp app, Browser browser) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData("en", 1440, "Programs and scripts are not accepted.")]
    [InlineData("ar", 390, "البرامج والنصوص البرمجية غير مقبولة.")]
    public async Task Each_chosen_file_goes_by_itself_and_one_that_is_refused_says_why(
        string language,
        int width,
        string refusal
    )
    {
        var t = await app.Given.Transaction(by: Sara);
        await using var tab = await browser.Open(app, Sara, language, width: width);
        await tab.Go($"/transactions/{t.Number}");

        await tab.Page.SetInputFilesAsync(
            "#upload-files",
            new FilePayload[]
            {
                new()
                {
                    Name = "plan.pdf",
                    MimeType = "application/pdf",
                    Buffer = "%PDF-1.7 plan"u8.ToArray(),
                },
                new()
                {
                    Name = "setup.exe",
                    MimeType = "application/pdf",
                    Buffer = [(byte)'M', (byte)'Z', 0, 1, 2],
                },
                new()
                {
                    Name = "مذكرة.txt",
                    MimeType = "text/plain",
                    Buffer = "ملاحظات"u8.ToArray(),
                },
            }
        );
        await tab.Page.Locator("#upload .acts button").PressAsync("Enter");

        await Assertions.Expect(tab.Page.Locator("#file-list a")).ToHaveCountAsync(2);
        await Assertions.Expect(tab.Page.Locator(".going")).ToContainTextAsync("setup.exe");
        await Assertions.Expect(tab.Page.Locator(".going")).ToContainTextAsync(refusal);
        await tab.AssertAccessible();
        await tab.AssertNoSidewaysScroll();
    }
}
