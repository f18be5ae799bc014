using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>The field that searches, by keys alone.</summary>
[Collection(Browser.Collection)]
[Trait("runs", "once")]
public sealed class PickerInBrowserTests(SharedApp app, Browser browser) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData("en", "picker 7", "Picker 7")]
    [InlineData("ar", "منتقى ٧", "منتقى 7")]
    public async Task A_client_is_found_chosen_and_saved_by_keys_and_projects_are_its_own(
        string language,
        string typed,
        string name
    )
    {
        var clients = new List<int>();
        for (var i = 0; i < 12; i++)
            clients.Add((await Client(i, language)).Id);
        await app.Db(async db =>
        {
            for (var i = 0; i < 12; i++)
                db.Projects.Add(
                    new()
                    {
                        Code = $"PRJ-20{(language == "en" ? 31 : 32)}-{i:000}",
                        NameEn = "Of the picker",
                        ClientId = clients[i],
                        CreatedAt = app.Now,
                    }
                );
            return await db.SaveChangesAsync();
        });
        await using var tab = await browser.Open(app, Sara, language);
        await tab.Go("/transactions/new");
        var client = tab.Page.Locator("#f-client");
        var project = tab.Page.Locator("#f-project");
        await Assertions.Expect(client).ToHaveAttributeAsync("role", "combobox");
        // By a key: a click may miss what moves while the page gets its letters.
        await tab.Page.Locator(".more > summary").PressAsync("Enter");

        await client.FillAsync(typed);
        await Assertions.Expect(tab.Page.Locator("#f-client-list [role=option]")).ToHaveCountAsync(1);
        await tab.AssertAccessible();
        await client.PressAsync("ArrowDown");
        await client.PressAsync("Enter");

        await Assertions.Expect(client).ToHaveValueAsync(name);
        await Assertions.Expect(client).ToHaveAttributeAsync("aria-expanded", "false");
        await project.PressAsync("ArrowDown");
        // None, and the one of this client.
        await Assertions.Expect(tab.Page.Locator("#f-project-list [role=option]")).ToHaveCountAsync(2);
        await project.PressAsync("ArrowDown");
        await project.PressAsync("Tab");
        await client.FillAsync("nothing has this name");
        await Assertions.Expect(tab.Page.Locator(".picker [role=status]").First).Not.ToBeEmptyAsync();
        await client.PressAsync("Escape");
        await Assertions.Expect(client).ToHaveValueAsync(name);
        await tab.Page.FillAsync("#f-title", "By keys " + language);
        await tab.Page.SelectOptionAsync("#f-type", "payment");
        await tab.Page.ClickAsync("button[value=save]");
        await tab.ExpectUrl("**/transactions/TRX-*");

        var saved = await app.Db(db =>
            db.Transactions.Where(t => t.Title == "By keys " + language)
                .Select(t => new { t.ClientId, ProjectOf = t.Project!.ClientId })
                .SingleAsync()
        );
        Assert.Equal((clients[7], clients[7]), (saved.ClientId, saved.ProjectOf));
    }

    private Task<Clients.Client> Client(int i, string language) =>
        app.Db(async db =>
        {
            var (en, ar) = ($"Picker {i}", language == "ar" ? $"منتقى {i}" : null);
            var client = new Clients.Client
            {
                NameEn = ar is null ? en : null,
                NameAr = ar,
                CreatedAt = app.Now,
            };
            db.Clients.Add(client);
            await db.SaveChangesAsync();
            return client;
        });
}
