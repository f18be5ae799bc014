using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MdcTts.Infrastructure.Database;

/// <summary>SQLite: one file, one process, one writer at a time.</summary>
public sealed class SqliteAppDb(DbContextOptions<SqliteAppDb> options) : AppDb(options)
{
    private WriteGate? _gate;

    public override bool IsSqlite => true;

    private WriteGate Gate => _gate ??= WriteGate.For(Database.GetDbConnection().DataSource);

    public override Task<string> DataMark(CancellationToken stop) =>
        Task.FromResult(Gate.Commits.ToString(System.Globalization.CultureInfo.InvariantCulture));

    protected override async ValueTask<IDisposable?> TakeTurn(CancellationToken stop) => await Gate.Enter(stop);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();
    }

    // SQLite keeps no kind: what comes back is UTC, because only UTC goes in.
    private sealed class UtcConverter()
        : ValueConverter<DateTime, DateTime>(at => at, at => DateTime.SpecifyKind(at, DateTimeKind.Utc));
}
