using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Listing;

public sealed class ShowChangesTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task The_lines_come_as_the_list_writes_them_and_the_new_ones_as_a_count()
    {
        var (shown, fresh) = (await app.Given.Transaction("Shown"), await app.Given.Transaction("Fresh"));
        var sara = app.SignedInAs(Sara);

        var answer = (await sara.Fragment($"/transactions/changes?shown={shown.Number}&fresh={fresh.Number}")).Expect(
            200
        );

        Assert.Equal(
            (await sara.Page("/transactions")).One($"#t-{shown.Number}").InnerHtml,
            answer.One($"#t-{shown.Number}").InnerHtml
        );
        Assert.False(answer.Has($"#t-{fresh.Number}"));
        Assert.Equal("Show 1 new transaction", answer.TextOf("a.fresh"));
        Assert.Equal(
            "معاملة جديدة: عرض",
            (await app.SignedInAs(Sara).In("ar").Fragment($"/transactions/changes?fresh={fresh.Number}")).TextOf(
                "a.fresh"
            )
        );
    }

    [Fact]
    public async Task Only_what_the_filter_lets_in_counts_and_only_what_the_person_sees()
    {
        var t = await app.Given.Transaction("Narrow", status: "submitted", by: Sara);

        Assert.Equal(
            "Show 1 new transaction",
            (
                await app.SignedInAs(Sara).Fragment($"/transactions/changes?status=submitted&page=3&fresh={t.Number}")
            ).TextOf("a.fresh")
        );
        Assert.Equal(
            "/transactions?status=submitted",
            (
                await app.SignedInAs(Sara).Fragment($"/transactions/changes?status=submitted&page=3&fresh={t.Number}")
            ).Attribute("a.fresh", "href")
        );
        Assert.False(
            (await app.SignedInAs(Sara).Fragment($"/transactions/changes?status=paid&fresh={t.Number}")).Has("a.fresh")
        );
        var omar = (
            await app.SignedInAs(Omar).Fragment($"/transactions/changes?shown={t.Number}&fresh={t.Number}")
        ).Expect(200);
        Assert.False(omar.Has("a.fresh"));
        Assert.DoesNotContain(t.Number, omar.Text);
    }

    [Fact]
    public async Task Many_are_not_counted_and_nonsense_is_nobodys()
    {
        Assert.Equal(
            "The list has changed. Show the changes",
            (await app.SignedInAs(Sara).Fragment("/transactions/changes?many=1")).Expect(200).TextOf("a.fresh")
        );
        (
            await app.SignedInAs(Sara)
                .Fragment("/transactions/changes?shown=%00&fresh=x&fresh=" + new string('9', 3000))
        ).Expect(200);
        (await app.SignedInAs(Sara).Fragment("/transactions/changes?status=nonsense")).Expect(400);
    }
}
