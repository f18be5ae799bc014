using MdcTts.Features;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>
/// Several processes on one database, each with a clock of its own: one whose clock stands still is dead or frozen.
/// </summary>
public sealed class LeasesTests(App app) : IClassFixture<App>
{
    private static readonly CancellationToken None = CancellationToken.None;

    // Some seconds: longer than it takes to extend a claim.
    private const int LooksMax = 200;

    [Fact]
    public async Task One_of_many_processes_gets_the_claim()
    {
        var name = Name();
        for (var round = 1; round <= 3; round++)
        {
            var claims = await Task.WhenAll(
                Enumerable.Range(0, 8).Select(_ => Task.Run(() => new Process(app).Leases.Claim(name, None)))
            );

            var lease = Assert.Single(claims, c => c is not null)!;
            Assert.Equal((round, app.Now + Leases.Length), (lease.Row.Lease, lease.Row.LeasedUntil));
            await lease.DisposeAsync();
        }
    }

    [Fact]
    public async Task What_a_killed_process_had_is_free_when_its_claim_has_expired()
    {
        var (name, killed, other) = (Name(), new Process(app), new Process(app));
        var held = await killed.Leases.Claim(name, None);
        held!.Hold(None);

        other.Clock.Advance(Leases.Length - TimeSpan.FromMilliseconds(1));
        Assert.Null(await other.Leases.Claim(name, None));
        other.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await using var taken = await other.Leases.Claim(name, None);

        Assert.Equal(2, taken!.Row.Lease);
        await held.DisposeAsync();
    }

    [Fact]
    public async Task A_process_that_continues_after_its_claim_was_lost_writes_nothing()
    {
        var (name, late, other) = (Name(), new Process(app), new Process(app));
        await using var lost = await late.Leases.Claim(name, None);
        other.Clock.Advance(Leases.Length);
        await using var taken = await other.Leases.Claim(name, None);

        Assert.False(await Write(lost!, "late"));
        Assert.True(lost!.IsLost);
        Assert.False(await lost.Finish(set => set.SetProperty(l => l.Lease, 99)));
        Assert.False(await lost.GiveBack());

        Assert.Equal((2, taken!.Row.LeasedUntil), await Look(name));
        Assert.True(await Write(taken, "in time"));
        Assert.Equal(["in time"], await Written());
    }

    [Fact]
    public async Task A_claim_that_is_held_lasts_as_long_as_the_work()
    {
        var (name, holder, other) = (Name(), new Process(app), new Process(app));
        await using (var lease = await holder.Leases.Claim(name, None))
        {
            lease!.Hold(None);
            for (var third = 0; third < 9; third++)
            {
                var held = (await Look(name)).Until;
                Advance();
                var looks = 0;
                await Wait.Until(async () =>
                {
                    // The holder may have set its timer only after the clock had moved: then it rings a third later.
                    looks++;
                    if (looks == LooksMax)
                        Advance();
                    return (await Look(name)).Until > held;
                });
                Assert.Null(await other.Leases.Claim(name, None));
                Assert.False(lease.Stop.IsCancellationRequested);
            }
        }

        await using var next = await other.Leases.Claim(name, None);
        Assert.Equal(2, next!.Row.Lease);

        void Advance()
        {
            holder.Clock.Advance(Leases.Length / 3);
            other.Clock.Advance(Leases.Length / 3);
        }
    }

    [Fact]
    public async Task Each_write_extends_the_claim()
    {
        var (name, holder, other) = (Name(), new Process(app), new Process(app));
        await using var lease = await holder.Leases.Claim(name, None);
        foreach (var process in new[] { holder, other })
            process.Clock.Advance(Leases.Length / 2);

        Assert.True(await lease!.Write(Fresh(out var scope), () => Task.CompletedTask, None));
        await scope.DisposeAsync();
        foreach (var process in new[] { holder, other })
            process.Clock.Advance(Leases.Length / 2);

        Assert.Null(await other.Leases.Claim(name, None));
        Assert.False(lease.IsLost);
    }

    [Fact]
    public async Task A_holder_that_hangs_is_overtaken_and_its_work_cancelled()
    {
        var (name, hanging, other) = (Name(), new Process(app), new Process(app));
        await using var lease = await hanging.Leases.Claim(name, None);
        var work = Task.Delay(Timeout.Infinite, lease!.Stop);

        foreach (var process in new[] { hanging, other })
            process.Clock.Advance(Leases.Length);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        await using var taken = await other.Leases.Claim(name, None);
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task Work_is_cancelled_when_its_claim_turns_out_to_be_lost()
    {
        var (name, thawed, other) = (Name(), new Process(app), new Process(app));
        await using var lease = await thawed.Leases.Claim(name, None);
        lease!.Hold(None);
        var work = Task.Delay(Timeout.Infinite, lease.Stop);
        other.Clock.Advance(Leases.Length);
        await using var taken = await other.Leases.Claim(name, None);

        thawed.Clock.Advance(Leases.Length / 3);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.True(lease.IsLost);
    }

    [Fact]
    public async Task Work_is_cancelled_when_the_database_is_away_for_as_long_as_a_claim_lasts()
    {
        var (name, cut) = (Name(), new Process(app));
        await using var lease = await cut.Leases.Claim(name, None);
        lease!.Hold(None);
        cut.IsCutOff = true;

        for (var third = 1; third <= 2; third++)
        {
            cut.Clock.Advance(Leases.Length / 3);
            await Wait.Until(() => cut.Refused == third);
            Assert.False(lease.Stop.IsCancellationRequested);
        }

        cut.Clock.Advance(Leases.Length / 3);
        Assert.True(lease.Stop.IsCancellationRequested);
    }

    [Fact]
    public async Task Work_is_cancelled_when_the_process_must_end_and_its_claim_is_free_at_once()
    {
        var (name, ending, other) = (Name(), new Process(app), new Process(app));
        using var end = new CancellationTokenSource();
        await using (var lease = await ending.Leases.Claim(name, None))
        {
            lease!.Hold(end.Token);
            await end.CancelAsync();
            Assert.True(lease.Stop.IsCancellationRequested);
            Assert.False(lease.IsLost);
        }

        await using var taken = await other.Leases.Claim(name, None);
        Assert.Equal(2, taken!.Row.Lease);
    }

    [Fact]
    public async Task A_write_that_fails_leaves_nothing_behind()
    {
        var (name, holder) = (Name(), new Process(app));
        await using var lease = await holder.Leases.Claim(name, None);
        holder.Clock.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<InvalidDataException>(() =>
            lease!.Write(Fresh(out _), () => throw new InvalidDataException("In the middle of the change."), None)
        );

        Assert.Equal((1, lease!.Row.LeasedUntil), await Look(name));
    }

    [Fact]
    public async Task The_only_process_of_a_file_frees_every_claim_when_it_starts()
    {
        var (name, killed, other) = (Name(), new Process(app), new Process(app));
        await using var lost = await killed.Leases.Claim(name, None);

        await app.Services.GetServices<IHostedService>().OfType<FreeLeases>().Single().StartAsync(None);

        await using var taken = await other.Leases.Claim(name, None);
        Assert.Equal(TestDatabase.IsPostgres, taken is null);
    }

    [PostgresFact]
    public async Task Nobody_can_claim_the_row_between_the_check_and_the_commit_of_a_write()
    {
        var (name, holder) = (Name(), new Process(app));
        await using var lease = await holder.Leases.Claim(name, None);

        var refused = await Assert.ThrowsAnyAsync<Exception>(() =>
            lease!.Write(
                Fresh(out _),
                () =>
                    app.Db(async other =>
                    {
                        await using var write = await other.BeginWrite(None);
                        await other.Database.ExecuteSqlAsync($"SET LOCAL lock_timeout = '50ms'");
                        return await other
                            .Set<NamedLease>()
                            .Where(l => l.Name == name)
                            .ExecuteUpdateAsync(set => set.SetProperty(l => l.Lease, 7));
                    }),
                None
            )
        );

        Assert.Equal(
            PostgresErrorCodes.LockNotAvailable,
            Assert.IsType<PostgresException>(refused.GetBaseException()).SqlState
        );
    }

    private static string Name() => "test-" + Guid.NewGuid().ToString("N")[..8];

    // What the work of a claim writes is a row of its own.
    private async Task<bool> Write(Lease<NamedLease> lease, string what)
    {
        var db = Fresh(out var scope);
        await using var _ = scope;
        return await lease.Write(
            db,
            async () =>
            {
                db.Add(new NamedLease { Name = "written: " + what });
                await db.SaveChangesAsync();
            },
            None
        );
    }

    private Task<List<string>> Written() =>
        app.Db(db =>
            db.Set<NamedLease>()
                .Where(l => l.Name.StartsWith("written: "))
                .Select(l => l.Name.Substring("written: ".Length))
                .ToListAsync()
        );

    private Task<(int Lease, DateTime? Until)> Look(string name) =>
        app.Db(async db =>
        {
            var row = await db.Set<NamedLease>().AsNoTracking().SingleAsync(l => l.Name == name);
            return (row.Lease, row.LeasedUntil);
        });

    private AppDb Fresh(out AsyncServiceScope scope)
    {
        scope = app.Services.CreateAsyncScope();
        return scope.ServiceProvider.GetRequiredService<AppDb>();
    }

    /// <summary>What a process has of leases; a test may cut it off from the database.</summary>
    private sealed class Process : IServiceScopeFactory
    {
        private readonly App _app;

        public Process(App app)
        {
            _app = app;
            Clock = new(app.Clock.GetUtcNow());
            Leases = new(this, Clock, NullLogger<Leases>.Instance);
        }

        public FakeTimeProvider Clock { get; }

        public Leases Leases { get; }

        public bool IsCutOff { get; set; }

        public int Refused { get; private set; }

        public IServiceScope CreateScope()
        {
            if (!IsCutOff)
                return _app.Services.CreateScope();
            Refused++;
            throw new TimeoutException("The database does not answer.");
        }
    }
}
