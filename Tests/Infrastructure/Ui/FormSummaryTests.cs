using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Ui;

/// <summary>A form that was refused says above what is wrong, and leads there, also without a script.</summary>
[Trait("runs", "once")]
public sealed class FormSummaryTests(SharedApp app) : IClassFixture<SharedApp>
{
    private const string Long = "0123456789012345678901234567890123456789012345678901234567890123456789";

    public static TheoryData<string, string, string> Forms =>
        new()
        {
            { "/transactions/new", "title= dueDate=31/02/2026 amount=much holderSince=never client= type=", "" },
            { "/clients/new", "nameEn= crNumber=12 email=nobody phone=x", "" },
            { "/projects/new", "nameEn= nameAr= clientId=", "" },
            { "/users/new", "fullName= email=nobody phone=x role= language=xx", "" },
            { "/users/2", $"fullName= phone=x role={Long} language=xx", "" },
            { "/settings", "confirmMinutes=0 passwordMinLength=1 sessionIdleMinutes= editorsSee=x", "" },
            { "/account", "fullName= language=xx theme=xx", "" },
            { "/account/password", "current=wrong password=short repeat=other", "" },
            { "/account/tokens", "name= days=x scope=", "form[action='/account/tokens']" },
            { "/register", "fullName= email=x phone=x identityKind= identityNumber=1 password=a repeat=b", "" },
            { "/users/2/erasure", "confirmation=other", "" },
        };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task It_names_each_wrong_field_in_the_pages_order(string url, string typed, string css)
    {
        foreach (var language in Words.Languages)
        {
            var visitor = (url == "/register" ? app.Anonymous : app.SignedInAs(Nasser)).In(language);
            var page = (await visitor.Page(url)).Expect(200);
            var fill = typed.Split(' ').Select(f => f.Split('=')).Select(f => (f[0], (string?)f[1])).ToList();

            var wrong = await visitor.Submit(page, css.Length > 0 ? css : "main form.stack, main form.sec", fill);

            var links = wrong
                .Expect(422)
                .Document.QuerySelectorAll(".say[role=alert][tabindex='-1'][autofocus] a")
                .ToList();
            Assert.True(links.Count > 0);
            Assert.Single(wrong.Document.QuerySelectorAll("[autofocus]"));
            var targets = links.Select(a => wrong.One(a.GetAttribute("href")!)).ToList();
            Assert.All(targets, t => Assert.True(t.HasAttribute("aria-invalid") || t.TagName == "FIELDSET"));
            Assert.All(links, a => Assert.Matches(@"^\S.*: \S", a.TextContent));
            var order = wrong.Document.QuerySelectorAll("[id]").ToList();
            Assert.Equal(targets.OrderBy(order.IndexOf), targets);
            Assert.Equal(
                wrong
                    .Document.QuerySelectorAll("[aria-invalid=true]")
                    .Select(c => c.GetAttribute("name"))
                    .Distinct()
                    .Count(),
                targets.Count(t => t.TagName != "FIELDSET")
            );
            Assert.StartsWith(Words.For(language)["form.wrong", ""], wrong.TextOf("title"));
        }
    }

    [Fact]
    public async Task A_result_takes_the_focus_where_no_script_moves_it()
    {
        var transaction = await app.Given.Transaction("Announced", status: "submitted", by: Sara);
        var sara = app.SignedInAs(Sara);
        var page = await sara.Page($"/transactions/{transaction.Number}");
        Assert.False(page.Has("[autofocus]"));

        var refused = (await sara.Submit(page, "form.comment", new { text = "" })).Expect(422);
        Assert.Equal("#comment", refused.Attribute(".say[autofocus] a", "href"));
        Assert.True(refused.Has("#comment[aria-invalid=true]"));

        var done = await sara.Follow((await sara.Submit(refused, "form.comment", new { text = "Well" })).Expect(303));
        Assert.True(done.Has("#toasts[role=status] .toast[tabindex='-1'][autofocus]"));
    }
}
