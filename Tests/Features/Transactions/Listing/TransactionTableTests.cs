using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>The markup of the list, as it was looked at. Alone in its database, so that numbers are known.</summary>
public sealed class TransactionTableTests(App app) : IClassFixture<App>
{
    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task The_list_of_a_client(string language)
    {
        if ((await app.SignedInAs(Nasser).Page("/transactions")).Has("div.empty"))
        {
            await app.Given.Transaction(
                "Facade approval",
                status: "under_review",
                reference: "RRM-4471/12",
                due: new(2026, 12, 1),
                priority: Priority.High
            );
            app.Clock.Advance(TimeSpan.FromHours(3));
            await app.Given.Transaction(
                "اعتماد مخططات المدرسة",
                status: "in_progress",
                reference: "RRM-4472/12",
                due: new(2026, 11, 20),
                holder: HolderKind.Client,
                type: "payment"
            );
            await app.Given.Transaction("Not shown to the client", reference: "RRM-4473/12");
        }

        Snapshot.Verify(
            (await app.SignedInAs(Huda).In(language).Fragment("/transactions")).Expect(200).One("#list").OuterHtml,
            language
        );
    }
}
