using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Listing;

public sealed class NarrowTransactionsTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData("status=approved", "b")]
    [InlineData("status=approved&status=draft", "ab")]
    [InlineData("status=&priority=urgent", "a")]
    [InlineData("type=payment", "b")]
    [InlineData("category=landscape", "a")]
    [InlineData("department=finance", "b")]
    [InlineData("assignee=none", "c")]
    [InlineData("assignee=3", "b")]
    [InlineData("createdBy=2&assignee=me&assignee=none", "c")]
    [InlineData("holder=authority", "c")]
    [InlineData("tag=phase-1", "a")]
    [InlineData("dueFrom=2026-12-01&dueTo=2026-12-31", "a")]
    [InlineData("dueFrom=1448-06-21", "a")]
    [InlineData("overdue=true", "b")]
    [InlineData("updatedSince=2026-11-22T09:30:00Z", "abc")]
    [InlineData("updatedSince=2026-11-22T09:30:01Z", "")]
    [InlineData("createdFrom=2026-11-22&createdTo=2026-11-22", "abc")]
    [InlineData("createdTo=2026-11-21", "")]
    public async Task Filters_narrow_the_list(string filter, string expected)
    {
        var place = await app.Given.Client("Filtered " + Guid.NewGuid().ToString("N"));
        await app.Given.Transaction(
            "a",
            client: place,
            priority: Priority.Urgent,
            category: "landscape",
            due: new(2026, 12, 5),
            tags: ["phase-1"]
        );
        await app.Given.Transaction(
            "b",
            client: place,
            status: "approved",
            type: "payment",
            department: "finance",
            due: new(2026, 11, 1),
            assignee: Omar
        );
        await app.Given.Transaction(
            "c",
            client: place,
            unassigned: true,
            holder: HolderKind.Authority,
            holderName: "Balady",
            status: "submitted"
        );

        var page = (await app.SignedInAs(Nasser).Page($"/transactions?client={place.Id}&{filter}&sort=title")).Expect(
            200
        );

        Assert.Equal(expected.Select(c => c.ToString()), page.Select("td.title a"));
    }

    [Theory]
    [InlineData("status=flying", "draft")]
    [InlineData("priority=asap", "urgent")]
    [InlineData("type=poem", "payment")]
    [InlineData("sort=shoeSize", "updatedAt")]
    [InlineData("overdue=perhaps", "true")]
    [InlineData("client=abc", "id")]
    [InlineData("assignee=99999999999999999999", "none")]
    public async Task A_value_that_is_not_known_is_refused_with_the_known_ones(string filter, string known)
    {
        var page = (await app.SignedInAs(Nasser).Page("/transactions?" + filter)).Expect(400);
        Assert.Contains(known, page.TextOf("main"));

        var fragment = (await app.SignedInAs(Nasser).Fragment("/transactions?" + filter)).Expect(400);
        Assert.False(fragment.IsWholePage);
        Assert.Equal("#notices", fragment.Header("HX-Retarget"));
        Assert.Contains(known, fragment.Text);

        var json = (await app.Api(Nasser).Get("/transactions?" + filter)).Expect(400);
        Assert.Contains(known, json.Json.GetProperty("allowed").EnumerateArray().Select(a => a.GetString()));
    }

    [Theory]
    [InlineData("احمد")]
    [InlineData("إحمد")]
    [InlineData("أَحْمَد")]
    [InlineData("مدرسه")]
    [InlineData("مدرسة أحمد")]
    [InlineData("احـــمد مدرسه")]
    [InlineData("رشيد العليا")]
    public async Task Search_finds_arabic_however_it_is_typed(string typed)
    {
        var t = await app.Given.Transaction("اعتماد مخططات مدرسة أحمد بن رشيد الإبتدائية، حي العليا");

        Assert.Contains(
            t.Number,
            (await app.SignedInAs(Sara).Page("/transactions?pageSize=100&q=" + Uri.EscapeDataString(typed)))
                .Expect(200)
                .Select("td.no")
        );
    }

    [Theory]
    [InlineData("ص-4326/6")]
    [InlineData("ص–4326")]
    [InlineData("ص—4326/6")]
    [InlineData("ص−4326")]
    [InlineData("ص4326/6")]
    [InlineData("ص-4326\\6")]
    [InlineData("4326-6")]
    [InlineData("ص-٤٣٢٦/٦")]
    [InlineData("عبدالله")]
    [InlineData("عبد الرحمن")]
    [InlineData("الرياض،")]
    [InlineData("\"مدرسة الأمل\"")]
    [InlineData("«مدرسة الأمل»")]
    [InlineData("تطوير-الرياض")]
    [InlineData("مسئول")]
    [InlineData("مسوول")]
    [InlineData("شئون")]
    [InlineData("رئيس الهيئة")]
    [InlineData("رؤيس")]
    public async Task Search_finds_what_people_spell_with_other_signs(string typed)
    {
        var t = await app.Given.Transaction(
            "تطوير مدرسة الأمل، الرياض: خطاب عبدالرحمن بن عبد الله، مسؤول شؤون رئيس الهيئة",
            reference: "ص-4326/6"
        );

        Assert.Contains(
            t.Number,
            (await app.SignedInAs(Sara).Page("/transactions?pageSize=100&q=" + Uri.EscapeDataString(typed)))
                .Expect(200)
                .Select("td.no")
        );
    }

    [Theory]
    [InlineData("ص-4326/7")]
    [InlineData("4326/66")]
    [InlineData("6-4326")]
    [InlineData("عبدالكريم")]
    public async Task Another_number_or_name_is_not_found(string typed)
    {
        var t = await app.Given.Transaction("خطاب عبد الله", reference: "ص-4326/6");

        Assert.DoesNotContain(
            t.Number,
            (await app.SignedInAs(Sara).Page("/transactions?pageSize=100&q=" + Uri.EscapeDataString(typed)))
                .Expect(200)
                .Select("td.no")
        );
    }

    [Theory]
    [InlineData("kingdom TOWER")]
    [InlineData("ingdom owe")]
    [InlineData("RRM-9999/77")]
    [InlineData("9999")]
    [InlineData("٩٩٩٩")]
    [InlineData("phase-seven")]
    [InlineData("glass façade")]
    [InlineData("facade")]
    [InlineData("municipality")]
    [InlineData("أمانة")]
    [InlineData("BLD-55123")]
    public async Task Search_finds_every_part_that_people_know_a_transaction_by(string typed)
    {
        var t = await app.Given.Transaction(
            "Kingdom Tower podium",
            reference: "RRM-9999/77",
            description: "The glass façade of the north side",
            tags: ["phase-seven"],
            authorities: [new("Balady", "BLD-55123", null)]
        );

        Assert.Contains(
            t.Number,
            (await app.SignedInAs(Sara).Page("/transactions?pageSize=100&q=" + Uri.EscapeDataString(typed)))
                .Expect(200)
                .Select("td.no")
        );
    }

    [Theory]
    [InlineData("kingdom xylophone")]
    [InlineData("100%")]
    [InlineData("k_ngdom")]
    [InlineData("\"; DROP TABLE Transactions; --")]
    [InlineData("king*")]
    [InlineData("NEAR(kingdom tower)")]
    [InlineData("\\")]
    public async Task Every_word_must_match_as_it_is(string typed)
    {
        await app.Given.Transaction("Kingdom Centre lobby");

        Assert.Empty(
            (await app.SignedInAs(Sara).Page("/transactions?q=" + Uri.EscapeDataString(typed)))
                .Expect(200)
                .Select("td.no")
        );
    }

    [Fact]
    public async Task Active_filters_are_chips_that_can_be_taken_away_one_by_one()
    {
        var sara = app.SignedInAs(Sara);

        var page = (await sara.Page("/transactions?q=tower&status=approved&status=paid&assignee=me&sort=title")).Expect(
            200
        );

        Assert.Equal(["Search: tower", "Status: Approved, Paid", "Assignee: me"], page.Select(".chip"));
        var without = page.Document.QuerySelectorAll(".chip a")[1].GetAttribute("href");
        Assert.Equal("/transactions?q=tower&assignee=me&sort=title", without);
        Assert.Equal(["Search: tower", "Assignee: me"], (await sara.Page(without!)).Select(".chip"));
    }

    [Fact]
    public async Task Sorting_goes_up_then_down_and_pages_never_overlap()
    {
        var place = await app.Given.Client("Sorted Co.");
        await app.Given.Transactions(60, i => $"Equal {i % 3}", client: place, status: "submitted");
        var nasser = app.SignedInAs(Nasser);
        var root = $"/transactions?client={place.Id}";

        var first = (await nasser.Page(root + "&sort=title")).Expect(200);
        Assert.Equal("ascending", first.Attribute("th.title", "aria-sort"));
        Assert.Equal($"{root}&sort=-title", first.Attribute("thead th.title a", "href"));

        foreach (
            var sort in new[]
            {
                "title",
                "-title",
                "status",
                "-dueDate",
                "priority,-title",
                "referenceNumber",
                "-number",
                "type",
                "createdAt",
                "holder,-amount",
                "-amount",
                "client",
                "-assignee",
            }
        )
        {
            var seen = new List<string>();
            foreach (var number in new[] { 1, 2, 3 })
                seen.AddRange((await nasser.Page($"{root}&sort={sort}&page={number}")).Expect(200).Select("td.no"));
            Assert.Equal(60, seen.Distinct().Count());
        }

        var titles = (await nasser.Page(root + "&sort=-title&pageSize=100")).Select("td.title a");
        Assert.Equal(titles.OrderDescending(), titles);
    }

    [Fact]
    public async Task Clients_and_assignees_sort_by_their_names_in_the_language_of_the_page()
    {
        const string tag = "sorted-by-name";
        var (aleph, beh) = (await app.Given.Client("zebra", "أحمد"), await app.Given.Client("Adam", "إبراهيم"));
        var teh = await app.Given.Client("beta", "بدر");
        await app.Given.Transaction("a", client: aleph, tags: [tag], assignee: Sara);
        await app.Given.Transaction("b", client: beh, tags: [tag], assignee: Omar);
        await app.Given.Transaction("t", client: teh, tags: [tag], unassigned: true);
        Assert.Equal(["b", "t", "a"], await Titles("client", "en"));
        Assert.Equal(["b", "a", "t"], await Titles("client", "ar"));
        Assert.Equal(["t", "a", "b"], await Titles("-client", "ar"));
        Assert.Equal(["b", "a", "t"], await Titles("assignee", "en"));
        Assert.Equal(["t", "a", "b"], await Titles("-assignee", "en"));
        Assert.Equal(["b"], await Titles("assignee&pageSize=1", "en"));
        Assert.Equal(["t"], await Titles("assignee&pageSize=1&page=3", "en"));
        Assert.Equal(["a"], await Titles("-assignee&pageSize=1&page=2", "en"));

        // Whoever gets another name stands elsewhere at once.
        await app.Db(async db =>
        {
            (await db.Clients.SingleAsync(c => c.Id == aleph.Id)).NameEn = "Aaron";
            return await db.SaveChangesAsync();
        });
        Assert.Equal(["a", "b", "t"], await Titles("client", "en"));

        async Task<IReadOnlyList<string>> Titles(string sort, string language) =>
            (await app.SignedInAs(Nasser).In(language).Page($"/transactions?tag={tag}&sort={sort}"))
                .Expect(200)
                .Select("td.title a");
    }

    [Fact]
    public async Task A_date_that_cannot_be_read_is_an_error_at_its_field_and_the_rest_of_the_filter_stays()
    {
        var place = await app.Given.Client("Unread date");
        await app.Given.Transaction("Of the client", client: place);
        var address = $"/transactions?client={place.Id}&dueFrom=2026-02-31&filters=";

        foreach (var filters in new[] { "", "open" })
        {
            var page = (await app.SignedInAs(Nasser).Page(address + filters)).Expect(400);
            Assert.Equal(["Of the client"], page.Select("td.title a"));
            Assert.Equal("2026-02-31", page.Attribute("#by-dueFrom", "value"));
            Assert.Equal("true", page.Attribute("#by-dueFrom", "aria-invalid"));
            Assert.Contains("2026-12-01", page.TextOf("#by-dueFrom-e"));
        }

        (await app.SignedInAs(Nasser).Page($"/transactions/export?format=csv&dueFrom=soon")).Expect(400);
    }

    [Fact]
    public async Task Priorities_sort_by_urgency_and_not_by_their_names()
    {
        var place = await app.Given.Client("Urgent Co.");
        foreach (var priority in new[] { Priority.High, Priority.Low, Priority.Urgent, Priority.Normal })
            await app.Given.Transaction(priority.ToString(), client: place, priority: priority);

        Assert.Equal(
            ["Urgent", "High", "Normal", "Low"],
            (await app.SignedInAs(Nasser).Page($"/transactions?client={place.Id}&sort=-priority")).Select("td.title a")
        );
    }

    [Fact]
    public async Task Sorted_by_holder_what_is_with_us_comes_first_and_authorities_by_name()
    {
        var place = await app.Given.Client("Held Co.");
        await app.Given.Transaction("B", client: place, holder: HolderKind.Authority, holderName: "Balady");
        await app.Given.Transaction("A", client: place, holder: HolderKind.Authority, holderName: "Amanah");
        await app.Given.Transaction("Client", client: place, holder: HolderKind.Client);
        await app.Given.Transaction("Us", client: place);
        var url = $"/transactions?client={place.Id}&sort=";

        Assert.Equal(
            ["Us", "Client", "A", "B"],
            (await app.SignedInAs(Nasser).Page(url + "holder")).Expect(200).Select("td.title a")
        );
        var api = await app.Api(Nasser).Get(url + "-holder");
        Assert.Equal("B", api.Expect(200).Items[0].GetProperty("title").GetString());
    }

    [Fact]
    public async Task Pages_are_linked_and_clamped()
    {
        var place = await app.Given.Client("Paged Co.");
        await app.Given.Transactions(55, client: place);
        var nasser = app.SignedInAs(Nasser);

        var second = (await nasser.Page($"/transactions?client={place.Id}&page=2")).Expect(200);
        Assert.Equal(25, second.Select("tbody tr").Count);
        Assert.Equal("26–50 of 55", second.TextOf(".foot span[aria-live]"));
        Assert.Equal($"/transactions?client={place.Id}&page=3", second.Attribute("nav.pager a[rel=next]", "href"));
        Assert.Equal($"/transactions?client={place.Id}", second.Attribute("nav.pager a[rel=prev]", "href"));

        Assert.Equal(
            55,
            (await nasser.Page($"/transactions?client={place.Id}&pageSize=100000")).Expect(200).Select("tbody tr").Count
        );
        Assert.Single(
            (await nasser.Page($"/transactions?client={place.Id}&pageSize=0")).Expect(200).Select("tbody tr")
        );
    }

    [Fact]
    public async Task A_menu_counts_what_each_of_its_values_would_show()
    {
        var place = await app.Given.Client("Faceted Co.");
        await app.Given.Transactions(3, client: place, status: "submitted", assignee: Omar);
        await app.Given.Transactions(2, client: place, status: "approved", assignee: Lina);
        await app.Given.Transaction(client: place, status: "approved", unassigned: true);
        var nasser = app.SignedInAs(Nasser);
        async Task<IReadOnlyList<string>> Menu(string field, string rest) =>
            (await nasser.Fragment($"/transactions/facets?client={place.Id}&{rest}&field={field}"))
                .Expect(200)
                .Select("li");

        // Its own filter does not narrow it, the others do.
        var statuses = await Menu("status", "status=submitted");
        Assert.Contains("Submitted 3", statuses);
        Assert.Contains("Approved 3", statuses);
        Assert.Contains("Paid 0", statuses);
        Assert.Equal(["me 0", "nobody 1", "Lina Alghamdi 2"], await Menu("assignee", "status=approved"));
        Assert.Contains("Faceted Co. 6", await Menu("client", "q="));

        (await nasser.Fragment("/transactions/facets?field=password")).Expect(400);
        (await nasser.Fragment("/transactions/facets?field=status&status=bogus")).Expect(400);
        (await app.SignedInAs(Huda).Fragment("/transactions/facets?field=assignee")).Expect(400);
        var hudas = (await app.SignedInAs(Huda).Fragment("/transactions/facets?field=status")).Expect(200);
        Assert.DoesNotContain("Draft", hudas.Text);
    }

    [Fact]
    public async Task Several_values_stack_in_the_menus_and_in_the_open_panel()
    {
        var place = await app.Given.Client("Stacked Co.");
        foreach (var status in new[] { "submitted", "approved", "paid" })
            await app.Given.Transaction(status, client: place, status: status);
        var nasser = app.SignedInAs(Nasser);
        var page = await nasser.Page($"/transactions?client={place.Id}&status=submitted&status=paid&sort=title");

        Assert.Equal(["paid", "submitted"], page.Select("td.title a"));
        Assert.Equal(2, page.Document.QuerySelectorAll("#facet-status [checked]").Length);
        Assert.Equal("Status 2", page.TextOf("#facet-status summary"));
        var again = await nasser.Submit(page, "form.filter", new { q = "paid" });
        Assert.Equal(["paid"], again.Expect(200).Select("td.title a"));
        Assert.Contains("status=submitted&status=paid", again.Url);

        var open = await nasser.Page($"/transactions?client={place.Id}&status=submitted&status=paid&filters=open");
        var kept = await nasser.Submit(open, "form.filter", new { sort = "title" });
        Assert.Equal(["paid", "submitted"], kept.Expect(200).Select("td.title a"));
    }

    [Fact]
    public async Task The_filter_form_works_without_script()
    {
        var place = await app.Given.Client("Scriptless Co.");
        await app.Given.Transaction("Wanted", client: place, priority: Priority.High);
        await app.Given.Transaction("Unwanted", client: place);
        var nasser = app.SignedInAs(Nasser);
        var page = await nasser.Page("/transactions?sort=title");

        var answer = await nasser.Submit(page, "form.filter", new { client = place.Id, priority = "high" });

        Assert.Equal(["Wanted"], answer.Expect(200).Select("td.title a"));
        Assert.Contains("sort=title", answer.Url);
    }
}
