using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Editing;

public sealed class CreateTransactionTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Each_part_of_an_authority_reference_has_a_box_of_its_own()
    {
        var sara = app.SignedInAs(Sara);
        var t = await app.Given.Transaction("Boxes", authorities: [new("أمانة الرياض", "12-3/أ", new(2026, 10, 1))]);

        var form = (await sara.Page($"/transactions/{t.Number}/edit")).Expect(200);
        var boxes = form
            .Document.QuerySelectorAll("[name=authorityReferences]")
            .Cast<AngleSharp.Html.Dom.IHtmlInputElement>()
            .ToList();
        Assert.Equal(["أمانة الرياض", "12-3/أ", "2026-10-01", "", "", "", "", "", ""], boxes.Select(b => b.Value));
        (boxes[2].Value, boxes[6].Value, boxes[7].Value) = ("2/10/2026", "Balady", "B|7");
        (await sara.Submit(form, "form.stack.narrow[action$='/edit']")).Expect(303);

        var saved = (await app.Api(Sara).Get("/transactions/" + t.Number)).Expect(200).Json;
        Assert.Equal(
            [("أمانة الرياض", "12-3/أ", "2026-10-02"), ("Balady", "B|7", null)],
            saved
                .GetProperty("authorityReferences")
                .EnumerateArray()
                .Select(a =>
                    (
                        a.GetProperty("authority").GetString(),
                        a.GetProperty("number").GetString(),
                        a.GetProperty("date").GetString()
                    )
                )
        );
    }

    [Fact]
    public async Task What_every_transaction_needs_stands_first_and_the_rest_is_folded_while_it_is_empty()
    {
        var sara = app.SignedInAs(Sara);

        var form = await sara.Page("/transactions/new");

        Assert.Equal(
            ["f-client", "f-type", "f-title", "f-referenceNumber", "f-dueDate"],
            form.Document.QuerySelectorAll("form.narrow > .sec label").Select(l => l.GetAttribute("for"))
        );
        Assert.True(form.Has("details.more:not([open]) #f-description"));
        var wrong = await sara.Submit(form, "form.stack.narrow", new { amount = "much", title = "x" });
        Assert.True(wrong.Expect(422).Has("details.more[open] #f-amount[aria-invalid=true]"));
        Assert.Equal(
            ["#f-client", "#f-type", "#f-amount"],
            wrong.Document.QuerySelectorAll(".say[autofocus] a").Select(a => a.GetAttribute("href"))
        );
        wrong = await sara.Submit(form, "form.stack.narrow", new { title = "" });
        Assert.True(wrong.Expect(422).Has("details.more:not([open])"));
        Assert.True((await sara.Submit(form, "form.stack.narrow", new { tags = "a" })).Has("details.more[open]"));
    }

    [Fact]
    public async Task Another_one_begins_with_the_client_and_the_type_of_the_one_before()
    {
        var sara = app.SignedInAs(Sara);

        var answer = await sara.Submit(
            await sara.Page("/transactions/new"),
            "form.stack.narrow",
            new
            {
                @do = "another",
                title = "One of several",
                type = "payment",
                client = Municipality.Id,
            }
        );

        Assert.Equal($"/transactions/new?client={Municipality.Id}&type=payment", answer.Expect(303).Location);
        var next = await sara.Follow(answer);
        Assert.Matches("TRX-2026-[0-9]{5} saved", next.TextOf("#toasts"));
        Assert.Equal($"{Municipality.Id}", next.Attribute("#f-client option[selected]", "value"));
        Assert.Equal("payment", next.Attribute("#f-type option[selected]", "value"));
        Assert.Equal("", next.Attribute("#f-title", "value") ?? "");
        Assert.True(
            await app.Db(db => db.Transactions.AnyAsync(t => t.Title == "One of several" && t.Status == "submitted"))
        );
        (await sara.Page("/transactions/new?client=x&type=%01")).Expect(200);
    }

    [Fact]
    public async Task An_editor_fills_in_the_form_and_submits_it()
    {
        var sara = app.SignedInAs(Sara);
        var form = await sara.Page("/transactions/new");

        var answer = await sara.Submit(
            form,
            "form.stack.narrow",
            new
            {
                @do = "submit",
                title = "  Facade approval, Olaya Tower ",
                referenceNumber = "RRM-4471/12",
                type = "approval_request",
                client = Municipality.Id,
                category = "architecture",
                priority = "high",
                amount = "٥٠٬٠٠٠٫٥",
                dueDate = "1448-06-21",
                tags = "facade، tower, facade",
                authorityReferences = "Balady | B-77 | 2026-10-01\nCivil Defence | CD 5",
                internalNotes = "Ask twice",
            }
        );

        var number = answer.Expect(303).Location!["/transactions/".Length..];
        Assert.Matches("^TRX-2026-[0-9]{5}$", number);
        var t = await app.Given.Reload(number);
        Assert.Equal(
            ("Facade approval, Olaya Tower", "RRM-4471/12", "submitted", 5_000_050L, "SAR", Priority.High),
            (t.Title, t.ReferenceNumber, t.Status, t.AmountMinor!.Value, t.Currency, t.Priority)
        );
        Assert.Equal(
            (Sara.Id, Sara.Id, app.Now, new DateOnly(2026, 12, 1), app.Today),
            (t.CreatedById, t.AssigneeId!.Value, t.SubmittedAt!.Value, t.DueDate!.Value, t.HolderSince)
        );
        Assert.Equal(["facade", "tower"], t.Tags.Select(tag => tag.Name).Order());
        Assert.Equal(
            [new("Balady", "B-77", new(2026, 10, 1)), new("Civil Defence", "CD 5", null)],
            t.AuthorityReferences.OrderBy(a => a.Id).Select(a => a.Value)
        );
        Assert.Equal([HistoryKind.Created, HistoryKind.Status], t.History.OrderBy(h => h.Id).Select(h => h.Kind));
        Assert.Equal(
            1,
            await app.Db(db => db.Audit.CountAsync(a => a.EntityKey == number && a.Action == "transaction.created"))
        );
        await app.Follow();
        // As in two steps: it is new to the admin, and its submission concerns the client and the admin. Other tests of
        // this app may have given the client more people.
        Assert.Equal(
            [
                (Nasser.Id, "transaction.created"),
                (Nasser.Id, "transaction.status_changed"),
                (Huda.Id, "transaction.status_changed"),
            ],
            (await app.Db(db => db.Outbox.Where(m => m.TransactionNumber == number).ToListAsync()))
                .Where(m => Everybody.Any(p => p.Id == m.RecipientId))
                .Select(m => (m.RecipientId, m.Event))
                .OrderBy(m => m.Event, StringComparer.Ordinal)
                .ThenBy(m => m.RecipientId)
        );
    }

    [Fact]
    public async Task Saved_as_a_draft_it_is_not_submitted()
    {
        var sara = app.SignedInAs(Sara);

        var answer = await sara.Submit(
            await sara.Page("/transactions/new"),
            "form.stack.narrow",
            new
            {
                @do = "draft",
                title = "Half an idea",
                type = "payment",
                client = Hospital.Id,
                assignee = Omar.Id,
            }
        );

        var t = await app.Given.Reload(answer.Expect(303).Location!["/transactions/".Length..]);
        Assert.Equal(("draft", (DateTime?)null, Omar.Id), (t.Status, t.SubmittedAt, t.AssigneeId!.Value));
    }

    [Fact]
    public async Task A_wrong_form_comes_back_with_what_was_typed_and_all_errors()
    {
        var sara = app.SignedInAs(Sara);

        var page = await sara.Submit(
            "/transactions",
            new
            {
                title = "",
                type = "nonsense",
                client = "77777",
                amount = "-5",
                dueDate = "31/02/2026",
                description = "<script>alert(1)</script>",
                holder = "authority",
                tags = "ok",
            }
        );

        Assert.Equal(
            ["amount", "client", "dueDate", "holderName", "title", "type"],
            page.Expect(422)
                .Document.QuerySelectorAll("[aria-invalid=true]")
                .Select(e => e.GetAttribute("name")!)
                .Order()
        );
        Assert.Equal("31/02/2026", page.Attribute("[name=dueDate]", "value"));
        Assert.Equal("<script>alert(1)</script>", page.TextOf("[name=description]"));
        Assert.True(page.Has("div.say.bad a[href='#f-title']"));
    }

    [Fact]
    public async Task A_script_creates_with_all_fields_and_is_told_where()
    {
        var project = await app.Given.Project();
        var answer = await app.Api(Sara)
            .Post(
                "/transactions",
                new
                {
                    title = "Facade approval",
                    client = $"{Municipality.Id}",
                    type = "approval_request",
                    referenceNumber = "RRM-1",
                    description = "…",
                    category = "architecture",
                    priority = "urgent",
                    amount = "50000.00",
                    currency = "SAR",
                    project = project.Code.ToLowerInvariant(),
                    department = (string?)null,
                    assignee = $"{Omar.Id}",
                    holder = new
                    {
                        kind = "authority",
                        name = "Balady",
                        since = "2026-11-20",
                    },
                    dueDate = "2026-12-01",
                    tags = new[] { "facade", "facade" },
                    internalNotes = "staff only",
                    authorityReferences = new[]
                    {
                        new
                        {
                            authority = "Balady",
                            number = "B-1",
                            date = "2026-10-01",
                        },
                    },
                    submit = true,
                }
            );

        var number = answer.Expect(201)["number"];
        Assert.Equal(($"/api/v1/transactions/{number}", "\"2\""), (answer.Header("Location"), answer.Header("ETag")));
        Assert.Equal(
            ("submitted", "50000.00", "SAR", "2026-12-01", "1448-06-21"),
            (answer["status"], answer["amount"], answer["currency"], answer["dueDate"], answer["dueDateHijri"])
        );
        Assert.Equal(
            ("Balady", "2026-11-20"),
            (
                answer.Json.GetProperty("holder").GetProperty("name").GetString(),
                answer.Json.GetProperty("holder").GetProperty("since").GetString()
            )
        );
        Assert.Equal(project.Code, answer.Json.GetProperty("project").GetProperty("code").GetString());
        Assert.Equal("2026-11-22T09:30:00Z", answer["createdAt"]);
        Assert.Contains($"/t/", answer["trackingUrl"]);
        Assert.Equal(answer.Text, (await app.Api(Sara).Get($"/transactions/{number}")).Text);
    }

    [Fact]
    public async Task Numbers_for_ids_and_amounts_are_understood()
    {
        var answer = await app.Api(Sara)
            .PostRaw("/transactions", """{"title":"x","client":1,"type":"payment","amount":1234.5,"assignee":2}""");

        Assert.Equal("1234.50", answer.Expect(201)["amount"]);
    }

    /// <summary>The body comes in buffers of 4 KB: a number may lie across two of them.</summary>
    [Fact]
    public async Task A_number_is_understood_wherever_it_stands_in_the_body()
    {
        var sara = app.Api(Sara);
        for (var padding = 4030; padding < 4096; padding += 3)
        {
            var answer = await sara.PostRaw(
                "/transactions",
                $$"""{"title":"x","client":1,"type":"payment",{{new string(' ', padding - 42)}}"amount":123456.78}"""
            );
            Assert.Equal("123456.78", answer.Expect(201)["amount"]);
        }
    }

    [Theory]
    [InlineData("title", "")]
    [InlineData("title", "   ")]
    [InlineData("type", "unheard_of")]
    [InlineData("category", "unheard_of")]
    [InlineData("department", "unheard_of")]
    [InlineData("priority", "very")]
    [InlineData("amount", "-1")]
    [InlineData("amount", "100000000000000000000000000000")]
    [InlineData("amount", "1e5")]
    [InlineData("amount", "NaN")]
    [InlineData("currency", "X1")]
    [InlineData("client", "0")]
    [InlineData("client", "-1")]
    [InlineData("client", "999999999999999999")]
    [InlineData("project", "PRJ-1999-001")]
    [InlineData("assignee", "6")]
    [InlineData("dueDate", "9999-12-31")]
    [InlineData("dueDate", "2026-02-30")]
    [InlineData("dueDate", "soon")]
    public async Task A_wrong_field_is_named(string field, string value)
    {
        var body = new Dictionary<string, string>
        {
            ["title"] = "x",
            ["client"] = "1",
            ["type"] = "payment",
            [field] = value,
        };

        var json = await app.Api(Sara).Post("/transactions", body);
        var page = await app.SignedInAs(Sara).Submit("/transactions", body);

        Assert.Equal([field], json.Expect(422).Json.GetProperty("errors").EnumerateObject().Select(e => e.Name));
        Assert.True(page.Expect(422).Has($"[name={field}][aria-invalid=true]"));
    }

    [Fact]
    public async Task Lengths_and_counts_have_limits()
    {
        var (sara, fits) = (
            app.Api(Sara),
            new
            {
                title = new string('ع', 255),
                client = "1",
                type = "payment",
                referenceNumber = new string('r', 50),
                description = new string('d', 4000),
                tags = Enumerable.Range(0, 20).Select(i => $"{i}".PadLeft(40, 't')),
                internalNotes = new string('n', 4000),
            }
        );

        (await sara.Post("/transactions", fits)).Expect(201);
        var answer = await sara.Post(
            "/transactions",
            new
            {
                title = fits.title + "x",
                fits.client,
                fits.type,
                referenceNumber = fits.referenceNumber + "x",
                description = fits.description + "x",
                internalNotes = fits.internalNotes + "x",
                tags = Enumerable.Range(0, 21).Select(i => $"{i}"),
                holder = new { kind = "authority", name = new string('h', 121) },
                authorityReferences = Enumerable.Range(0, 21).Select(i => new { authority = "A", number = $"{i}" }),
            }
        );

        Assert.Equal(
            ["authorityReferences", "description", "holderName", "internalNotes", "referenceNumber", "tags", "title"],
            answer.Expect(422).Json.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order()
        );
    }

    [Fact]
    public async Task A_project_belongs_to_the_client()
    {
        var project = await app.Given.Project(client: Hospital);

        var answer = await app.Api(Sara)
            .Post(
                "/transactions",
                new
                {
                    title = "x",
                    client = $"{Municipality.Id}",
                    type = "payment",
                    project = project.Code,
                }
            );

        Assert.Contains(
            "another client",
            answer.Expect(422).Json.GetProperty("errors").GetProperty("project")[0].GetString()
        );
    }

    [Fact]
    public async Task Clients_and_visitors_do_not_create()
    {
        (
            await app.SignedInAs(Huda)
                .Submit(
                    "/transactions",
                    new
                    {
                        title = "x",
                        type = "payment",
                        client = 1,
                    }
                )
        ).Expect(403);
        (
            await app.Api(Huda)
                .Post(
                    "/transactions",
                    new
                    {
                        title = "x",
                        type = "payment",
                        client = "1",
                    }
                )
        ).Expect(403);
        (await app.AnonymousApi.Post("/transactions", new { title = "x" })).Expect(401);
        (await app.Anonymous.Page("/transactions/new")).Expect(302);
    }
}
