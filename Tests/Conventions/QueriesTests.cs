using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Conventions;

/// <summary>A page asks the database a fixed number of questions, however much there is to show.</summary>
public sealed class QueriesTests(SharedApp app) : IClassFixture<SharedApp>
{
    private const int StatementsMax = 8;

    [Theory]
    [InlineData("/transactions")]
    [InlineData("/transactions?q=warehouse&status=submitted&sort=title")]
    public async Task A_list_asks_few_questions_and_as_many_for_fifty_rows_as_for_five(string url)
    {
        var nasser = app.SignedInAs(Nasser);
        await app.Given.Transactions(5, i => $"Warehouse {i}", status: "submitted", tags: ["a", "b"]);
        await nasser.Page(url);

        // A write made the remembered counts stale; what is kept for a minute has been read by the page before.
        await app.Given.Transaction("Warehouse last", status: "submitted");
        var few = await nasser.Page(url);
        await app.Given.Transactions(
            50,
            i => $"Warehouse {i}",
            status: "submitted",
            client: Hospital,
            by: Omar,
            tags: ["a", "b"]
        );
        var many = await nasser.Page(url + (url.Contains('?') ? "&" : "?") + "pageSize=100");

        Assert.True(many.Select("tbody tr").Count >= few.Select("tbody tr").Count + 25);
        Assert.InRange(few.Statements.Count, 2, StatementsMax);
        Assert.Equal(few.Statements.Count, many.Statements.Count);
    }

    [Theory]
    [InlineData("/transitions")]
    [InlineData("/history")]
    public async Task A_small_answer_reads_no_whole_transaction(string path)
    {
        var transaction = await app.Given.Transaction(status: "submitted");

        var answer = await app.Api(Sara).Get($"/transactions/{transaction.Number}{path}");

        answer.Expect(200);
        var ofTransactions = answer.Statements.Where(s => s.Contains("FROM \"Transactions\"")).ToList();
        Assert.NotEmpty(ofTransactions);
        Assert.DoesNotContain(ofTransactions, s => s.Contains("\"Description\""));
    }
}
