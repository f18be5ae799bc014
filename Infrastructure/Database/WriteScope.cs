using Microsoft.EntityFrameworkCore.Storage;

namespace MdcTts.Infrastructure.Database;

/// <summary>The one database transaction of a use case. Not committed means rolled back.</summary>
public sealed class WriteScope(EngineDb db, IDbContextTransaction transaction, IDisposable? turn) : IAsyncDisposable
{
    /// <summary>Makes everything since <see cref="EngineDb.BeginWrite"/> permanent.</summary>
    public async Task Commit(CancellationToken stop)
    {
        if (db.BeforeCommit is { } also)
            await also(stop);
        await transaction.CommitAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        db.LeaveWrite();
        turn?.Dispose();
    }
}
