using MdcTts.Features.Accounts;
using MdcTts.Features.Transactions;
using MdcTts.Support;
using Microsoft.Playwright;
using static MdcTts.Support.Cast;

namespace MdcTts.InBrowser;

/// <summary>The app with one of everything that a page can show, in both scripts.</summary>
public sealed class BrowsedApp : App
{
    /// <summary>Under review, with a long history; its Arabic title stands in an English page.</summary>
    public Transaction Reviewed { get; private set; } = null!;

    /// <summary>Nobody has it, it is late.</summary>
    public Transaction Late { get; private set; } = null!;

    public Transaction Draft { get; private set; } = null!;

    public string Project { get; private set; } = "";

    public Person Waiting { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        var project = await Given.Project();
        Project = project.Code;
        Waiting = await Given.User("Maha Alzahrani", "maha@mdc.example", status: UserStatus.Pending);
        Reviewed = await Given.Transaction(
            "اعتماد واجهات برج العليا",
            status: "under_review",
            reference: "ص-4471/12",
            due: Today.AddDays(9),
            priority: Priority.Urgent,
            category: "architecture",
            description: "الواجهات الشمالية والغربية، with the stone samples.",
            notes: "Only for us.",
            amount: 1_250_000,
            projectId: project.Id,
            note: "Received and complete.",
            tags: ["واجهات", "olaya"],
            authorities: [new("أمانة الرياض", "RM-2026/771", Today.AddDays(-20))],
            assignee: Sara,
            holder: HolderKind.Authority,
            holderName: "بلدي"
        );
        Late = await Given.Transaction(
            "A title so long that it has to be broken into several lines wherever it stands, with a "
                + "word_that_is_longer_than_any_column_of_any_table_could_ever_be",
            status: "in_progress",
            due: Today.AddDays(-12),
            unassigned: true,
            client: Hospital,
            holder: HolderKind.Client
        );
        Draft = await Given.Transaction("Landscape submission", status: "draft", reference: "REF-5521/9");
        await Given.Transaction("Entered twice", status: "submitted", deleted: true);
        await Given.Transactions(
            30,
            i => i % 2 == 0 ? $"Structural calculation notes, block {i}" : $"تقرير فحص التربة، المبنى {i}",
            status: "submitted",
            due: Today.AddDays(3)
        );
        await SignedInAs(Sara)
            .Submit($"/transactions/{Reviewed.Number}/comments", new { text = "تم التواصل مع العميل @Omar Alotaibi" });
        NewToken(Nasser, "read");
    }
}

/// <summary>What the tests in the browser do again and again.</summary>
internal static class TabActions
{
    /// <summary>Opens the form of a move, fills it in and sends it.</summary>
    public static async Task Move(this Tab tab, string to, string? note = null, bool isPublic = false)
    {
        var move = tab.Page.Locator($"details.move:has(input[name=to][value={to}])");
        await move.Locator("summary").ClickAsync();
        if (note is not null)
            await move.Locator("textarea").FillAsync(note);
        if (isPublic)
            await move.GetByRole(AriaRole.Checkbox).CheckAsync();
        await move.Locator("button.primary").ClickAsync();
    }

    /// <summary>Every text of the page, one after the other.</summary>
    public static Task<string> Text(this Tab tab) => tab.Page.Locator("body").InnerTextAsync();

    public static ILocatorAssertions Expect(this Tab tab, string css) => Assertions.Expect(tab.Page.Locator(css));
}
