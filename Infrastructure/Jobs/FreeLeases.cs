using System.Diagnostics.CodeAnalysis;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>
/// Frees every claim when the only process of a SQLite file starts: what a killed one had need not wait until its claim
/// expires. On PostgreSQL other processes may be at work.
/// </summary>
internal sealed class FreeLeases(IServiceScopeFactory scopes, AppSettings settings) : IHostedService
{
    [SuppressMessage("Security", "EF1002", Justification = "Only names of the model go into the text.")]
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<EngineDb>();
        if (!db.IsSqlite || settings.IsReadOnly)
            return;
        await using var write = await db.BeginWrite(cancellationToken);
        foreach (var type in db.Model.GetEntityTypes().Where(t => t.ClrType.IsAssignableTo(typeof(ILeased))))
        {
            var column = type.FindProperty(nameof(ILeased.LeasedUntil))!.GetColumnName();
            await db.Database.ExecuteSqlRawAsync(
                $"""UPDATE "{type.GetTableName()}" SET "{column}" = NULL WHERE "{column}" IS NOT NULL""",
                cancellationToken
            );
        }

        await write.Commit(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
