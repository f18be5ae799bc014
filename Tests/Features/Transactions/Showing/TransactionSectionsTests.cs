using MdcTts.Infrastructure.Ui;
using MdcTts.Support;
using Microsoft.Extensions.DependencyInjection;
using RazorSlices;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Showing;

/// <summary>What stands on a transaction's page without the page knowing of it.</summary>
[Trait("runs", "once")]
public sealed class TransactionSectionsTests(TransactionSectionsTests.Host app)
    : IClassFixture<TransactionSectionsTests.Host>
{
    [Fact]
    public async Task A_room_puts_a_button_and_a_card_on_the_page_and_they_stay_when_a_form_is_refused()
    {
        var t = await app.Given.Transaction(status: "submitted");
        var sara = app.SignedInAs(Sara);

        var page = (await sara.Page($"/transactions/{t.Number}")).Expect(200);
        Assert.True(page.Has($"[data-part=moves] a[href='/button/{t.Number}']"));
        Assert.True(page.Has($".cols a[href='/card/{t.Number}']"));

        var refused = (await sara.Submit($"/transactions/{t.Number}/comments", new { text = "" })).Expect(422);
        Assert.True(refused.Has($"[data-part=moves] a[href='/button/{t.Number}']"));
        Assert.True(refused.Has($".cols a[href='/card/{t.Number}']"));
    }

    public sealed class Host : App
    {
        protected override void Replace(IServiceCollection services)
        {
            services.AddSingleton(Link(PagePlace.Actions, "/button/"));
            services.AddSingleton(Link(PagePlace.Cards, "/card/"));
        }

        private static PageSection<TransactionFacts> Link(PagePlace place, string address) =>
            new(
                place,
                Order: 1,
                (facts, _, _) =>
                    Task.FromResult<RazorSlice>(TransactionsLink.Create(new(address + facts.Number, Count: 1)))
            );
    }
}
