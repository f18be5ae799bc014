using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// The process itself is killed in the middle of an import, as a power cut would, and another one started.
/// </summary>
[Trait("runs", "proof")]
public sealed class KilledImportTests : IAsyncLifetime
{
    private static readonly int Rows = Proofs.AreLong ? 6_000 : 3_000;

    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.Make();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Each_row_is_there_exactly_once_after_a_kill_and_a_new_start()
    {
        var file = Path.Combine(_database.DataDir, "register.xlsx");
        await File.WriteAllBytesAsync(
            file,
            Registers.Of([
                .. Enumerable.Range(0, Rows).Select(i => Registers.Row($"Row {i}", client: $"Client {i % 50}")),
            ])
        );

        using (var killed = new AppProcess(_database, "import", file, "--create-clients"))
        {
            await Until(run => run is { Imported: > 0 }, killed);
            killed.Kill();
        }

        var midway = await Run();
        Assert.InRange(midway!.Imported, 1, Rows - 1);
        using (var second = new AppProcess(_database))
            await Until(run => run!.Status == ImportStatus.Completed, second);

        var (rows, numbers, histories, clients) = await _database.Db(async db =>
            (
                await db.Transactions.Select(t => t.ImportRow!.Value).ToListAsync(),
                await db.Transactions.Select(t => t.Number).Distinct().CountAsync(),
                await db.History.CountAsync(),
                await db.Clients.CountAsync(c => c.NameEn!.StartsWith("Client "))
            )
        );
        Assert.Equal(Enumerable.Range(2, Rows), rows.Order());
        Assert.Equal((Rows, Rows, 50), (numbers, histories, clients));
        Assert.Equal(Rows, (await Run())!.Imported);
    }

    private Task Until(Func<ImportRun?, bool> reached, AppProcess process) =>
        Wait.Until(
            async () =>
            {
                Assert.False(process.HasExited, "The process ended before.");
                return reached(await Run());
            },
            seconds: 120
        );

    private Task<ImportRun?> Run() => _database.Db(db => db.Imports.AsNoTracking().SingleOrDefaultAsync());
}
