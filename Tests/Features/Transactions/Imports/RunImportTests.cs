using MdcTts.Infrastructure.Jobs;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

public sealed class RunImportTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task Work_goes_on_behind_the_last_batch_that_was_committed()
    {
        var id = await Given(Titles("Resumed", 1200), ImportStatus.Running, cursor: 501, isLeased: true);
        await app.With<RunImport>(work => work.Handle(id, CancellationToken.None));
        Assert.Equal(0, await Imported(id));

        await app.Db(db =>
            db.Imports.Where(i => i.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.LeasedUntil, app.Now.AddSeconds(-1)))
        );
        await app.With<RunImport>(work => work.Handle(id, CancellationToken.None));

        Assert.Equal(700, await Imported(id));
        Assert.Equal(
            "Resumed 500",
            await app.Db(db =>
                db.Transactions.Where(t => t.ImportId == id).OrderBy(t => t.ImportRow).Select(t => t.Title).FirstAsync()
            )
        );
        var run = await app.Db(db => db.Imports.SingleAsync(i => i.Id == id));
        Assert.Equal((ImportStatus.Completed, null, 1201), (run.Status, run.LeasedUntil, run.Cursor));
    }

    [Fact]
    public async Task A_worker_that_lost_its_claim_writes_nothing_more()
    {
        var id = await Given(Titles("Fenced", 10), ImportStatus.Queued, isLeased: true);
        // Only to this worker's clock is it free: the app must not take it.
        var clock = new FakeTimeProvider(app.Clock.GetUtcNow().AddYears(2));
        // Another worker takes the import when this one has checked it.
        var overtaking = new OnFirstEntry(() =>
            app.Db(db => db.Imports.Where(i => i.Id == id).ExecuteUpdateAsync(set => set.SetProperty(i => i.Lease, 7)))
        );

        await app.With<IServiceProvider>(services =>
            ActivatorUtilities
                .CreateInstance<RunImport>(
                    services,
                    overtaking,
                    clock,
                    ActivatorUtilities.CreateInstance<Leases>(services, clock)
                )
                .Handle(id, CancellationToken.None)
        );

        var run = await app.Db(db => db.Imports.SingleAsync(i => i.Id == id));
        Assert.Equal((ImportStatus.Running, 7, 0), (run.Status, run.Lease, run.Imported));
        Assert.True(run.LeasedUntil > app.Now);
        Assert.Equal(0, await Imported(id));
    }

    [Fact]
    public async Task Two_workers_import_each_row_once()
    {
        var id = await Given(Titles("Twice asked", 600), ImportStatus.Queued);

        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ => Task.Run(() => app.With<RunImport>(work => work.Handle(id, CancellationToken.None))))
        );

        Assert.Equal(
            (600, ImportStatus.Completed),
            (
                await Imported(id),
                await app.Db(db => db.Imports.Where(i => i.Id == id).Select(i => i.Status).SingleAsync())
            )
        );
    }

    [Fact]
    public async Task A_row_is_judged_by_the_names_of_the_day_it_is_imported()
    {
        using var api = app.Api(Sara);
        var id = (
            await api.Import(
                Registers.Of(
                    Registers.Row("Late client", client: "Founded later"),
                    Registers.Row("Sent away", assignee: "leaving@mdc.example")
                ),
                ("mode", "validate")
            )
        )["id"]!;
        Assert.Equal(2, (await api.Get("/transactions/imports/" + id)).Number("rejected"));
        await app.Given.Client("Founded later");

        (await api.Post($"/transactions/imports/{id}/run")).Expect(202);
        var answer = await api.Ended(id);

        Assert.Equal((1, 1), (answer.Number("imported"), answer.Number("rejected")));
        Assert.Equal(["3 Assigned To=leaving@mdc.example: No active staff member has this address."], answer.Errors());
    }

    [Fact]
    public async Task A_file_that_no_worker_survives_is_given_up()
    {
        var id = await Given(Titles("Poison", 3), ImportStatus.Running, attempts: RunImport.AttemptsMax);

        await app.With<RunImport>(work => work.Handle(id, CancellationToken.None));

        var run = await app.Db(db => db.Imports.SingleAsync(i => i.Id == id));
        Assert.Equal((ImportStatus.Failed, "import.failed.gave_up"), (run.Status, run.Failure));
    }

    [Fact]
    public async Task Files_are_kept_thirty_days()
    {
        var id = await Given(Titles("Old", 1), ImportStatus.Completed);
        var waiting = await Given(Titles("Waiting", 1), ImportStatus.Checked);
        await app.Db(db =>
            db.Imports.Where(i => i.Id == id).ExecuteUpdateAsync(set => set.SetProperty(i => i.FinishedAt, app.Now))
        );
        var files = app.Services.GetRequiredService<ImportFiles>();
        var stored = await app.Db(db =>
            db.Imports.Where(i => i.Id == id || i.Id == waiting).Select(i => i.StoredName).ToListAsync()
        );

        await Purge(29);
        Assert.All(stored, name => Assert.True(files.Has(name)));
        await Purge(31);

        Assert.All(stored, name => Assert.False(files.Has(name)));
        Assert.Equal(
            (ImportStatus.Failed, "import.failed.expired"),
            await app.Db(async db =>
                await db.Imports.Where(i => i.Id == waiting).Select(i => new { i.Status, i.Failure }).SingleAsync()
                    is var run
                    ? (run.Status, run.Failure!)
                    : default
            )
        );

        async Task Purge(int days)
        {
            var later = new FakeTimeProvider(app.Clock.GetUtcNow().AddDays(days));
            await app.Db(async db =>
                await new PurgeImports(db, files, later, NullLogger<PurgeImports>.Instance).Handle(
                    CancellationToken.None
                )
            );
        }
    }

    private static byte[] Titles(string title, int count) =>
        Registers.Of([.. Enumerable.Range(0, count).Select(i => Registers.Row($"{title} {i}"))]);

    private Task<int> Imported(int id) => app.Db(db => db.Transactions.CountAsync(t => t.ImportId == id));

    // Held by somebody until the test is ready: the app looks for free ones every few seconds.
    private async Task<int> Given(
        byte[] file,
        ImportStatus status,
        int cursor = 0,
        bool isLeased = false,
        int attempts = 0
    )
    {
        using var content = new MemoryStream(file);
        var stored = await app.Services.GetRequiredService<ImportFiles>().Keep(content, CancellationToken.None);
        return await app.Db(async db =>
        {
            var run = new ImportRun
            {
                FileName = "given.xlsx",
                StoredName = stored!.Value.Name,
                CreatedById = Nasser.Id,
                CreatedAt = app.Now,
                Status = status,
                RunsWhenChecked = true,
                Cursor = cursor,
                Attempts = attempts,
                Lease = isLeased ? 1 : 0,
                LeasedUntil = isLeased ? app.Now.AddYears(1) : null,
            };
            db.Add(run);
            await db.SaveChangesAsync();
            return run.Id;
        });
    }

    /// <summary>What a worker writes to its log marks how far it has got.</summary>
    private sealed class OnFirstEntry(Func<Task> then) : ILogger<RunImport>
    {
        private bool _isDone;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (_isDone)
                return;
            _isDone = true;
            then().GetAwaiter().GetResult();
        }
    }
}
