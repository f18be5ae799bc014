using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Editing;

public sealed class EditTransactionTests(SharedApp app) : IClassFixture<SharedApp>
{
    private const string Form = "form.stack.narrow[action$='/edit']";

    [Fact]
    public async Task An_edit_is_recorded_field_by_field_and_told()
    {
        var t = await app.Given.Transaction(
            "Facade",
            status: "submitted",
            by: Sara,
            assignee: Omar,
            due: new(2026, 12, 1),
            amount: 5_000_000,
            tags: ["a"]
        );
        var omar = app.SignedInAs(Omar);

        var answer = await omar.Submit(
            await omar.Page($"/transactions/{t.Number}/edit"),
            Form,
            new
            {
                title = "Facade, revised",
                dueDate = "2026-12-08",
                amount = "60,000",
                tags = "a, b",
                holder = "authority",
                holderName = "Balady",
            }
        );

        Assert.Equal($"/transactions/{t.Number}", answer.Expect(303).Location);
        var after = await app.Given.Reload(t.Number);
        Assert.Equal(
            ("Facade, revised", t.Version + 1, 6_000_000L),
            (after.Title, after.Version, after.AmountMinor!.Value)
        );
        Assert.Equal(
            [
                new("title", "Facade", "Facade, revised"),
                new("amount", "50000.00", "60000.00"),
                new("dueDate", "2026-12-01", "2026-12-08"),
                new("holder", "us", "authority"),
                new("holderName", null, "Balady"),
                new("tags", "a", "a, b"),
            ],
            after.History.Single(h => h.Kind == HistoryKind.Edited).Changes
        );
        await app.Follow();
        Assert.Equal(
            [(Sara.Id, "transaction.edited")],
            (await app.Db(db => db.Outbox.Where(m => m.TransactionNumber == t.Number).ToListAsync())).Select(m =>
                (m.RecipientId, m.Event)
            )
        );
        Assert.Equal(
            1,
            await app.Db(db => db.Audit.CountAsync(a => a.EntityKey == t.Number && a.Action == "transaction.edited"))
        );
        Assert.Contains(t.Number, (await omar.Page("/transactions?q=revised")).Select("td.no"));
        Assert.Contains(
            "Facade → Facade, revised",
            (await omar.Follow(answer)).TextOf("#timeline li:first-child ul.changes li:first-child")
        );
    }

    [Fact]
    public async Task Saving_without_a_change_changes_nothing()
    {
        var t = await app.Given.Transaction(
            status: "submitted",
            description: "Line one\nline two",
            tags: ["b", "a"],
            authorities: [new("Z", "1", null), new("A", "2", new(2026, 1, 1))],
            holder: HolderKind.Client
        );
        var sara = app.SignedInAs(Sara);

        (await sara.Submit(await sara.Page($"/transactions/{t.Number}/edit"), Form)).Expect(303);

        Assert.Equal(
            (t.Version, t.History.Count),
            ((await app.Given.Reload(t.Number)).Version, (await app.Given.Reload(t.Number)).History.Count)
        );
    }

    /// <summary>A field that the history does not know would be lost without a word.</summary>
    [Theory]
    [InlineData("referenceNumber", "RRM-NEW")]
    [InlineData("title", "New")]
    [InlineData("description", "New")]
    [InlineData("type", "payment")]
    [InlineData("category", "planning")]
    [InlineData("priority", "low")]
    [InlineData("dueDate", "2027-01-05")]
    [InlineData("amount", "12.30")]
    [InlineData("currency", "USD")]
    [InlineData("holder", "client")]
    [InlineData("holderName", "Abu Fahad")]
    [InlineData("holderSince", "2026-11-01")]
    [InlineData("tags", "one, two")]
    [InlineData("authorityReferences", "Balady | 5 | 2026-10-01")]
    [InlineData("internalNotes", "New")]
    public async Task Each_field_alone_is_saved_and_recorded(string field, string value)
    {
        var t = await app.Given.Transaction(status: "submitted");
        var sara = app.SignedInAs(Sara);

        (
            await sara.Submit(
                await sara.Page($"/transactions/{t.Number}/edit"),
                Form,
                new[] { (field, (string?)value) }
            )
        ).Expect(303);

        // An authority's reference has a box for each of its parts, and empty ones for the next.
        var again = (await sara.Page($"/transactions/{t.Number}/edit"))
            .Document.QuerySelectorAll($"[name={field}]")
            .Select(control =>
                control is AngleSharp.Html.Dom.IHtmlSelectElement select ? select.Value
                : control is AngleSharp.Html.Dom.IHtmlTextAreaElement area ? area.Value
                : control.GetAttribute("value")
            )
            .Where(text => !string.IsNullOrEmpty(text));
        Assert.Equal(value, string.Join(" | ", again));
        Assert.Contains(
            (await app.Given.Reload(t.Number)).History.Single(h => h.Kind == HistoryKind.Edited).Changes,
            c => c.Field == field
        );
        (await sara.Page($"/transactions/{t.Number}")).Expect(200);
    }

    [Fact]
    public async Task A_wrong_edit_comes_back_with_what_was_typed()
    {
        var t = await app.Given.Transaction("Kept", status: "submitted");
        var sara = app.SignedInAs(Sara);

        var page = await sara.Submit(
            await sara.Page($"/transactions/{t.Number}/edit"),
            Form,
            new { title = "", dueDate = "never" }
        );

        Assert.True(page.Expect(422).Has("[name=title][aria-invalid=true]"));
        Assert.Equal("never", page.Attribute("[name=dueDate]", "value"));
        Assert.Equal($"{t.Version}", page.Attribute("[name=version]", "value"));
        Assert.Equal("Kept", (await app.Given.Reload(t.Number)).Title);
    }

    [Fact]
    public async Task Who_saves_second_chooses_between_both_texts()
    {
        var t = await app.Given.Transaction("Facade", status: "submitted", by: Sara, assignee: Omar);
        var (sara, omar) = (app.SignedInAs(Sara), app.SignedInAs(Omar));
        var (first, second) = (
            await sara.Page($"/transactions/{t.Number}/edit"),
            await omar.Page($"/transactions/{t.Number}/edit")
        );
        (await sara.Submit(first, Form, new { title = "Facade by Sara", description = "Sara wrote this" })).Expect(303);

        var merge = await omar.Submit(
            second,
            Form,
            new { title = "Facade by Omar", internalNotes = "Omar noted this" }
        );

        merge.Expect(409);
        Assert.Equal(["Facade by Sara", "Facade by Omar"], merge.Select("table.merge tbody td"));
        Assert.Equal(
            "title",
            merge
                .Document.QuerySelectorAll("table.merge input[type=radio]")
                .Select(r => r.GetAttribute("name"))
                .Distinct()
                .Single()
        );
        Assert.Contains(Sara.Name, merge.TextOf("div.say"));
        Assert.Equal("Facade by Sara", (await app.Given.Reload(t.Number)).Title);

        var saved = await omar.Submit(merge, Form);

        Assert.Equal($"/transactions/{t.Number}", saved.Expect(303).Location);
        var after = await app.Given.Reload(t.Number);
        Assert.Equal(
            ("Facade by Omar", "Sara wrote this", "Omar noted this", t.Version + 2),
            (after.Title, after.Description, after.InternalNotes, after.Version)
        );
    }

    [Fact]
    public async Task The_saved_text_can_be_chosen_too()
    {
        var t = await app.Given.Transaction("Facade", status: "submitted", by: Sara, assignee: Omar);
        var omar = app.SignedInAs(Omar);
        var form = await omar.Page($"/transactions/{t.Number}/edit");
        (await Put(Sara, t, "Facade by Sara")).Expect(200);
        var merge = await omar.Submit(form, Form, new { title = "Facade by Omar" });

        (
            await omar.Submit(
                merge,
                Form,
                new { title = merge.Attribute("table.merge td:first-of-type input", "value") }
            )
        ).Expect(303);

        Assert.Equal(
            ("Facade by Sara", t.Version + 1),
            ((await app.Given.Reload(t.Number)).Title, (await app.Given.Reload(t.Number)).Version)
        );
    }

    [Fact]
    public async Task Fields_changed_by_one_side_only_merge_by_themselves()
    {
        var t = await app.Given.Transaction("Facade", status: "submitted", by: Sara, assignee: Omar, tags: ["a"]);
        var (sara, omar) = (app.SignedInAs(Sara), app.SignedInAs(Omar));
        var (first, second) = (
            await sara.Page($"/transactions/{t.Number}/edit"),
            await omar.Page($"/transactions/{t.Number}/edit")
        );
        (await sara.Submit(first, Form, new { title = "Facade by Sara", tags = "a, sara" })).Expect(303);

        var merge = await omar.Submit(second, Form, new { description = "Omar wrote this" });

        Assert.False(merge.Expect(409).Has("table.merge"));
        (await omar.Submit(merge, Form)).Expect(303);
        var after = await app.Given.Reload(t.Number);
        Assert.Equal(("Facade by Sara", "Omar wrote this"), (after.Title, after.Description));
        Assert.Equal(["a", "sara"], after.Tags.Select(x => x.Name).Order());
    }

    [Fact]
    public async Task A_third_save_during_the_merge_is_met_with_another_merge()
    {
        var t = await app.Given.Transaction("One", status: "submitted", by: Sara, assignee: Omar);
        var omar = app.SignedInAs(Omar);
        var form = await omar.Page($"/transactions/{t.Number}/edit");
        (await Put(Sara, t, "Two")).Expect(200);
        var merge = await omar.Submit(form, Form, new { title = "Mine" });
        (await Put(Nasser, await app.Given.Reload(t.Number), "Three")).Expect(200);

        var again = await omar.Submit(merge, Form);

        Assert.Equal(["Three", "Mine"], again.Expect(409).Select("table.merge tbody td"));
        (await omar.Submit(again, Form)).Expect(303);
        Assert.Equal("Mine", (await app.Given.Reload(t.Number)).Title);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task The_merge_page_looks_right(string language)
    {
        var t = await app.Given.Transaction(
            "Facade",
            status: "submitted",
            reference: "RRM-4471/12",
            by: Sara,
            assignee: Omar,
            due: new(2026, 12, 1)
        );
        var (sara, omar) = (app.SignedInAs(Sara), app.SignedInAs(Omar).In(language));
        var form = await omar.Page($"/transactions/{t.Number}/edit");
        (
            await sara.Submit(
                await sara.Page($"/transactions/{t.Number}/edit"),
                Form,
                new
                {
                    title = "Facade by Sara",
                    dueDate = "2026-12-08",
                    priority = "high",
                }
            )
        ).Expect(303);

        var merge = await omar.Submit(
            form,
            Form,
            new
            {
                title = "واجهة عمر",
                dueDate = "2026-12-15",
                description = "Mine",
            }
        );

        Snapshot.Verify(
            (merge.Expect(409).One("div.say").OuterHtml + merge.One(Form).OuterHtml).Replace(
                t.Number,
                "TRX-2026-00001"
            ),
            language
        );
    }

    [Fact]
    public async Task A_script_replaces_with_the_version_it_has_read()
    {
        var t = await app.Given.Transaction("Facade", status: "submitted", description: "Old", tags: ["a"]);

        var answer = await app.Api(Sara)
            .Put(
                $"/transactions/{t.Number}",
                new
                {
                    title = "Replaced",
                    client = "1",
                    type = "payment",
                },
                t.Version
            );

        Assert.Equal($"\"{t.Version + 1}\"", answer.Expect(200).Header("ETag"));
        Assert.Equal(("Replaced", null, "payment"), (answer["title"], answer["description"], answer["type"]));
        Assert.Equal(0, answer.Json.GetProperty("tags").GetArrayLength());
        Assert.Equal(Sara.Id.ToString(), answer.Json.GetProperty("assignee").GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_script_with_another_version_or_none_is_refused()
    {
        var t = await app.Given.Transaction("Facade", status: "submitted");
        (await Put(Sara, t, "First")).Expect(200);

        Assert.Equal("version-mismatch", (await Put(Sara, t, "Second")).Expect(412).Problem);
        Assert.Equal("version-missing", (
                await app.Api(Sara)
                    .Put(
                        $"/transactions/{t.Number}",
                        new
                        {
                            title = "x",
                            client = "1",
                            type = "payment",
                        }
                    )
            ).Expect(428).Problem);
        foreach (var odd in new[] { "\"x\"", "W/\"999\"", "\"-1\"", "\"99999999999999999999\"" })
            (
                await app.Api(Sara)
                    .Send(
                        HttpMethod.Put,
                        $"/transactions/{t.Number}",
                        System.Net.Http.Json.JsonContent.Create(
                            new
                            {
                                title = "x",
                                client = "1",
                                type = "payment",
                            }
                        ),
                        ("If-Match", odd)
                    )
            ).Expect(412);
        Assert.Equal("First", (await app.Given.Reload(t.Number)).Title);
    }

    [Fact]
    public async Task Of_many_who_replace_the_same_version_one_does()
    {
        var t = await app.Given.Transaction("Facade", status: "submitted");
        var clients = Enumerable.Range(0, 10).Select(_ => app.Api(Sara)).ToList();

        var answers = await Task.WhenAll(
            clients.Select(
                (c, i) =>
                    c.Put(
                        $"/transactions/{t.Number}",
                        new
                        {
                            title = $"Writer {i}",
                            client = "1",
                            type = "payment",
                        },
                        t.Version
                    )
            )
        );

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => a.Expect(412));
        Assert.Equal(t.Version + 1, (await app.Given.Reload(t.Number)).Version);
    }

    [Fact]
    public async Task The_assignee_is_not_changed_by_replacing()
    {
        var t = await app.Given.Transaction(status: "submitted");

        var answer = await app.Api(Sara)
            .Put(
                $"/transactions/{t.Number}",
                new
                {
                    title = "x",
                    client = "1",
                    type = "payment",
                    assignee = $"{Omar.Id}",
                },
                t.Version
            );

        Assert.True(answer.Expect(422).Json.GetProperty("errors").TryGetProperty("assignee", out _));
    }

    [Fact]
    public async Task What_is_no_longer_offered_may_stay()
    {
        var client = await app.Given.Client("Old friends");
        var t = await app.Given.Transaction(status: "submitted", client: client);
        await app.Db(db =>
            db.Clients.Where(c => c.Id == client.Id).ExecuteUpdateAsync(s => s.SetProperty(c => c.IsActive, false))
        );

        (
            await app.Api(Sara)
                .Put(
                    $"/transactions/{t.Number}",
                    new
                    {
                        title = "Still theirs",
                        client = $"{client.Id}",
                        type = t.Type,
                    },
                    t.Version
                )
        ).Expect(200);
        (
            await app.Api(Sara)
                .Post(
                    "/transactions",
                    new
                    {
                        title = "x",
                        client = $"{client.Id}",
                        type = t.Type,
                    }
                )
        ).Expect(422);
    }

    private Task<ApiAnswer> Put(Person person, Transaction t, string title) =>
        app.Api(person)
            .Put(
                $"/transactions/{t.Number}",
                new
                {
                    title,
                    client = $"{t.ClientId}",
                    type = t.Type,
                    referenceNumber = t.ReferenceNumber,
                },
                t.Version
            );
}
