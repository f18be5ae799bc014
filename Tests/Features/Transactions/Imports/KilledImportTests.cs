using System.Diagnostics;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>The process itself is killed in the middle of an import, as a power cut would, and another one started.</summary>
public sealed class KilledImportTests : IAsyncLifetime
{
    private const int Rows = 6_000;

    private TestDatabase _database = null!;
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.Make();
        var settings = new Dictionary<string, string?>
        {
            ["DATA_DIR"] = _database.DataDir,
            ["SECRET_KEY"] = App.SecretKey,
            ["DATABASE_URL"] = _database.Url,
        };
        _services = new ServiceCollection()
            .AddLogging()
            .With(services =>
                services.AddDatabase(
                    AppSettings.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), demo: false)
                )
            )
            .BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

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

        using (var killed = Start("import", file, "--create-clients"))
        {
            await Until(run => run is { Imported: > 0 }, killed);
            killed.Kill(entireProcessTree: true);
            await killed.WaitForExitAsync();
        }

        var midway = await Run();
        Assert.InRange(midway!.Imported, 1, Rows - 1);
        using (var second = Start("web", "--urls", "http://127.0.0.1:0"))
        {
            await Until(run => run!.Status == ImportStatus.Completed, second);
            second.Kill(entireProcessTree: true);
            await second.WaitForExitAsync();
        }

        var (rows, numbers, histories, clients) = await Db(async db =>
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

    private Task Until(Func<ImportRun?, bool> reached, Process process) =>
        Wait.Until(
            async () =>
            {
                Assert.False(process.HasExited, "The process ended before.");
                return reached(await Run());
            },
            seconds: 120
        );

    private Task<ImportRun?> Run() => Db(db => db.Imports.AsNoTracking().SingleOrDefaultAsync());

    private async Task<T> Db<T>(Func<AppDb, Task<T>> work)
    {
        await using var scope = _services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<AppDb>());
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location, .. arguments])
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        (start.Environment["DATA_DIR"], start.Environment["SECRET_KEY"]) = (_database.DataDir, App.SecretKey);
        if (_database.Url is { } url)
            start.Environment["DATABASE_URL"] = url;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}

internal static class Chained
{
    public static T With<T>(this T it, Action<T> done)
    {
        done(it);
        return it;
    }
}
