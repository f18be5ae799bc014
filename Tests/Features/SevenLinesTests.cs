using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features;

/// <summary>What the firm itself asked for; it outranks everything else.</summary>
public sealed class SevenLinesTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task One_tracking_is_open_to_anyone_and_tells_three_things()
    {
        var t = await app.Given.Transaction(
            "Secret title",
            status: "submitted",
            reference: "RRM-4471/12",
            description: "Secret description",
            notes: "Secret notes",
            amount: 7_654_321,
            holder: HolderKind.Authority,
            holderName: "Secret holder",
            tags: ["secret-tag"]
        );

        foreach (
            var url in new[]
            {
                $"/track?number={t.Number}&reference={Uri.EscapeDataString("RRM-4471/12")}",
                $"/t/{t.TrackingToken}",
            }
        )
        {
            var page = (await app.Anonymous.Page(url)).Expect(200);
            Assert.Contains(t.Number, page.Text);
            Assert.Contains("Submitted", page.Text);
            Assert.Contains("22 Nov 2026", page.Text);
            Assert.DoesNotContain("secret", page.One("main").TextContent, StringComparison.OrdinalIgnoreCase);
            foreach (var hidden in new[] { Sara.Name, Municipality.NameEn, "76,543" })
                Assert.DoesNotContain(hidden, page.Text);
        }

        var json = await app.AnonymousApi.Get(
            $"/tracking?number={t.Number}&reference={Uri.EscapeDataString("RRM-4471/12")}"
        );
        Assert.Equal(
            ["number", "lastAction", "updatedAt"],
            json.Expect(200).Json.EnumerateObject().Select(p => p.Name)
        );
    }

    [Fact]
    public async Task Two_people_register_themselves_and_an_admin_activates_them()
    {
        var mine = await app.Given.Transaction("For those who were let in", status: "submitted", client: Municipality);
        var typed = new
        {
            fullName = "Maha Saud",
            email = "line.two@firm.example",
            phone = "0551234567",
            company = "The Municipality",
            identityKind = "company",
            identityNumber = "1010234567",
            password = "correct-horse-staple",
            repeat = "correct-horse-staple",
        };
        var visitor = app.Anonymous;
        (await visitor.Submit("/register", typed)).Expect(303);
        (await visitor.Submit("/signin", new { typed.email, typed.password })).Expect(200);
        (await visitor.Page($"/transactions/{mine.Number}")).Expect(302);
        var token = await app.TokenFor(typed.email, "account.confirm");
        (await visitor.Submit($"/register/confirm/{token}")).Expect(303);

        var admin = app.SignedInAs(Nasser);
        var address = (await admin.Page("/users?status=pending&q=line.two"))
            .Expect(200)
            .Attribute("tbody th a", "href")!;
        (await app.SignedInAs(Sara).Page(address)).Expect(403);
        (await app.SignedInAs(Huda).Page(address)).Expect(403);
        (
            await admin.Submit(
                (await admin.Page(address)).Expect(200),
                "form.stack",
                new { status = "active", clientId = $"{Municipality.Id}" }
            )
        ).Expect(303);

        (await visitor.Submit("/signin", new { typed.email, typed.password })).Expect(303);
        (await visitor.Page($"/transactions/{mine.Number}")).Expect(200);
    }

    [Theory]
    [InlineData(Role.Admin)]
    [InlineData(Role.Editor)]
    [InlineData(Role.Client)]
    public async Task Three_the_reference_comes_first_then_the_number_in_every_table(Role role)
    {
        var t = await app.Given.Transaction("First comes first", status: "submitted", reference: "ZZ-FIRST-1");
        await app.Given.Transaction("Still a draft", status: "draft", reference: "ZZ-FIRST-1");
        await app.Given.Transaction("Gone", status: "submitted", reference: "ZZ-FIRST-1", deleted: true);
        var person = role switch
        {
            Role.Admin => Nasser,
            Role.Editor => Sara,
            _ => Huda,
        };
        var visitor = app.SignedInAs(person);
        var seen = 0;

        foreach (var language in new[] { "en", "ar" })
        foreach (
            var url in new[]
            {
                "/dashboard",
                "/work",
                "/transactions",
                "/transactions?sort=number",
                "/transactions/drafts",
                "/transactions/deleted",
                $"/transactions/{t.Number}",
            }
        )
        {
            var page = await visitor.In(language).Page(url);
            if (page.Status is 403)
                continue;
            page.Expect(200);
            foreach (var table in page.Document.QuerySelectorAll("table"))
            {
                foreach (var row in table.QuerySelectorAll("tr"))
                {
                    var cells = row
                        .Children.Where(c => !c.ClassList.Contains("pick"))
                        .Select(c => c.TextContent.Trim())
                        .ToList();
                    var at = cells.FindIndex(c => c.StartsWith("TRX-", StringComparison.Ordinal));
                    if (at < 0)
                        continue;
                    seen++;
                    Assert.True(at == 1, $"{url}: the number stands in column {at + 1}: {string.Join(" | ", cells)}");
                    Assert.True(cells[0] is "—" || !cells[0].Contains("TRX-"), $"{url}: {cells[0]}");
                }

                if (table.QuerySelector("td.no") is not null)
                    Assert.Equal(
                        ["ref", "no"],
                        table.QuerySelectorAll("thead th:not(.pick)").Take(2).Select(h => h.ClassName)
                    );
            }
        }

        Assert.True(seen >= 2, $"only {seen} rows seen");
    }

    [Fact]
    public async Task Four_clients_neither_see_nor_write_comments()
    {
        var t = await app.Given.Transaction(status: "submitted");
        (await app.Api(Sara).Post($"/transactions/{t.Number}/comments", new { text = "Between ourselves" })).Expect(
            201
        );

        foreach (
            var url in new[]
            {
                $"/transactions/{t.Number}",
                $"/transactions/{t.Number}?kind=comment",
                "/",
                "/transactions",
            }
        )
        {
            var page = (await app.SignedInAs(Huda).Page(url)).Expect(200);
            Assert.DoesNotContain("Between ourselves", page.Text);
            Assert.False(page.Has("textarea, form[action$='/comments'], form.comment"));
            Assert.DoesNotContain("comment", page.One("main").TextContent, StringComparison.OrdinalIgnoreCase);
        }

        Assert.DoesNotContain(
            "Between ourselves",
            (await app.SignedInAs(Huda).Fragment($"/transactions/{t.Number}?kind=comment")).Text
        );
        (await app.SignedInAs(Huda).Submit($"/transactions/{t.Number}/comments", new { text = "May I?" })).Expect(403);
        (await app.Api(Huda).Post($"/transactions/{t.Number}/comments", new { text = "May I?" })).Expect(403);
        (await app.Api(Huda).Get($"/transactions/{t.Number}/comments")).Expect(403);
        Assert.DoesNotContain(
            "Between ourselves",
            (await app.Api(Huda).Get($"/transactions/{t.Number}/history")).Expect(200).Text
        );
        Assert.Single((await app.Given.Reload(t.Number)).History, h => h.Kind == HistoryKind.Comment);
    }

    [Fact]
    public async Task Five_clients_have_no_attachments()
    {
        var t = await app.Given.Transaction(status: "submitted");

        var page = (await app.SignedInAs(Huda).Page($"/transactions/{t.Number}")).Expect(200);

        Assert.False(page.Has("input[type=file], [href*=attachments], [action*=attachments]"));
        Assert.Contains(
            (
                await app.Api(Huda)
                    .Upload($"/transactions/{t.Number}/attachments", "files", "a.pdf", "%PDF-1.7"u8.ToArray())
            ).Status,
            new[] { 403, 404 }
        );
        Assert.Contains(
            (
                await app.SignedInAs(Huda)
                    .Upload($"/transactions/{t.Number}/attachments", "files", "a.pdf", "%PDF-1.7"u8.ToArray())
            ).Status,
            new[] { 403, 404 }
        );
        var list = await app.Api(Huda).Get($"/transactions/{t.Number}/attachments");
        Assert.True(list.Status is 403 or 404 || list.Items.Count == 0);
    }

    [Fact]
    public async Task Six_a_clients_actions_are_view_and_download()
    {
        var t = await app.Given.Transaction(status: "in_progress");

        var page = (await app.SignedInAs(Huda).Page($"/transactions/{t.Number}")).Expect(200);

        Assert.Equal(
            ["/language", "/signout", "/theme"],
            page.Document.QuerySelectorAll("form[method=post]")
                .Select(f => f.GetAttribute("action")!)
                .Distinct()
                .Order()
        );
        Assert.Equal(
            [$"/transactions/{t.Number}/pdf"],
            page.Document.QuerySelectorAll("main a[href^='/transactions/TRX-']").Select(a => a.GetAttribute("href"))
        );
        Assert.False(page.Has("main button, main textarea, main input, main select"));
        Assert.False(page.Has("[hx-post], [hx-put], [hx-delete], [hx-patch]"));
        Assert.Equal(
            0,
            (await app.Api(Huda).Get($"/transactions/{t.Number}/transitions"))
                .Expect(200)
                .Json.GetProperty("transitions")
                .GetArrayLength()
        );
        var list = (await app.SignedInAs(Huda).Page("/transactions")).Expect(200);
        Assert.Equal(
            ["/language", "/signout", "/theme"],
            list.Document.QuerySelectorAll("form[method=post]")
                .Select(f => f.GetAttribute("action")!)
                .Distinct()
                .Order()
        );
    }

    [Theory]
    [InlineData("/support")]
    [InlineData("/help")]
    [InlineData("/contact")]
    public async Task Seven_there_is_no_support_page(string url)
    {
        (await app.SignedInAs(Huda).Page(url)).Expect(404);
        Assert.False((await app.SignedInAs(Huda).Page("/transactions")).Has($"a[href^='{url}']"));
        Assert.False((await app.SignedInAs(Huda).Page("/")).Has($"a[href^='{url}'], a[href^=mailto]"));
    }
}
