using System.Runtime.CompilerServices;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Exports;

/// <summary>The rows of an export, read as they are asked for.</summary>
public static class ExportedRows
{
    private const int Batch = 500;

    /// <summary>
    /// The transactions of these ids in their order, as this reader may have them. What is no longer visible by then is
    /// left out.
    /// </summary>
    /// <remarks>
    /// In batches and not as one open result: a slow reader would hold a read transaction for minutes, which keeps
    /// SQLite's log from shrinking
    /// and a PostgreSQL connection from everybody else.
    /// </remarks>
    public static async IAsyncEnumerable<TransactionFacts> Read(
        IReadOnlyList<int> ids,
        AppDb db,
        CurrentUser user,
        [EnumeratorCancellation] CancellationToken stop
    )
    {
        foreach (var batch in ids.Chunk(Batch))
        {
            var rows = await db
                .Transactions.VisibleTo(user)
                .Where(t => EF.Parameter(batch).Contains(t.Id))
                .AsFacts()
                .ToDictionaryAsync(f => f.Id, stop);
            foreach (var id in batch)
            {
                if (rows.TryGetValue(id, out var row))
                    yield return row.ForReader(user);
            }
        }
    }
}
