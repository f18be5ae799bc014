using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Suggestions;

public sealed class SuggestAuthoritiesTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Authorities_named_before_are_offered_however_they_are_spelled()
    {
        await app.Given.Transaction("Held", holder: HolderKind.Authority, holderName: "هيئة الزخارف", by: Omar);
        var mine = await app.Given.Transaction("Known", authorities: [new("هيئه الزخارف", "1", null)], by: Omar);
        await app.Given.Transaction("Known too", authorities: [new("هيئة الزخارف", "2", null)], by: Omar);
        await app.Given.Transaction("Ornaments", holder: HolderKind.Authority, holderName: "Ornament & Co", by: Omar);
        var omar = app.SignedInAs(Omar);

        async Task<IEnumerable<string?>> Offered(Visitor visitor, string q) =>
            (await visitor.Fragment("/transactions/authorities?holderName=" + Uri.EscapeDataString(q)))
                .Expect(200)
                .Document.QuerySelectorAll("option")
                .Select(o => o.GetAttribute("value"));

        Assert.Equal(["هيئة الزخارف"], await Offered(omar, "الزخارف هيئه"));
        Assert.Equal(["Ornament & Co"], await Offered(omar, "ornament"));
        Assert.Empty(await Offered(app.SignedInAs(Lina), "ornament"));
        Assert.Empty(await Offered(omar, new string('x', 500)));
        (await app.SignedInAs(Huda).Fragment("/transactions/authorities?q=x")).Expect(403);
        var form = (await omar.Page($"/transactions/{mine.Number}/edit")).Expect(200);
        Assert.Equal("f-authorities", form.Attribute("#f-authorityReferences", "list"));
        Assert.Equal("f-holderName-list", form.Attribute("#f-holderName", "list"));
    }
}
