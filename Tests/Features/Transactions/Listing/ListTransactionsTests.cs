using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Listing;

public sealed class ListTransactionsTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task The_page_shows_the_reference_before_the_number_to_every_role()
    {
        var t = await app.Given.Transaction("Facade approval", status: "submitted", reference: "RRM-4471/12");

        foreach (var person in new[] { Nasser, Sara, Huda })
        {
            var page = (await app.SignedInAs(person).Page("/transactions?q=" + t.Number)).Expect(200);

            Assert.True(page.IsWholePage);
            Assert.Equal(
                ["ref", "no"],
                page.Document.QuerySelectorAll("thead th:not(.pick)").Take(2).Select(h => h.ClassName!)
            );
            Assert.Equal(["RRM-4471/12"], page.Select("tbody .ref"));
            Assert.Equal([t.Number], page.Select("tbody .no"));
        }
    }

    [Fact]
    public async Task A_fragment_is_the_table_alone()
    {
        await app.Given.Transaction();

        var fragment = (await app.SignedInAs(Sara).Fragment("/transactions")).Expect(200);

        Assert.False(fragment.IsWholePage);
        Assert.True(fragment.Has("#transactions table"));
        Assert.Contains("HX-Request", fragment.Header("Vary"));
    }

    [Theory]
    [InlineData("HX-History-Restore-Request", "true")]
    [InlineData("HX-Request-Type", "full")]
    [InlineData("HX-Boosted", "true")]
    public async Task Htmx_gets_the_whole_page_where_it_replaces_the_whole_page(string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/transactions")
        {
            Headers = { { "HX-Request", "true" }, { header, value } },
        };

        Assert.True((await app.SignedInAs(Sara).Send(request)).Expect(200).IsWholePage);
    }

    [Fact]
    public async Task Each_role_sees_its_own_and_nothing_else()
    {
        var place = await app.Given.Client("Visible Only Est.");
        var people = await app.Given.User("Client Person", role: Infrastructure.Security.Role.Client, client: place);
        var byOmar = await app.Given.Transaction(
            "By Omar for Lina",
            client: place,
            by: Omar,
            assignee: Lina,
            status: "submitted"
        );
        var draft = await app.Given.Transaction("Draft of Omar", client: place, by: Omar);
        var deleted = await app.Given.Transaction(
            "Deleted of Omar",
            client: place,
            by: Omar,
            status: "submitted",
            deleted: true
        );

        async Task<List<string>> SeenBy(Person person) =>
            [
                .. (await app.SignedInAs(person).Page($"/transactions?client={place.Id}"))
                    .Expect(200)
                    .Select("td.no")
                    .Order(),
            ];

        Assert.Equal([byOmar.Number, draft.Number], await SeenBy(Nasser));
        Assert.Equal([byOmar.Number, draft.Number], await SeenBy(Omar));
        Assert.Equal([byOmar.Number], await SeenBy(Lina));
        Assert.Equal([byOmar.Number], await SeenBy(people));
        Assert.Empty(await SeenBy(Fahad));
        Assert.Empty(await SeenBy(Huda));
        Assert.DoesNotContain(
            deleted.Number,
            (await app.SignedInAs(Nasser).Page("/transactions?q=" + deleted.Number)).Select("td.no")
        );
    }

    [Fact]
    public async Task A_client_is_shown_no_choice_box_no_assignee_and_no_way_to_add()
    {
        await app.Given.Transaction(status: "submitted");

        var page = (await app.SignedInAs(Huda).Page("/transactions")).Expect(200);

        Assert.True(page.Has("tbody tr"));
        Assert.False(
            page.Has(
                "td.pick, td.who, a[data-new], select[name=assignee], select[name=client], select[name=department]"
            )
        );
        Assert.DoesNotContain("Sara", page.Text);
    }

    [Fact]
    public async Task The_total_counts_only_what_the_person_may_see()
    {
        var place = await app.Given.Client("Counted Co.");
        await app.Given.Transactions(30, client: place, by: Omar, status: "submitted");
        await app.Given.Transactions(4, client: place, by: Fahad, status: "submitted");

        Assert.EndsWith(
            "of 34",
            (await app.SignedInAs(Nasser).Page($"/transactions?client={place.Id}")).TextOf(".foot span[aria-live]")
        );
        Assert.EndsWith(
            "of 4",
            (await app.SignedInAs(Fahad).Page($"/transactions?client={place.Id}")).TextOf(".foot span[aria-live]")
        );
    }

    [Fact]
    public async Task An_empty_list_says_what_to_do()
    {
        var nasser = app.SignedInAs(Nasser);

        var none = (await nasser.Page("/transactions?q=nothingislikethis")).Expect(200);

        Assert.Equal("No matching transactions", none.TextOf(".empty h2"));
        Assert.Equal("/transactions", none.Attribute(".empty a", "href"));
    }

    [Fact]
    public async Task A_page_beyond_the_end_says_so_and_leads_to_the_last()
    {
        var place = await app.Given.Client("Ending Co.");
        await app.Given.Transactions(30, client: place, status: "submitted");

        var page = (await app.SignedInAs(Nasser).Page($"/transactions?client={place.Id}&page=999")).Expect(200);

        Assert.Equal("There is no page 999", page.TextOf(".empty h2"));
        Assert.Equal($"/transactions?client={place.Id}&page=2", page.Attribute(".empty a", "href"));
        Assert.Equal("30", page.TextOf("h1 .n"));
    }

    [Fact]
    public async Task Tabs_keep_the_other_filters_and_count_within_them()
    {
        var place = await app.Given.Client("Tabbed Co.");
        await app.Given.Transaction("Mine", client: place, assignee: Sara, status: "submitted");
        await app.Given.Transaction("Waits", client: place, assignee: Omar, holder: HolderKind.Client);
        await app.Given.Transaction("Late", client: place, assignee: Omar, due: app.Today.AddDays(-3));
        await app.Given.Transaction("Late elsewhere", due: app.Today.AddDays(-3));
        var nasser = app.SignedInAs(Nasser);

        var page = (await nasser.Page($"/transactions?client={place.Id}&assignee={Omar.Id}&sort=title")).Expect(200);
        Assert.Equal("2", page.TextOf("h1 .n"));
        Assert.Equal(["2", "0", "1", "1", "0"], page.Select(".tabs .n"));

        var late = (await nasser.Page(page.Attribute("#tab-overdue", "href")!)).Expect(200);
        Assert.Equal(["Late"], late.Select("td.title a"));
        Assert.Equal("1", late.TextOf("h1 .n"));
        Assert.Equal("page", late.Attribute("#tab-overdue", "aria-current"));
        Assert.Equal(
            $"/transactions?client={place.Id}&assignee={Omar.Id}&sort=title",
            late.Attribute("#tab-all", "href")
        );

        var searched = (await nasser.Page($"/transactions?client={place.Id}&q=late")).Expect(200);
        Assert.Equal(["1", "0", "1", "0", "0"], searched.Select(".tabs .n"));
        Assert.Equal($"/transactions?q=late&client={place.Id}&assignee=me", searched.Attribute("#tab-mine", "href"));
    }

    [Fact]
    public async Task The_height_of_the_rows_is_kept_in_the_browser()
    {
        await app.Given.Transaction(status: "submitted");
        var sara = app.SignedInAs(Sara);

        var back = await sara.Submit("/transactions/density", new { density = "compact", returnUrl = "/transactions" });
        Assert.Equal("/transactions", back.Expect(303).Location);
        await sara.Submit("/transactions/density", new { density = "tiny", returnUrl = "//evil.example" });
        var page = (await sara.Page("/transactions")).Expect(200);

        Assert.Equal("compact", page.Attribute("#list", "data-density"));
        Assert.Equal(["Compact"], page.Select("[form=density][aria-pressed=true]"));
    }

    [Fact]
    public async Task The_page_speaks_arabic_with_the_hijri_date()
    {
        var t = await app.Given.Transaction("اعتماد", status: "under_review", due: new(2026, 12, 1));

        var page = (await app.SignedInAs(Sara).In("ar").Page("/transactions?q=" + t.Number)).Expect(200);

        Assert.Equal("ar", page.Attribute("html", "lang"));
        Assert.Equal("rtl", page.Attribute("html", "dir"));
        Assert.Equal("قيد المراجعة", page.TextOf("td.state"));
        Assert.Contains("أمانة منطقة الرياض", page.TextOf("td.title"));
        Assert.Contains("1448", page.TextOf("td.due"));
        Assert.Contains("ديسمبر", page.TextOf("td.due"));
    }

    [Fact]
    public async Task Text_is_escaped()
    {
        var t = await app.Given.Transaction(
            "<script>alert(1)</script>",
            reference: "\"><img src=x>",
            status: "submitted"
        );

        var page = (await app.SignedInAs(Nasser).Page("/transactions?q=" + t.Number)).Expect(200);

        Assert.Equal("<script>alert(1)</script>", page.TextOf("td.title a"));
        Assert.False(page.Has("tbody img, tbody script"));
    }

    [Fact]
    public async Task The_api_lists_with_links_and_a_cursor()
    {
        var place = await app.Given.Client("Api Co.");
        var made = await app.Given.Transactions(7, client: place, status: "submitted");
        var api = app.Api(Nasser, "read");

        var page = (await api.Get($"/transactions?client={place.Id}&pageSize=3&page=2&sort=number")).Expect(200);
        Assert.Equal(
            made.Skip(3).Take(3).Select(t => t.Number),
            page.Items.Select(i => i.GetProperty("number").GetString())
        );
        Assert.Equal(7, page.Json.GetProperty("total").GetInt32());
        Assert.Equal(3, page.Json.GetProperty("totalPages").GetInt32());
        Assert.Contains("page=3", page["next"]);
        Assert.Contains("rel=\"prev\"", page.Header("Link"));

        var walked = new List<string?>();
        for (string? cursor = null; ; )
        {
            var part = (
                await api.Get($"/transactions?client={place.Id}&limit=3" + (cursor is null ? "" : "&after=" + cursor))
            ).Expect(200);
            walked.AddRange(part.Items.Select(i => i.GetProperty("number").GetString()));
            if ((cursor = part["nextCursor"]) is null)
                break;
        }

        Assert.Equal(made.Select(t => t.Number), walked);
    }

    [Fact]
    public async Task The_api_refuses_a_filter_it_does_not_know()
    {
        var answer = (await app.Api(Nasser).Get("/transactions?colour=green")).Expect(400);

        Assert.Equal("not-allowed-value", answer.Problem);
        Assert.Contains("status", answer.Json.GetProperty("allowed").EnumerateArray().Select(a => a.GetString()));
    }

    [Theory]
    [InlineData("q=%00", 400)]
    [InlineData("q=a%01b", 400)]
    [InlineData("q=%ED%A0%80", 0)]
    [InlineData("q=%FF%FE", 0)]
    [InlineData("status=%00", 400)]
    [InlineData("tag=%00", 400)]
    [InlineData("project=%00", 400)]
    [InlineData("page=-1", 200)]
    [InlineData("page=999999999999999999999999999999", 200)]
    [InlineData("page=abc&pageSize=-5", 200)]
    [InlineData("client=999999999999999999999999999999", 400)]
    [InlineData("client=-1", 400)]
    [InlineData("createdBy=999999999999999999999999999999", 400)]
    [InlineData("import=999999999999999999999999999999", 400)]
    [InlineData("createdFrom=9999-12-31&createdTo=9999-12-31", 400)]
    [InlineData("createdFrom=0001-01-01", 400)]
    [InlineData("updatedSince=0001-01-01", 400)]
    [InlineData("updatedSince=9999-12-31T23:59:59%2B00:00", 400)]
    [InlineData("dueFrom=99999-99-99", 400)]
    [InlineData("sort=,,,,", 200)]
    [InlineData("sort=--title", 400)]
    [InlineData("sort=title,title,title", 200)]
    [InlineData("q=a&q=b", 0)]
    [InlineData("=&&&==", 200)]
    [InlineData("page=1000000", 200)]
    public async Task Bad_input_is_answered_and_never_fails(string query, int expected)
    {
        foreach (
            var status in new[]
            {
                (await app.SignedInAs(Nasser).Page("/transactions?" + query)).Status,
                (await app.SignedInAs(Nasser).Fragment("/transactions?" + query)).Status,
                (await app.Api(Nasser).Get("/transactions?" + query)).Status,
            }
        )
        {
            Assert.InRange(status, 200, 499);
            if (expected == 400)
                Assert.Equal(400, status);
        }

        if (expected == 200)
            (await app.SignedInAs(Nasser).Page("/transactions?" + query)).Expect(200);
    }

    [Fact]
    public async Task Long_and_plentiful_input_is_answered_and_never_fails()
    {
        var nasser = app.SignedInAs(Nasser);

        (await nasser.Page("/transactions?q=" + new string('a', 201))).Expect(400);
        (await nasser.Page("/transactions?q=" + string.Concat(Enumerable.Repeat("ab ", 66)))).Expect(200);
        (
            await nasser.Page("/transactions?" + string.Join('&', Enumerable.Range(1, 500).Select(i => $"client={i}")))
        ).Expect(200);
        Assert.InRange((await nasser.Page("/transactions?q=" + new string('a', 100_000))).Status, 400, 499);
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_asked_to_and_comes_back()
    {
        var visitor = app.Anonymous;

        Assert.Equal(
            "/signin?returnUrl=%2Ftransactions%3Fq%3Dx",
            new Uri(app.Address, (await visitor.Page("/transactions?q=x")).Expect(302).Location).PathAndQuery
        );
        Assert.StartsWith("/signin", (await visitor.Fragment("/transactions")).Expect(401).Header("HX-Redirect"));
        Assert.Equal("status-401", (await app.AnonymousApi.Get("/transactions")).Expect(401).Problem);
    }

    [Fact]
    public async Task The_cookie_does_not_open_the_api_and_a_token_opens_no_page()
    {
        (await app.SignedInAs(Nasser).Page("/api/v1/transactions")).Expect(401);

        var page = new HttpRequestMessage(HttpMethod.Get, "/transactions")
        {
            Headers = { { "Authorization", "Bearer " + app.NewToken(Nasser) } },
        };
        (await app.Anonymous.Send(page)).Expect(302);
    }
}
