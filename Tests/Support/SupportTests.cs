using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Support;

/// <summary>The support itself: a test that leans on it must be able to trust it.</summary>
public sealed class SupportTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task A_signed_in_person_sees_the_list()
    {
        var t = await app.Given.Transaction("Landscape submission", status: "completed");

        var page = await app.SignedInAs(Nasser).Page("/transactions");

        page.Expect(200);
        Assert.Contains(t.Number, page.Select("td.no"));
        Assert.InRange(page.Statements.Count, 2, 12);
    }

    [Fact]
    public async Task A_visitor_is_sent_to_the_sign_in_page()
    {
        var answer = await app.Anonymous.Page("/transactions");

        Assert.Equal(302, answer.Status);
        Assert.Contains("/signin", answer.Location);
    }

    [Fact]
    public async Task A_form_of_a_page_can_be_filled_in_and_sent()
    {
        var visitor = app.Anonymous;
        var form = await visitor.Page("/signin");

        var answer = await visitor.Submit(form, "form.stack", new { email = Sara.Email, password = Password });

        answer.Expect(303);
        (await visitor.Page("/transactions")).Expect(200);
    }

    [Fact]
    public async Task A_post_brings_its_token_along()
    {
        var sara = app.SignedInAs(Sara);

        (await sara.Submit("/theme", new { theme = "dark", returnUrl = "/transactions" })).Expect(303);

        Assert.Equal("dark", sara.Cookies["mdc.theme"]);
        Assert.Equal(
            "dark",
            await app.Db(db => db.Users.Where(u => u.Id == Sara.Id).Select(u => u.Theme).SingleAsync())
        );
    }

    [Fact]
    public async Task A_token_opens_the_api()
    {
        Assert.Equal(401, (await app.AnonymousApi.Get("/transactions")).Status);
        Assert.NotEqual(401, (await app.Api(Sara).Get("/transactions")).Status);
    }
}
