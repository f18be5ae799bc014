using MdcTts.Infrastructure.Events;
using Xunit;

namespace MdcTts.Features.Transactions.News;

[Trait("runs", "once")]
public sealed class TransactionNewsTests
{
    [Theory]
    [InlineData(TransactionEvents.Imported)]
    [InlineData(TransactionEvents.Duplicated)]
    [InlineData(TransactionEvents.Deleted)]
    [InlineData(TransactionEvents.Restored)]
    [InlineData(TransactionEvents.LinkRenewed)]
    public async Task An_event_that_nobody_is_told_of_looks_nothing_up(string kind)
    {
        // Without a database, any look-up would fail.
        var news = new TransactionNews(db: null!, catalogues: null!);
        var events = Enumerable.Range(1, 500).Select(i => new EventRow { Kind = kind, Key = $"TRX-2026-{i:00000}" });

        await news.Handle([.. events], CancellationToken.None);
    }
}
