using MdcTts.Infrastructure.Database;

namespace MdcTts.Features.Transactions;

/// <summary>Which changes a reading of the database saw: all that were committed before it.</summary>
/// <param name="Writers">On PostgreSQL they tell, because ids do not come in the order of commits.</param>
/// <param name="LastId">SQLite: the last change; null on PostgreSQL.</param>
internal sealed record Seen(WritersSeen Writers, long? LastId)
{
    public bool Saw(CountedChange change) => LastId is { } last ? change.Id <= last : Writers.Saw(change.Writer);

    /// <summary>Nothing up to this writer (on SQLite: this id) was missed.</summary>
    public bool SawAllTo(long pruned) => LastId is { } last ? pruned <= last : pruned < Writers.Oldest;
}
