using MdcTts.Features.Transactions.Imports;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.InBrowser;

[Collection(Support.Browser.Collection)]
[Trait("runs", "postgres")]
public sealed class ImportJourneyTests(App app, Support.Browser browser) : IClassFixture<App>
{
    [Theory]
    [InlineData("en", true)]
    [InlineData("ar", false)]
    public async Task A_file_with_a_wrong_cell_goes_in_without_it_comes_back_as_a_file_and_is_taken_out_again(
        string language,
        bool script
    )
    {
        var name = "Import " + Guid.NewGuid().ToString("N")[..6];
        var file = Workbooks
            .Xlsx(
                (
                    "Register",
                    [
                        ["Reference number", "Title", "Client", "Type", "تاريخ الاستحقاق"],
                        ["IMP-1", name + " a", Municipality.NameEn, "Payment", "2026-12-01"],
                        ["IMP-2", name + " b", Municipality.NameAr, "Payment", "not a date"],
                        ["IMP-3", name + " c", Municipality.NameEn, "Payment", "2026-12-03"],
                    ]
                )
            )
            .ToArray();
        await using var tab = await browser.Open(app, Nasser, language, script: script);
        await tab.Go("/transactions/imports");

        await tab
            .Page.Locator("input[type=file]")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "register.xlsx",
                    MimeType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                    Buffer = file,
                }
            );
        await tab.Page.Locator("form[enctype] button.primary").ClickAsync();
        await tab.ExpectUrl("**/transactions/imports/*");
        await Until(tab, "td.wrong", script);
        await tab.Expect("td.wrong").ToHaveCountAsync(1);
        await tab.Expect("td.wrong").ToContainTextAsync("not a date");
        await tab.Expect("td.wrong small").Not.ToBeEmptyAsync();
        if (script)
            await tab.AssertAccessible();

        await tab.Page.Locator("form[action$='/run'] button").ClickAsync();
        await Until(tab, ".tiles", script);
        await tab.Expect(".tiles a:first-child b").ToHaveTextAsync("2");
        await tab.Expect(".tiles a.bad b").ToHaveTextAsync("1");
        if (script)
            await tab.AssertAccessible();
        Assert.Equal([name + " a", name + " c"], await Titles(name));

        var download = await tab.Page.RunAndWaitForDownloadAsync(() =>
            tab.Page.Locator("a.btn[href$='/rejected.xlsx']").ClickAsync()
        );
        using var rejected = new MemoryStream();
        await using (var stream = await download.CreateReadStreamAsync())
            await stream.CopyToAsync(rejected);
        var sheet = TextOf(rejected);
        Assert.Contains("not a date", sheet, StringComparison.Ordinal);
        Assert.DoesNotContain("IMP-1", sheet, StringComparison.Ordinal);

        await tab.Page.Locator("form[action$='/undo'] button").ClickAsync();
        if (script)
            await tab.Page.Locator("#undo button[value=yes]").ClickAsync();
        await tab.Expect("form[action$='/undo']").ToHaveCountAsync(0);
        Assert.Empty(await Titles(name));
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task Three_hundred_rows_with_faults_come_in_with_few_clicks_on_one_page(string language)
    {
        var name = "Mended " + Guid.NewGuid().ToString("N")[..6];
        var rows = Enumerable
            .Range(0, 300)
            .Select(i =>
                (object?[])
                    [
                        $"{name} {i}",
                        i < 254 ? $"{name} client {i % 17}" : Hospital.NameAr,
                        i is >= 254 and < 266 ? $"{name} type {i % 3}" : "Payment",
                        i is >= 266 and < 271 ? "some day" : "2026-12-01",
                    ]
            )
            .ToList();
        object?[] heads = ["Title", "Client", "Type", "Due date"];
        await using var tab = await browser.Open(app, Sara, language);
        var clicks = 0;
        await tab.Go("/transactions/imports");
        if (language == "en")
            await Upload();
        else
            await Paste();
        await tab.Expect("input[name^='name.client.']").ToHaveCountAsync(17);
        await tab.AssertAccessible();
        var address = tab.Page.Url;

        // With the keyboard, from field to field.
        foreach (var field in await tab.Page.Locator("input[name^='name.client.']").AllAsync())
            await field.FillAsync(Hospital.NameAr);
        foreach (var field in await tab.Page.Locator("select[name^='name.type.']").AllAsync())
        {
            clicks++;
            await field.SelectOptionAsync("payment");
        }

        await Click("#faults > .foot button");
        await tab.Expect("input[name^='cell.'][name$='.dueDate']").ToHaveCountAsync(5);
        foreach (var field in await tab.Page.Locator("input[name^='cell.'][name$='.dueDate']").AllAsync())
            await field.FillAsync("31/12/2026");
        await Click("#faults > .foot button");
        await tab.Expect("#mend").ToHaveCountAsync(0);
        await Click("form[action$='/run'] button");

        await tab.Expect(".tiles a:first-child b").ToHaveTextAsync("300");
        Assert.Equal(address, tab.Page.Url);
        Assert.InRange(clicks, 1, 12);

        async Task Upload()
        {
            var file = Workbooks.Xlsx(("R", [heads, .. rows])).ToArray();
            clicks++;
            await tab
                .Page.Locator("input[type=file]")
                .SetInputFilesAsync(
                    new FilePayload
                    {
                        Name = "register.xlsx",
                        MimeType = "application/octet-stream",
                        Buffer = file,
                    }
                );
            await Click("form[enctype] button.primary");
        }

        // What a browser does when somebody presses Ctrl+V after copying cells.
        Task Paste() =>
            tab.Page.EvaluateAsync(
                """
                text => {
                  const clipboardData = new DataTransfer();
                  clipboardData.setData('text/plain', text);
                  document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
                }
                """,
                string.Join("\r\n", rows.Prepend(heads).Select(row => string.Join('\t', row)))
            );

        Task Click(string css)
        {
            clicks++;
            return tab.Page.Locator(css).ClickAsync();
        }
    }

    [Fact]
    public async Task Another_tab_sees_the_import_get_on_without_being_reloaded()
    {
        var id = await app.Db(async db =>
        {
            var run = new ImportRun
            {
                FileName = "large.xlsx",
                StoredName = "none",
                CreatedById = Nasser.Id,
                CreatedAt = app.Now,
                Status = ImportStatus.Running,
                Rows = 1000,
                Processed = 250,
                Lease = 1,
                LeasedUntil = app.Now.AddDays(1),
            };
            db.Add(run);
            await db.SaveChangesAsync();
            return run.Id;
        });
        await using var tab = await browser.Open(app, Nasser);
        await tab.Go($"/transactions/imports/{id}");
        await tab.Expect("progress").ToHaveJSPropertyAsync("value", 250);

        await app.Db(db =>
            db.Set<ImportRun>().Where(r => r.Id == id).ExecuteUpdateAsync(r => r.SetProperty(x => x.Processed, 750))
        );
        await tab.Expect("progress").ToHaveJSPropertyAsync("value", 750);
        await tab.AssertAccessible();
        await app.Db(db =>
            db.Set<ImportRun>()
                .Where(r => r.Id == id)
                .ExecuteUpdateAsync(r =>
                    r.SetProperty(x => x.Processed, 1000)
                        .SetProperty(x => x.Imported, 1000)
                        .SetProperty(x => x.Status, ImportStatus.Completed)
                )
        );

        await tab.Expect(".tiles b").ToHaveTextAsync("1,000");
        await tab.Expect("#import[hx-get]").ToHaveCountAsync(0);
        await tab.Expect("nav.side").ToHaveCountAsync(1);
    }

    [Fact]
    public async Task What_waits_for_an_admin_comes_and_goes_on_open_pages()
    {
        var name = "Live " + Guid.NewGuid().ToString("N")[..6];
        using var api = app.Api(Sara);
        using var admin = app.Api(Nasser);
        await using var waiting = await browser.Open(app, Nasser);
        await waiting.Go("/transactions/imports");
        var before = await app.Db(db => db.Imports.CountAsync(i => i.Status == ImportStatus.Waiting));
        var file = Registers.Of(Registers.Row(name, client: name));

        var import = await api.Import(file, ("createClients", "true"), ("mode", "validate"));
        var url = "/transactions/imports/" + import["id"];
        (await api.Post(url + "/request")).Expect(200);

        await waiting.Expect($"#waiting a[href='{url}']").ToBeVisibleAsync();
        await waiting.Expect(".side a[href='/transactions/imports'] .n").ToHaveTextAsync($"{before + 1}");
        await waiting.AssertAccessible();
        await using var editors = await browser.Open(app, Sara);
        await editors.Go(url);
        await editors.Expect("#import.waits").ToHaveCountAsync(1);

        (await admin.Post(url + "/release")).Expect(202);

        await editors.Expect(".tiles a:first-child b").ToHaveTextAsync("1");
        await waiting.Expect($"#waiting a[href='{url}']").ToHaveCountAsync(0);
        await waiting.Expect(".side a[href='/transactions/imports'] .n").ToHaveCountAsync(before > 0 ? 1 : 0);
    }

    // With script the page goes on by itself; without, a person follows its link until it has.
    private static async Task Until(Tab tab, string css, bool script)
    {
        for (var tries = 0; !script && tries < 200 && await tab.Page.Locator(css).CountAsync() == 0; tries++)
        {
            var again = tab.Page.Locator("#import .btn.quiet");
            if (await again.CountAsync() > 0)
                await again.ClickAsync();
        }

        await tab.Page.Locator(css).First.WaitForAsync();
    }

    private Task<List<string>> Titles(string start) =>
        app.Db(db =>
            db.Transactions.Where(t => t.DeletedAt == null && t.Title.StartsWith(start))
                .Select(t => t.Title)
                .OrderBy(t => t)
                .ToListAsync()
        );

    private static string TextOf(Stream workbook)
    {
        using var zip = new System.IO.Compression.ZipArchive(workbook);
        return string.Concat(
            zip.Entries.Where(e => e.FullName.EndsWith(".xml", StringComparison.Ordinal))
                .Select(e =>
                {
                    using var reader = new StreamReader(e.Open());
                    return reader.ReadToEnd();
                })
        );
    }
}
