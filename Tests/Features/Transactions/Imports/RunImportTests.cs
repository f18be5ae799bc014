using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
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
        var id = await Given(Titles("Resumed", 1200), ImportStatus.Running, cursor: 501, owner: "a worker that died");
        await app.With<RunImport>(work => work.Handle(id, CancellationToken.None));
        Assert.Equal(0, await Imported(id));

        await app.Db(db =>
            db.Imports.Where(i => i.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.LeaseUntil, app.Now.AddSeconds(-1)))
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
        Assert.Equal((ImportStatus.Completed, null, 1201), (run.Status, run.LeaseOwner, run.Cursor));
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_writes_nothing_more()
    {
        var id = await Given(Titles("Fenced", 10), ImportStatus.Running);
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        await using var slow = await Claim(db, id);
        await app.Db(other =>
            other
                .Imports.Where(i => i.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.LeaseOwner, "a quicker one"))
        );

        Assert.Equal(0, await slow!.Held(db).ExecuteUpdateAsync(set => set.SetProperty(i => i.Processed, 1)));
        Assert.Null(await Claim(db, id));
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
        Assert.Equal(
            ["3 Assigned To=leaving@mdc.example: Nobody active on the staff has this address."],
            answer.Errors()
        );
    }

    [Fact]
    public async Task A_file_that_no_worker_survives_is_given_up()
    {
        var id = await Given(Titles("Poison", 3), ImportStatus.Running, attempts: RunImport.AttemptsMost);

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
                await PurgeImports.Handle(db, files, later, NullLogger.Instance, CancellationToken.None)
            );
        }
    }

    private static byte[] Titles(string title, int count) =>
        Registers.Of([.. Enumerable.Range(0, count).Select(i => Registers.Row($"{title} {i}"))]);

    private Task<int> Imported(int id) => app.Db(db => db.Transactions.CountAsync(t => t.ImportId == id));

    private Task<ImportLease?> Claim(AppDb db, int id) =>
        ImportLease.Claim(
            id,
            db,
            app.Services.GetRequiredService<IServiceScopeFactory>(),
            app.Clock,
            NullLogger.Instance,
            CancellationToken.None
        );

    // Held by somebody until the test is ready: the app looks for free ones every few seconds.
    private async Task<int> Given(
        byte[] file,
        ImportStatus status,
        int cursor = 0,
        string? owner = null,
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
                StoredName = stored!,
                CreatedById = Nasser.Id,
                CreatedAt = app.Now,
                Status = status,
                RunsWhenChecked = true,
                Cursor = cursor,
                Attempts = attempts,
                LeaseOwner = owner,
                LeaseUntil = owner is null ? null : app.Now.AddYears(1),
            };
            db.Add(run);
            await db.SaveChangesAsync();
            return run.Id;
        });
    }
}
