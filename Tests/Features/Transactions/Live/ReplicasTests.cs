using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Text;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Live;

/// <summary>Two instances on one database. On SQLite there is one, and nothing to show.</summary>
public sealed class ReplicasTests(App app) : IClassFixture<App>, IAsyncLifetime
{
    private App? _second;

    public async Task InitializeAsync() => _second = await app.Replica();

    public async Task DisposeAsync()
    {
        if (_second is not null)
            await ((IAsyncLifetime)_second).DisposeAsync();
    }

    [Fact]
    public async Task What_one_replica_writes_is_heard_on_the_other()
    {
        if (_second is null)
            return;
        await using var listener = await Listener.Open(_second, Nasser);
        var t = await app.Given.Transaction(status: "submitted");

        (await app.Api(Nasser).Post($"/transactions/{t.Number}/status", new { status = "under_review" })).Expect(200);

        Assert.Contains(t.Number, (await listener.NextOn(_second)).Data);
    }

    [Fact]
    public async Task Whoever_hops_between_replicas_while_many_write_misses_nothing()
    {
        if (_second is null)
            return;
        using var done = new CancellationTokenSource();
        var ticking = Tick(done.Token);
        var heard = new HashSet<string>(StringComparer.Ordinal);
        var listener = await Listener.Open(app, Nasser);
        var writing = Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(async writer =>
                {
                    using var api = (writer % 2 == 0 ? app : _second).Api(Sara);
                    var made = new List<string>();
                    for (var i = 0; i < 25; i++)
                        made.Add(
                            (
                                await api.Post(
                                    "/transactions",
                                    new
                                    {
                                        title = $"Hop {writer} {i}",
                                        client = $"{Municipality.Id}",
                                        type = "submission",
                                    }
                                )
                            ).Expect(201)["number"]!
                        );
                    return made;
                })
        );

        for (var hop = 0; hop < 8; hop++)
        {
            for (var i = 0; i < 2 && !writing.IsCompleted; i++)
                heard.UnionWith((await listener.Next()).Data.Split(' '));
            await listener.DisposeAsync();
            listener = await Listener.Open(hop % 2 == 0 ? _second : app, Nasser, lastId: listener.LastId);
        }

        var made = (await writing).SelectMany(m => m).ToHashSet();
        while (!made.IsSubsetOf(heard))
            heard.UnionWith((await listener.Next()).Data.Split(' '));
        await listener.DisposeAsync();
        await done.CancelAsync();
        await ticking;
    }

    [Fact]
    public async Task What_is_committed_late_behind_a_later_id_is_not_skipped()
    {
        if (_second is null)
            return;
        var (late, soon) = (await app.Given.Transaction(), await app.Given.Transaction());
        using var done = new CancellationTokenSource();
        var ticking = Tick(done.Token);
        var listener = await Listener.Open(app, Nasser);
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Infrastructure.Database.AppDb>();
        await using var write = await db.BeginWrite(default);
        db.Audit.Add(AuditLog.Entry("transaction.edited", "transaction", late.Number, Sara.Id, app.Now));
        await db.SaveChangesAsync();

        (await app.Api(Sara).Post($"/transactions/{soon.Number}/comments", new { text = "Committed first" })).Expect(
            201
        );
        while ((await listener.Next()).Data != soon.Number)
        {
            // What was made before.
        }

        // Some looks later somebody comes back to the other replica with what they heard last.
        await Task.Delay(500);
        await listener.DisposeAsync();
        await using var again = await Listener.Open(_second, Nasser, lastId: listener.LastId);
        await write.Commit(default);

        while (!(await again.Next()).Data.Contains(late.Number))
        {
            // Twice is no harm.
        }

        await done.CancelAsync();
        await ticking;
    }

    private async Task Tick(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(0.2));
            _second!.Clock.Advance(TimeSpan.FromSeconds(0.2));
            await Task.Delay(40, CancellationToken.None);
        }
    }
}
