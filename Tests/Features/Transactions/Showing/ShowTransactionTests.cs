using MdcTts.Infrastructure.Saudi;
using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Showing;

public sealed class ShowTransactionTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task What_staff_do_among_themselves_changes_nothing_that_a_client_reads()
    {
        var t = await app.Given.Transaction(status: "submitted", client: Municipality, by: Sara, assignee: Sara);
        var (url, history) = ($"/transactions/{t.Number}", $"/transactions/{t.Number}/history");
        using var huda = app.Api(Huda);
        var (before, past) = ((await huda.Get(url)).Expect(200), (await huda.Get(history)).Expect(200));

        app.Clock.Advance(TimeSpan.FromMinutes(1));
        using var sara = app.Api(Sara);
        (await sara.Post(url + "/comments", new { text = "Among ourselves" })).Expect(201);
        (await sara.Post(url + "/assignee", new { assignee = $"{Omar.Id}", reason = "Holidays" })).Expect(200);

        var after = (await huda.Get(url)).Expect(200);
        Assert.Equal(before.Json.GetProperty("version").GetInt32(), after.Json.GetProperty("version").GetInt32());
        Assert.Equal(before.Json.GetProperty("updatedAt").ToString(), after.Json.GetProperty("updatedAt").ToString());
        Assert.Equal(before.Header("ETag"), after.Header("ETag"));
        Assert.Equal(past.Text, (await huda.Get(history)).Expect(200).Text);
        Assert.Equal(
            ["2", "1"],
            past.Json.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("id").GetString())
        );
    }

    [Fact]
    public async Task The_page_says_where_it_stands_and_what_may_be_done()
    {
        var t = await app.Given.Transaction(
            "Facade approval",
            status: "in_progress",
            reference: "RRM-4471/12",
            due: app.Today.AddDays(-4),
            amount: 5_000_000,
            notes: "For us only",
            holder: HolderKind.Authority,
            holderName: "Balady"
        );

        var page = await app.SignedInAs(Sara).Page($"/transactions/{t.Number}");

        Assert.Equal("RRM-4471/12 Facade approval", page.Expect(200).TextOf("h1"));
        Assert.Equal("In progress", page.TextOf("ol.steps [aria-current=step]"));
        Assert.Equal(["Reference number", "Transaction number"], page.Select("dl.facts dt").Take(2));
        Assert.Equal(["RRM-4471/12", t.Number], page.Select("dl.facts dd").Take(2));
        Assert.Contains("For us only", page.Text);
        Assert.Equal(
            ["cancelled", "completed", "on_hold", "payment_pending"],
            page.Document.QuerySelectorAll("details.move [name=to]").Select(i => i.GetAttribute("value")!).Order()
        );
        Assert.StartsWith("<!doctype html>", page.Text.TrimStart(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Htmx_gets_the_timeline_narrowed_to_a_kind()
    {
        var t = await app.Given.Transaction(status: "submitted");
        (await app.Api(Sara).Post($"/transactions/{t.Number}/comments", new { text = "A word" })).Expect(201);

        var all = await app.SignedInAs(Sara).Fragment($"/transactions/{t.Number}");
        var comments = await app.SignedInAs(Sara).Fragment($"/transactions/{t.Number}?kind=comment");

        Assert.False(all.Expect(200).IsWholePage);
        Assert.Contains("HX-Request", all.Header("Vary"));
        Assert.Equal(
            (3, 1),
            (all.Select("#timeline ol.line > li").Count, comments.Select("#timeline ol.line > li").Count)
        );
        Assert.Equal("comment", comments.Attribute("select[name=kind] option[selected]", "value"));
        Assert.Equal(
            3,
            (await app.SignedInAs(Sara).Fragment($"/transactions/{t.Number}?kind=nonsense%00"))
                .Expect(200)
                .Select("#timeline ol.line > li")
                .Count
        );
    }

    [Fact]
    public async Task A_script_reads_the_body_of_the_contract()
    {
        var t = await app.Given.Transaction(
            "Facade",
            status: "submitted",
            reference: "RRM-1",
            due: app.Today.AddDays(-1),
            amount: 5_000_000,
            notes: "For us only",
            tags: ["b", "a"],
            authorities: [new("Balady", "B-1", new(2026, 10, 1))]
        );

        var answer = await app.Api(Sara).Get($"/transactions/{t.Number}");

        Assert.Equal($"\"{t.Version}\"", answer.Expect(200).Header("ETag"));
        Assert.Equal(Members.Order(), answer.Json.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(
            ("Approval request", "50000.00", "true", "For us only"),
            (answer["typeName"], answer["amount"], answer["isOverdue"], answer["internalNotes"])
        );
        Assert.Equal($"{Municipality.Id}", answer.Json.GetProperty("client").GetProperty("id").GetString());
        Assert.Equal(["a", "b"], answer.Json.GetProperty("tags").EnumerateArray().Select(x => x.GetString()));
    }

    [Fact]
    public async Task A_client_reads_less()
    {
        var t = await app.Given.Transaction(status: "submitted", notes: "For us only", assignee: Omar);

        var answer = await app.Api(Huda).Get($"/transactions/{t.Number}");

        Assert.False(answer.Expect(200).Json.TryGetProperty("internalNotes", out _));
        Assert.False(answer.Json.GetProperty("assignee").TryGetProperty("email", out _));
        foreach (var role in new[] { "assignee", "createdBy" })
            Assert.Equal(
                """{"id":"firm","name":"MDC Design Consultancy"}""",
                answer.Json.GetProperty(role).GetRawText()
            );
        Assert.DoesNotContain("For us only", answer.Text);
        // The firm's name stands for its people, wherever a client reads.
        var huda = app.SignedInAs(Huda);
        foreach (
            var read in new[]
            {
                answer.Text,
                (await huda.Page($"/transactions/{t.Number}")).Expect(200).Text,
                (await huda.Page($"/transactions?q={t.Number}")).Expect(200).Text,
                (await huda.Page($"/transactions/export?format=json&q={t.Number}")).Expect(200).Text,
                (await app.Api(Huda).Get($"/transactions/{t.Number}/history")).Expect(200).Text,
                (await huda.Page("/")).Expect(200).Text,
            }
        )
        {
            Assert.DoesNotContain(Omar.Email, read);
            Assert.DoesNotContain(Omar.Name, read);
            Assert.DoesNotContain(Sara.Name, read);
        }
    }

    [Fact]
    public async Task The_history_is_paged_newest_first_and_a_client_reads_the_public_part()
    {
        var t = await app.Given.Transaction(status: "submitted");
        var sara = app.Api(Sara);
        (await sara.Post($"/transactions/{t.Number}/comments", new { text = "Secret comment" })).Expect(201);
        (await sara.Post($"/transactions/{t.Number}/status", new { status = "draft", note = "Secret note" })).Expect(
            200
        );
        (
            await sara.Post(
                $"/transactions/{t.Number}/status",
                new
                {
                    status = "submitted",
                    note = "Public note",
                    noteVisibility = "public",
                }
            )
        ).Expect(200);

        var staff = await sara.Get($"/transactions/{t.Number}/history?pageSize=2");
        var client = await app.Api(Huda).Get($"/transactions/{t.Number}/history");

        Assert.Equal(("5", "3"), (staff.Expect(200)["total"], staff["totalPages"]));
        Assert.Equal(["status", "status"], staff.Items.Select(i => i.GetProperty("kind").GetString()));
        Assert.Equal(
            ("Public note", "public"),
            (staff.Items[0].GetProperty("text").GetString(), staff.Items[0].GetProperty("noteVisibility").GetString())
        );
        Assert.Equal(
            ["status", "status", "created"],
            client.Expect(200).Items.Select(i => i.GetProperty("kind").GetString())
        );
        Assert.All(client.Items, i => Assert.Equal("MDC Design Consultancy", i.GetProperty("by").GetString()));
        Assert.Contains("Public note", client.Text);
        Assert.DoesNotContain("Secret", client.Text);
        Assert.DoesNotContain(
            "Secret",
            (await app.SignedInAs(Huda).Page($"/transactions/{t.Number}?kind=comment")).Text
        );
    }

    [Theory]
    [InlineData("TRX-2026-99999")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("..")]
    [InlineData("TRX-2026-00001%20")]
    [InlineData("%ED%A0%80")]
    [InlineData("'%20OR%201=1--")]
    [InlineData("TRX-2026-00001/../../users")]
    [InlineData("TRX-٢٠٢٦-٠٠٠٠١")]
    public async Task An_odd_number_is_not_found(string number)
    {
        foreach (var path in new[] { "", "/edit", "/qr.svg", "/label", "/delete" })
        {
            Assert.Contains(
                (await app.SignedInAs(Nasser).Page($"/transactions/{number}{path}")).Status,
                new[] { 404, 403, 200 }.Where(s => s != 200 || number.Contains(".."))
            );
            Assert.Contains(
                (await app.Api(Nasser).Get($"/transactions/{number}{path}")).Status,
                new[] { 404, 405, 200 }.Where(s => s != 200 || number.Contains(".."))
            );
        }

        (await app.SignedInAs(Nasser).Page("/transactions/" + new string('9', 5000))).Expect(404);
    }

    [Fact]
    public async Task The_way_stops_where_it_was_put_on_hold_or_cancelled_also_while_the_timeline_is_narrowed()
    {
        var t = await app.Given.Transaction(status: "in_progress");
        var api = app.Api(Sara);
        (await api.Post($"/transactions/{t.Number}/status", new { status = "on_hold", note = "Survey" })).Expect(200);

        foreach (var path in new[] { "", "?kind=comment" })
        {
            var held = await app.SignedInAs(Sara).Page($"/transactions/{t.Number}{path}");
            Assert.Equal(
                $"In progress On hold since {Dates.Format(app.Today, "en")}",
                held.TextOf("ol.steps [aria-current=step]")
            );
            Assert.DoesNotContain("On hold", held.Select("ol.steps li"));
            Assert.Equal(4, held.Document.QuerySelectorAll("ol.steps .done [role=img][aria-label]").Length);
        }

        (
            await app.Api(Nasser).Post($"/transactions/{t.Number}/status", new { status = "cancelled", note = "No" })
        ).Expect(200);
        var over = await app.SignedInAs(Sara).Page($"/transactions/{t.Number}");
        Assert.StartsWith("In progress Cancelled since", over.TextOf("ol.steps [aria-current=step]"));
    }

    [Fact]
    public async Task What_cannot_be_undone_stands_in_the_menu()
    {
        var t = await app.Given.Transaction("Facade", status: "in_progress");

        var page = await app.SignedInAs(Nasser).Page($"/transactions/{t.Number}");

        Assert.True(page.Has(".moves > .menu .move [name=to][value=cancelled]"));
        Assert.False(page.Has(".moves > .move [name=to][value=cancelled]"));
        Assert.True(page.Has(".moves > .menu form[action$='/qr']"));
        Assert.Equal(t.Number, page.Attribute("hgroup [data-copy]", "data-copy"));
        var refused = await app.SignedInAs(Nasser)
            .Submit(
                $"/transactions/{t.Number}/status",
                new
                {
                    to = "cancelled",
                    note = "",
                    version = t.Version,
                }
            );
        Assert.True(refused.Expect(422).Has(".moves > .menu[open] .move[open] [aria-invalid=true]"));
    }

    [Fact]
    public async Task A_latin_mention_does_not_turn_an_Arabic_comment_round()
    {
        var t = await app.Given.Transaction(status: "submitted");
        (await app.Api(Sara).Post($"/transactions/{t.Number}/comments", new { text = "@omar <b>نأمل\nالتحقق" })).Expect(
            201
        );

        var said = (await app.SignedInAs(Sara).Page($"/transactions/{t.Number}")).One("#timeline .note .pre");

        Assert.Equal("<bdi>@omar</bdi> &lt;b&gt;نأمل\nالتحقق", said.InnerHtml);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task The_timeline_and_the_steps_look_right(string language)
    {
        var t = await app.Given.Transaction(
            "Facade",
            status: "in_progress",
            reference: "RRM-4471/12",
            by: Sara,
            assignee: Sara,
            due: new(2026, 12, 1),
            note: "Work has begun"
        );
        var sara = app.Api(Sara);
        (
            await sara.Post($"/transactions/{t.Number}/comments", new { text = "@Nasser please look\nسطر ثانٍ <b>" })
        ).Expect(201);
        var now = await app.Given.Reload(t.Number);
        (
            await sara.Put(
                $"/transactions/{t.Number}",
                new
                {
                    title = "Facade, revised",
                    client = "1",
                    type = "payment",
                    referenceNumber = "RRM-4471/12",
                    dueDate = "2026-12-08",
                    priority = "high",
                },
                now.Version
            )
        ).Expect(200);
        (
            await sara.Post(
                $"/transactions/{t.Number}/assignee",
                new { assignee = $"{Omar.Id}", reason = "Annual leave" }
            )
        ).Expect(200);
        (
            await sara.Post(
                $"/transactions/{t.Number}/status",
                new { status = "on_hold", note = "Waiting for the survey" }
            )
        ).Expect(200);

        var page = await app.SignedInAs(Nasser).In(language).Page($"/transactions/{t.Number}");

        Snapshot.Verify(page.One("#timeline").OuterHtml.Replace(t.Number, "TRX-2026-00001"), "timeline." + language);
        Snapshot.Verify(page.One("ol.steps").OuterHtml, "steps." + language);
        Snapshot.Verify(
            (await app.SignedInAs(Huda).In(language).Page($"/transactions/{t.Number}")).One("#timeline").OuterHtml,
            "client." + language
        );
    }

    private static readonly string[] Members =
    [
        "number",
        "referenceNumber",
        "title",
        "description",
        "type",
        "typeName",
        "category",
        "priority",
        "status",
        "statusName",
        "amount",
        "currency",
        "client",
        "project",
        "department",
        "createdBy",
        "assignee",
        "holder",
        "authorityReferences",
        "dueDate",
        "dueDateHijri",
        "isOverdue",
        "tags",
        "internalNotes",
        "trackingUrl",
        "createdAt",
        "updatedAt",
        "submittedAt",
        "completedAt",
        "version",
    ];
}
