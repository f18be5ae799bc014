using MdcTts.Infrastructure.Audit;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Audit;

public sealed class ListAuditTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task An_admin_reads_what_happened_to_a_transaction()
    {
        var t = await app.Given.Transaction("Facade of the tower", status: "draft");
        (
            await app.SignedInAs(Sara)
                .Submit($"/transactions/{t.Number}/status", new { to = "submitted", version = t.Version })
        ).Expect(303);
        var nasser = app.SignedInAs(Nasser);
        var link = (await nasser.Page("/transactions/" + t.Number))
            .Expect(200)
            .Attribute("a[href^='/audit?']", "href")!;

        var page = (await nasser.Page(link)).Expect(200);
        Assert.Equal(["Status changed"], page.Select("tbody th a"));
        Assert.Equal(
            [Sara.Name, t.Number, "Not sealed yet"],
            [
                page.TextOf("tbody td:nth-child(2)"),
                page.TextOf("tbody td:nth-child(4) a"),
                page.TextOf("tbody td:last-child"),
            ]
        );

        await app.Seal();
        var entry = (await nasser.Page(page.Attribute("tbody th a", "href")!)).Expect(200);
        Assert.Equal(["Draft", "Submitted"], [entry.TextOf("td del"), entry.TextOf("td ins")]);
        Assert.Contains("Sealed #", string.Join(' ', entry.Select("dl.facts dd")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_narrow_and_the_fragment_is_a_part()
    {
        await Made(
            "project.edited",
            "project",
            "PRJ-2026-901",
            Omar.Id,
            new { old = new { nameAr = "حي الملقا" }, @new = new { nameAr = "حي الياسمين" } }
        );
        await Made("project.created", "project", "PRJ-2026-901", Lina.Id, new { note = "50% of A_B" });
        await Made("import.failed", "import", "901", null, null);
        var nasser = app.SignedInAs(Nasser);
        async Task Shows(int count, string query) =>
            Assert.Equal(count, (await nasser.Fragment("/audit?" + query)).Expect(200).Select("tbody tr").Count);

        await Shows(2, "entity=project&key=PRJ-2026-901");
        await Shows(1, "entity=project&key=PRJ-2026-901&who=" + Omar.Id);
        await Shows(1, "key=PRJ-2026-901&action=project.created");
        await Shows(2, "key=PRJ-2026-901&action=project");
        await Shows(1, "who=none&key=901&action=import");
        await Shows(1, "q=%D8%A7%D9%84%D9%8A%D8%A7%D8%B3%D9%85%D9%8A%D9%86");
        await Shows(1, "q=50%25+of");
        await Shows(1, "q=a_b+prj-2026-901");
        await Shows(2, "key=PRJ-2026-901&from=2026-11-22&to=2026-11-22");
        await Shows(0, "key=PRJ-2026-901&to=2026-11-21");
        Assert.False((await nasser.Fragment("/audit?key=none-such")).IsWholePage);
    }

    [Fact]
    public async Task Who_changed_a_due_date_last_week_is_a_field_and_a_period()
    {
        var t = await app.Given.Transaction("Soil report", status: "draft", reference: "RRM-771/SOIL");
        await Made(
            "transaction.edited",
            "transaction",
            t.Number,
            Omar.Id,
            new[]
            {
                new
                {
                    field = "dueDate",
                    old = "2026-12-20",
                    @new = "2026-12-01",
                },
                new
                {
                    field = "client",
                    old = "",
                    @new = t.ClientId.ToString()!,
                },
            },
            at: app.Now.AddDays(-4)
        );
        var nasser = app.SignedInAs(Nasser);

        var page = (await nasser.Page("/audit?field=dueDate&period=last_week&q=rrm-771%2Fsoil")).Expect(200);
        Assert.Equal(
            [Omar.Name, "RRM-771/SOIL", t.Number],
            [
                page.TextOf("tbody td:nth-child(2)"),
                page.TextOf("tbody td:nth-child(4) b"),
                page.TextOf("tbody td:nth-child(4) a"),
            ]
        );
        Assert.Equal(["20 Dec 2026"], page.Select("tbody del"));
        var client = await app.Db(db => db.Clients.SingleAsync(c => c.Id == t.ClientId));
        Assert.Equal(["1 Dec 2026", client.NameEn!], page.Select("tbody ins"));
        Assert.Equal(["Due"], page.Select("select[name=field] option[selected]"));
        Assert.Empty(page.Select("input[name=key]:not([type=hidden])"));

        foreach (var other in new[] { "period=today", "field=amount", "field=status", "to=2026-11-14", "who=none" })
            Assert.Empty(
                (await nasser.Fragment($"/audit?q=rrm-771%2Fsoil&action=transaction.edited&{other}"))
                    .Expect(200)
                    .Select("tbody tr")
            );
        var one = (await nasser.Fragment("/audit?entity=transaction&key=" + t.Number)).Expect(200);
        Assert.Contains("RRM-771/SOIL", one.TextOf(".chip"), StringComparison.Ordinal);

        var item = (await app.Api(Nasser).Get($"/audit?field=dueDate&key={t.Number}")).Expect(200).Items[0];
        Assert.Equal(
            ["RRM-771/SOIL", "dueDate", "2026-12-20", "2026-12-01"],
            [
                item.GetProperty("referenceNumber").GetString()!,
                .. new[] { "field", "old", "new" }.Select(name =>
                    item.GetProperty("changes")[0].GetProperty(name).GetString()!
                ),
            ]
        );
    }

    [Theory]
    [InlineData("field=secret")]
    [InlineData("period=ever")]
    [InlineData("who=x")]
    [InlineData("who=99999999999")]
    [InlineData("action=DROP")]
    [InlineData("entity=%00")]
    [InlineData("key=%00")]
    [InlineData("from=yesterday")]
    [InlineData("q=%00")]
    public async Task What_cannot_be_a_filter_is_refused(string query)
    {
        (await app.SignedInAs(Nasser).Page("/audit?" + query)).Expect(400);
        (await app.Api(Nasser).Get("/audit?" + query)).Expect(400);
        (await app.SignedInAs(Nasser).Page("/audit/export?format=csv&" + query)).Expect(400);
    }

    [Fact]
    public async Task Other_people_do_not_get_in()
    {
        foreach (
            var url in new[]
            {
                "/audit",
                "/audit/1",
                "/audit/verification",
                "/audit/export?format=csv",
                "/audit/anchors/2026-11-22.json",
            }
        )
        {
            (await app.SignedInAs(Sara).Page(url)).Expect(403);
            (await app.SignedInAs(Huda).Page(url)).Expect(403);
            (await app.Anonymous.Page(url)).Expect(302);
        }

        (await app.Api(Sara).Get("/audit")).Expect(403);
        (await app.Api(Nasser, "read", "write").Get("/audit/verify")).Expect(403);
        (await app.AnonymousApi.Get("/audit/verify")).Expect(401);
        var nasser = app.SignedInAs(Nasser);
        (await nasser.Page("/audit/999999999")).Expect(404);
        (await nasser.Page("/audit/anchors/2020-01-01.json")).Expect(404);
        (await nasser.Page("/audit/export?format=exe")).Expect(400);
        (await app.Api(Nasser).Get("/audit?unknown=1")).Expect(400);
        (await app.Api(Nasser).Get("/audit?after=x")).Expect(400);
    }

    [Fact]
    public async Task The_api_answers_by_page_and_by_cursor()
    {
        for (var i = 0; i < 5; i++)
            await Made("project.edited", "project", "PRJ-2026-902", Omar.Id, new { i });
        var api = app.Api(Nasser);
        var page = (await api.Get("/audit?key=PRJ-2026-902&pageSize=2&page=2")).Expect(200);
        Assert.Equal(("5", "3"), (page["total"], page["totalPages"]));
        var item = page.Items[0];
        Assert.Equal(
            [2, Omar.Id.ToString(), "PRJ-2026-902"],
            [
                item.GetProperty("data").GetProperty("i").GetInt32(),
                (object)item.GetProperty("actor").GetProperty("id").GetString()!,
                item.GetProperty("entityKey").GetString()!,
            ]
        );

        var (seen, next) = (new List<int>(), "");
        do
        {
            var part = (await api.Get($"/audit?key=PRJ-2026-902&limit=2&after={next}")).Expect(200);
            seen.AddRange(part.Items.Select(e => e.GetProperty("data").GetProperty("i").GetInt32()));
            next = part.Json.GetProperty("nextCursor").GetString();
        } while (next is not null);
        Assert.Equal([0, 1, 2, 3, 4], seen);
    }

    [Fact]
    public async Task An_export_holds_exactly_the_filtered_entries_and_is_an_entry_itself()
    {
        await Made("project.edited", "project", "=PRJ+903", Omar.Id, new { note = "before" });
        await Made("project.created", "project", "=PRJ+903", Omar.Id, null);
        var csv = (
            await app.SignedInAs(Nasser).Page("/audit/export?format=csv&key=%3DPRJ%2B903&action=project.edited")
        ).Expect(200);
        Assert.Equal(2, csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("'=PRJ+903", csv.Text, StringComparison.Ordinal);

        var xlsx = (await app.SignedInAs(Nasser).In("ar").Page("/audit/export?format=xlsx&key=%3DPRJ%2B903")).Expect(
            200
        );
        Assert.Equal("PK", System.Text.Encoding.ASCII.GetString(xlsx.Bytes, 0, 2));
        var noted = await app.Db(db =>
            db.Audit.Where(e => e.Action == "audit.exported" && e.ActorId == Nasser.Id)
                .OrderBy(e => e.Id)
                .Select(e => e.Data!)
                .ToListAsync()
        );
        Assert.Contains(
            noted,
            d =>
                d.Contains("\"rows\":1,\"complete\":true", StringComparison.Ordinal)
                && d.Contains("csv", StringComparison.Ordinal)
        );
        Assert.Contains(
            noted,
            d =>
                d.Contains("\"rows\":2,\"complete\":true", StringComparison.Ordinal)
                && d.Contains("xlsx", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_list_asks_as_many_questions_for_many_rows_as_for_few()
    {
        var nasser = app.SignedInAs(Nasser);
        for (var i = 0; i < 3; i++)
            await Made("project.edited", "project", "PRJ-2026-904", Omar.Id, new { i });
        await nasser.Page("/audit?key=PRJ-2026-904");
        await Made("project.edited", "project", "PRJ-2026-904", Omar.Id, null);
        var few = await nasser.Page("/audit?key=PRJ-2026-904");
        for (var i = 0; i < 30; i++)
            await Made("project.edited", "project", "PRJ-2026-904", Lina.Id, new { i });
        var many = await nasser.Page("/audit?key=PRJ-2026-904&pageSize=100");

        Assert.True(many.Select("tbody tr").Count >= 34);
        Assert.InRange(few.Statements.Count, 2, 6);
        Assert.Equal(few.Statements.Count, many.Statements.Count);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task A_row_looks_right(string language)
    {
        var entry = await Made(
            "project.edited",
            "project",
            "PRJ-2026-905-" + language,
            Omar.Id,
            new { old = new { nameEn = "A" }, @new = new { nameEn = "B" } }
        );
        var row = (await app.SignedInAs(Nasser).In(language).Fragment($"/audit?key={entry.EntityKey}"))
            .Expect(200)
            .One("table")
            .OuterHtml;

        Snapshot.Verify(
            row.Replace(
                entry.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                "ID",
                StringComparison.Ordinal
            ),
            language
        );
    }

    private async Task<AuditEntry> Made(
        string action,
        string type,
        string key,
        int? by,
        object? data,
        DateTime? at = null
    )
    {
        var entry = AuditLog.Entry(action, type, key, by, at ?? app.Now, data: data, about: new { name = "Somebody" });
        await app.Db(async db =>
        {
            db.Audit.Add(entry);
            return await db.SaveChangesAsync();
        });
        return entry;
    }
}
