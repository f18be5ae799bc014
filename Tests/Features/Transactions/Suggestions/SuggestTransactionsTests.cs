using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Suggestions;

public sealed class SuggestTransactionsTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task A_few_matches_reference_first_and_a_link_to_all()
    {
        var all = await app.Given.Transactions(10, i => $"Observatory {i}", status: "submitted", reference: "OBS-7");

        var hits = await app.SignedInAs(Sara).Fragment("/transactions/suggestions?q=observ");

        Assert.False(hits.Expect(200).IsWholePage);
        Assert.Equal(9, hits.Select("a").Count);
        Assert.Equal("OBS-7", hits.Select("a b")[0]);
        Assert.Contains(hits.Select("a small")[0].Split(' ')[0], all.Select(t => t.Number));
        Assert.Equal("/transactions?q=observ", hits.Attribute("a:last-child", "href"));
    }

    [Theory]
    [InlineData("zebra-nowhere")]
    [InlineData("%25")]
    [InlineData("%22 OR 1=1 --")]
    [InlineData("_")]
    [InlineData("*")]
    public async Task What_matches_nothing_says_so(string q) =>
        Assert.Equal(
            "No results.",
            (await app.SignedInAs(Lina).Fragment($"/transactions/suggestions?q={q}")).Expect(200).TextOf("p")
        );

    [Fact]
    public async Task Nothing_is_suggested_for_nothing_or_nonsense()
    {
        var sara = app.SignedInAs(Sara);

        foreach (var q in new[] { "", "%20%20", "%00", "%ED%A0%80", new string('x', 201), "&q=a" })
            Assert.InRange((await sara.Fragment($"/transactions/suggestions?q={q}")).Status, 200, 400);
        (await app.Anonymous.Fragment("/transactions/suggestions?q=x")).Expect(401);
    }

    [Fact]
    public async Task What_is_meant_without_doubt_is_marked_however_it_was_pasted()
    {
        var t = await app.Given.Transaction("Pasted", status: "submitted", reference: "PASTE-3761/18");
        await app.Given.Transaction("Pasted too", status: "submitted", reference: "PASTE-3761/180");
        var sara = app.SignedInAs(Sara);
        var digits = t.Number.Split('-')[^1].TrimStart('0');

        foreach (
            var q in new[]
            {
                "paste–3761 / 18",
                t.Number,
                t.Number.ToLowerInvariant() + ".",
                $"#{t.Number}",
                $"#{digits}",
                $"TRX {t.Number[4..8]} {digits}",
                $"PASTE-3761/18 · {t.Number}",
                $"https://tts.example/transactions/{t.Number}/edit?x=1",
            }
        )
        {
            var hits = await sara.Fragment($"/transactions/suggestions?q={Uri.EscapeDataString(q)}");
            Assert.Equal($"/transactions/{t.Number}", hits.Expect(200).Attribute("a.exact", "href"));
        }

        var unsure = await sara.Fragment("/transactions/suggestions?q=PASTE-3761");
        Assert.Equal((0, 2), (unsure.Select("a.exact").Count, unsure.Select("a b").Count));
        Assert.Equal("2 transactions found", unsure.Attribute("[role=group]", "data-said"));
    }

    [Fact]
    public async Task Those_opened_last_come_first_and_only_those_that_one_may_see()
    {
        var mine = await app.Given.Transaction("Opened", status: "submitted", by: Sara);
        var theirs = await app.Given.Transaction("Hidden", status: "submitted", by: Omar, assignee: Omar);
        var url = $"/transactions/suggestions?q=&recent={theirs.Number},{mine.Number},nonsense";

        Assert.Equal([mine.Number], (await app.SignedInAs(Sara).Fragment(url)).Select("small bdi:first-child"));
        Assert.Empty((await app.SignedInAs(Sara).Fragment("/transactions/suggestions?q=")).Select("a"));
    }

    [Fact]
    public async Task Arabic_is_found_however_it_is_typed()
    {
        var t = await app.Given.Transaction("إعتماد واجهات مدرسة الأمانة", status: "submitted", by: Fahad);

        Assert.Contains(
            t.Number,
            (
                await app.SignedInAs(Fahad)
                    .Fragment($"/transactions/suggestions?q={Uri.EscapeDataString("اعتماد مدرسه الامانه")}")
            ).Text
        );
    }
}
