using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Editing;

public sealed class KeepDraftTests(SharedApp app) : IClassFixture<SharedApp>
{
    private const string Form = "form.stack.narrow[method=post]";

    [Fact]
    public async Task What_is_typed_is_kept_restored_and_forgotten_when_saved()
    {
        var lina = app.SignedInAs(Lina);

        var note = await lina.Submit(
            "/transactions/drafts/new",
            new
            {
                title = "Half a\r\ntitle",
                client = Hospital.Id,
                description = "عربي \"quoted\" <b>",
                unknown = "left out",
            },
            htmx: true
        );
        Assert.Equal("Draft kept at 12:30", note.Expect(200).TextOf("#kept"));
        (
            await lina.Submit(
                "/transactions/drafts/new",
                new
                {
                    title = "Half a title, longer",
                    client = Hospital.Id,
                    description = "عربي \"quoted\" <b>",
                    type = "payment",
                },
                htmx: true
            )
        ).Expect(200);

        var form = await lina.Page("/transactions/new?draft=new");
        Assert.Equal("Half a title, longer", form.Attribute("[name=title]", "value"));
        Assert.Equal("عربي \"quoted\" <b>", form.TextOf("[name=description]"));
        Assert.True(form.Has("form[action='/transactions/drafts/new/discard']"));
        Assert.Contains("Half a title, longer", (await lina.Page("/transactions/drafts")).Select("ul.files a span"));
        Assert.Equal(1, await Kept(Lina));

        (await lina.Submit(form, Form + "[action='/transactions']", new { @do = "draft" })).Expect(303);

        Assert.Equal(0, await Kept(Lina));
        Assert.Equal("", (await lina.Page("/transactions/new")).Attribute("[name=title]", "value") ?? "");
    }

    [Fact]
    public async Task A_known_reference_is_said_while_it_is_typed()
    {
        var known = await app.Given.Transaction("The first letter", reference: "KNOWN-77/1", client: Hospital);
        var hidden = await app.Given.Transaction("Of a colleague", reference: "KNOWN-77/1", by: Omar, assignee: Omar);
        var sara = app.SignedInAs(Sara);

        var same = await Typed("new", new { referenceNumber = " KNOWN-77/1 ", client = Hospital.Id });
        var any = await Typed("new", new { referenceNumber = "KNOWN-77/1" });
        var other = await Typed("new", new { referenceNumber = "KNOWN-77/1", client = Municipality.Id });
        var itself = await Typed(known.Number, new { referenceNumber = "KNOWN-77/1", client = Hospital.Id });
        var none = await Typed("new", new { title = "No reference" });

        Assert.Equal([$"/transactions/{known.Number}"], Links(same));
        Assert.Equal([$"/transactions/{known.Number}"], Links(any));
        foreach (var silent in new[] { other, itself, none })
            Assert.Empty(Links(silent));
        Assert.DoesNotContain(hidden.Number, any.Text, StringComparison.Ordinal);

        async Task<Answer> Typed(string key, object form) =>
            (await sara.Submit("/transactions/drafts/" + key, form, htmx: true)).Expect(200);

        static IEnumerable<string?> Links(Answer answer) =>
            answer.Document.QuerySelectorAll("#known[hx-swap-oob] a").Select(a => a.GetAttribute("href"));
    }

    [Fact]
    public async Task An_open_transaction_of_the_same_client_and_title_is_named_and_what_is_wrong_is_said()
    {
        var known = await app.Given.Transaction("Twice the same title", status: "submitted", client: Hospital);
        var sara = app.SignedInAs(Sara);

        var same = await Typed(
            new
            {
                title = "Twice the same title",
                client = Hospital.Id,
                dueDate = "31/02/2026",
            }
        );
        var other = await Typed(new { title = "Twice the same title", client = Municipality.Id });

        Assert.Equal($"/transactions/{known.Number}", same.Attribute("#known a", "href"));
        Assert.Contains("with this title", same.TextOf("#known"), StringComparison.Ordinal);
        Assert.False(other.Has("#known a"));
        var wrong = System.Text.Json.JsonDocument.Parse(same.Attribute("#known", "data-wrong")!).RootElement;
        Assert.Equal(["dueDate", "type"], wrong.EnumerateObject().Select(w => w.Name).Order());

        async Task<Answer> Typed(object form) =>
            (await sara.Submit("/transactions/drafts/new", form, htmx: true)).Expect(200);
    }

    [Fact]
    public async Task A_draft_that_comes_back_says_at_once_that_its_reference_is_known()
    {
        var known = await app.Given.Transaction("An earlier letter", reference: "KNOWN-78/2", client: Hospital);
        var omar = app.SignedInAs(Omar);
        (await omar.Submit("/transactions/drafts/new", new { referenceNumber = "KNOWN-78/2" }, htmx: true)).Expect(200);

        Assert.False((await omar.Page("/transactions/new?draft=new")).Has("#known a"));
        var own = await app.Given.Transaction("His own", reference: "KNOWN-78/2", by: Omar, assignee: Omar);

        var page = await omar.Page("/transactions/new?draft=new");
        Assert.Equal("/transactions/" + own.Number, page.Attribute("#known a", "href"));
        Assert.DoesNotContain(known.Number, page.Text, StringComparison.Ordinal);
        (await omar.Submit("/transactions/drafts/new/discard")).Expect(303);
    }

    [Fact]
    public async Task Each_form_that_is_opened_has_a_draft_of_its_own_and_another_is_only_offered()
    {
        var person = await app.Given.User(role: Infrastructure.Security.Role.Editor);
        var visitor = app.SignedInAs(person);
        var (one, two) = (await visitor.Page("/transactions/new"), await visitor.Page("/transactions/new"));
        var (first, second) = (KeyOf(one), KeyOf(two));
        Assert.NotEqual(first, second);
        foreach (var key in new[] { first, second })
            (await visitor.Submit($"/transactions/drafts/{key}", new { title = $"Typed in {key}" }, htmx: true)).Expect(
                200
            );

        var again = await visitor.Page($"/transactions/new?draft={first}");
        Assert.Equal(($"Typed in {first}", first), (again.Attribute("[name=title]", "value"), KeyOf(again)));
        var fresh = await visitor.Page("/transactions/new");
        Assert.Equal("", fresh.Attribute("[name=title]", "value") ?? "");
        Assert.Equal(
            new[] { first, second }.Select(key => $"Typed in {key}").Order(),
            fresh.Select("#begun a").Order()
        );

        (
            await visitor.Submit(
                again,
                Form + "[action='/transactions']",
                new { type = "payment", client = Municipality.Id }
            )
        ).Expect(303);
        Assert.Equal([second], await KeysOf(person));

        static string KeyOf(Answer page) => page.Attribute("input[name=draftKey]", "value")!;
    }

    [Fact]
    public async Task The_oldest_forms_make_room()
    {
        var person = await app.Given.User(role: Infrastructure.Security.Role.Editor);
        await app.Db(async db =>
        {
            for (var i = 0; i < ListDrafts.FormsMax; i++)
                db.Add(
                    new FormDraft
                    {
                        UserId = person.Id,
                        Key = $"new-{i}",
                        UpdatedAt = app.Now.AddDays(-1 - i),
                    }
                );
            return await db.SaveChangesAsync();
        });

        (await app.SignedInAs(person).Submit("/transactions/drafts/new-x", new { title = "x" }, htmx: true)).Expect(
            200
        );

        var kept = await KeysOf(person);
        Assert.Equal(ListDrafts.FormsMax, kept.Count);
        Assert.DoesNotContain($"new-{ListDrafts.FormsMax - 1}", kept);
    }

    [Fact]
    public async Task A_draft_can_be_discarded()
    {
        var fahad = app.SignedInAs(Fahad);
        (await fahad.Submit("/transactions/drafts/new", new { title = "Never mind" }, htmx: true)).Expect(200);

        var answer = await fahad.Submit(await fahad.Page("/transactions/new?draft=new"), "form[action$=discard]");

        Assert.Equal("/transactions/new", answer.Expect(303).Location);
        Assert.Equal(0, await Kept(Fahad));
    }

    [Fact]
    public async Task Nobody_sees_anothers_draft()
    {
        (
            await app.SignedInAs(Omar)
                .Submit("/transactions/drafts/new", new { title = "Omar's secret plan" }, htmx: true)
        ).Expect(200);

        foreach (var person in new[] { Nasser, Sara })
        {
            Assert.DoesNotContain("secret plan", (await app.SignedInAs(person).Page("/transactions/new")).Text);
            Assert.DoesNotContain(
                "secret plan",
                (await app.SignedInAs(person).Page("/transactions/new?draft=new")).Text
            );
            Assert.DoesNotContain("secret plan", (await app.SignedInAs(person).Page("/transactions/drafts")).Text);
            (await app.SignedInAs(person).Submit("/transactions/drafts/new/discard")).Expect(303);
        }

        Assert.Contains("secret plan", (await app.SignedInAs(Omar).Page("/transactions/new")).Text);
    }

    /// <summary>
    /// Even when somebody saved meanwhile, what was typed comes back, and saving it leads to the merge.
    /// </summary>
    [Fact]
    public async Task An_edit_is_kept_with_the_version_it_began_with()
    {
        var t = await app.Given.Transaction("Facade", status: "submitted", by: Sara, assignee: Omar);
        var omar = app.SignedInAs(Omar);
        (
            await omar.Submit(
                $"/transactions/drafts/{t.Number}",
                new
                {
                    version = t.Version,
                    title = "Facade by Omar",
                    client = Municipality.Id,
                    type = t.Type,
                    currency = "SAR",
                    priority = "normal",
                    holder = "us",
                },
                htmx: true
            )
        ).Expect(200);
        (
            await app.Api(Sara)
                .Put(
                    $"/transactions/{t.Number}",
                    new
                    {
                        title = "Facade by Sara",
                        client = "1",
                        type = t.Type,
                    },
                    t.Version
                )
        ).Expect(200);

        var form = await omar.Page($"/transactions/{t.Number}/edit");

        Assert.Equal("Facade by Omar", form.Attribute("[name=title]", "value"));
        Assert.Equal($"{t.Version}", form.Attribute("[name=version]", "value"));
        var merge = await omar.Submit(form, "form[action$='/edit']");
        Assert.Contains("Facade by Sara", merge.Expect(409).Text);
        (await omar.Submit(merge, "form[action$='/edit']", new { title = "Facade by Omar" })).Expect(303);
        Assert.Equal(0, await app.Db(db => db.FormDrafts.CountAsync(d => d.Key == t.Number)));
        Assert.Equal("Facade by Omar", (await app.Given.Reload(t.Number)).Title);
    }

    [Fact]
    public async Task What_is_not_theirs_or_too_large_is_not_kept()
    {
        var t = await app.Given.Transaction(by: Sara);

        (await app.SignedInAs(Lina).Submit($"/transactions/drafts/{t.Number}", new { title = "x" }, htmx: true)).Expect(
            404
        );
        (
            await app.SignedInAs(Sara).Submit("/transactions/drafts/TRX-2026-99999", new { title = "x" }, htmx: true)
        ).Expect(404);
        (
            await app.SignedInAs(Sara)
                .Submit("/transactions/drafts/" + new string('x', 300), new { title = "x" }, htmx: true)
        ).Expect(404);
        (
            await app.SignedInAs(Sara)
                .Submit("/transactions/drafts/new", new { description = new string('x', 70_000) }, htmx: true)
        ).Expect(413);
        (
            await app.SignedInAs(Sara)
                .Submit("/transactions/drafts/new", new { title = "bell\u0007", description = "\ufffe" }, htmx: true)
        ).Expect(200);
        (await app.SignedInAs(Sara).Page("/transactions/new?draft=new")).Expect(200);
        (await app.SignedInAs(Huda).Submit("/transactions/drafts/new", new { title = "x" }, htmx: true)).Expect(403);
        (await app.Anonymous.Submit("/transactions/drafts/new", new { title = "x" })).Expect(302);
        Assert.Equal(0, await Kept(Huda));
    }

    [Fact]
    public async Task Drafts_that_were_saved_are_listed_reference_first()
    {
        var t = await app.Given.Transaction("A saved draft", status: "draft", reference: "RRM-DRAFT", by: Sara);
        await app.Given.Transaction("Submitted, so not here", status: "submitted", by: Sara);

        var page = await app.SignedInAs(Sara).Page("/transactions/drafts");

        Assert.Equal(
            ["RRM-DRAFT", t.Number],
            page.Document.QuerySelector($"tr:has(a[href='/transactions/{t.Number}'])")!
                .Children.Take(2)
                .Select(c => c.TextContent.Trim())
        );
        Assert.DoesNotContain("Submitted, so not here", page.Text);
    }

    private Task<List<string>> KeysOf(Person person) =>
        app.Db(db => db.FormDrafts.Where(d => d.UserId == person.Id).Select(d => d.Key).ToListAsync());

    private Task<int> Kept(Person person) => app.Db(db => db.FormDrafts.CountAsync(d => d.UserId == person.Id));
}
