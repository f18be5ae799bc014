using MdcTts.Infrastructure.Events;
using MdcTts.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Live;

/// <summary>Two instances on one database.</summary>
public sealed class ReplicasTests(App app) : IClassFixture<App>, IAsyncLifetime
{
    private App _second = null!;

    public async Task InitializeAsync() => _second = (await app.Replica())!;

    public Task DisposeAsync() => ((IAsyncLifetime)_second).DisposeAsync();

    [PostgresFact]
    public async Task What_one_replica_writes_is_heard_on_the_other()
    {
        await using var listener = await Listener.Open(_second, Nasser);
        var t = await app.Given.Transaction(status: "submitted");

        (await app.Api(Nasser).Post($"/transactions/{t.Number}/status", new { status = "under_review" })).Expect(200);

        Assert.Contains(t.Number, (await listener.NextOn(_second)).Data);
    }

    [PostgresFact]
    public async Task Whoever_hops_between_replicas_while_many_write_misses_nothing()
    {
        var done = new TaskCompletionSource();
        var ticking = Tick(done.Task);
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
        done.SetResult();
        await ticking;
    }

    [PostgresFact]
    public async Task What_is_committed_late_behind_a_later_id_is_not_skipped()
    {
        var (late, soon) = (await app.Given.Transaction(), await app.Given.Transaction());
        var done = new TaskCompletionSource();
        var ticking = Tick(done.Task);
        var listener = await Listener.Open(app, Nasser);
        await using var scope = app.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        await using var write = await db.BeginWrite(default);
        var entry = new HistoryEntry(HistoryKind.Edited, Sara.Id, app.Now);
        var data = ChangeRecord.DataOf(late, entry, []);
        db.Add(ChangeRecord.EventOf(late, entry, TransactionEvents.Edited, PageEffect.Changed, data));
        await db.SaveChangesAsync();

        await Comment(soon);
        while ((await listener.Next()).Data != soon.Number)
        {
            // What was made before.
        }

        // Some looks of both replicas later somebody comes back to the other one with what they heard last.
        await using (var other = await Listener.Open(_second, Nasser))
        {
            for (var look = 0; look < 3; look++)
            {
                await Comment(soon);
                await listener.Next();
                await other.Next();
            }
        }

        await listener.DisposeAsync();
        await using var again = await Listener.Open(_second, Nasser, lastId: listener.LastId);
        await write.Commit(default);

        while (!(await again.Next()).Data.Contains(late.Number))
        {
            // Twice is no harm.
        }

        done.SetResult();
        await ticking;
    }

    private async Task Comment(Transaction transaction) =>
        (
            await app.Api(Sara).Post($"/transactions/{transaction.Number}/comments", new { text = "Committed first" })
        ).Expect(201);

    private Task Tick(Task until) => Wait.For(until, [app.Clock, _second.Clock], TimeSpan.FromSeconds(0.1));
}
