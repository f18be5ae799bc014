using Xunit;

namespace MdcTts.Infrastructure.Database;

[Trait("runs", "once")]
public sealed class CountedTests
{
    private readonly CountCache.Counted _value = new();
    private readonly List<TaskCompletionSource<object>> _counts = [];
    private long _mark = 1;

    [Fact]
    public async Task However_many_ask_at_once_two_counts_answer_them_all()
    {
        var first = Ask();
        var same = Enumerable.Range(0, 10).Select(_ => Ask()).ToList();
        _mark = 2;
        var later = Enumerable.Range(0, 20).Select(_ => Ask()).ToList();
        Assert.Single(_counts);

        _counts[0].SetResult("old");
        Assert.Equal("old", await first);
        Assert.All(await Task.WhenAll(same), value => Assert.Equal("old", value));
        await Begun(2);
        _counts[1].SetResult("new");

        Assert.All(await Task.WhenAll(later), value => Assert.Equal("new", value));
        Assert.Equal("new", await Ask());
        Assert.Equal(2, _counts.Count);
    }

    [Fact]
    public async Task Nobody_is_given_what_was_counted_before_they_came()
    {
        var first = Ask();
        _mark = 2;
        var second = Ask();
        _counts[0].SetResult("old");
        await Begun(2);
        _mark = 3;
        var third = Ask();
        _counts[1].SetResult("newer");
        await Begun(3);
        _counts[2].SetResult("newest");

        Assert.Equal(("old", "newer", "newest"), (await first, await second, await third));
    }

    [Fact]
    public async Task When_the_one_who_counts_leaves_another_counts()
    {
        using var gone = new CancellationTokenSource();
        var first = Ask(gone.Token);
        var second = Ask();

        await gone.CancelAsync();
        _counts[0].SetCanceled(gone.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Begun(2);
        _counts[1].SetResult("counted");

        Assert.Equal("counted", await second);
    }

    [Fact]
    public async Task When_the_one_who_waits_to_count_leaves_another_counts()
    {
        using var gone = new CancellationTokenSource();
        var first = Ask();
        _mark = 2;
        var second = Ask(gone.Token);
        var third = Ask();

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        _counts[0].SetResult("old");
        await Begun(2);
        _counts[1].SetResult("new");

        Assert.Equal(("old", "new"), (await first, await third));
    }

    [Fact]
    public async Task A_count_that_fails_is_tried_again()
    {
        var first = Ask();
        _counts[0].SetException(new InvalidOperationException("No database."));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);

        var second = Ask();
        _counts[1].SetResult("counted");

        Assert.Equal("counted", await second);
    }

    private Task<object> Ask(CancellationToken stop = default) =>
        _value.Get(
            _mark,
            () => Task.FromResult(_mark),
            _ =>
            {
                var count = new TaskCompletionSource<object>();
                lock (_counts)
                    _counts.Add(count);
                return count.Task;
            },
            stop
        );

    private async Task Begun(int counts)
    {
        while (true)
        {
            lock (_counts)
            {
                if (_counts.Count >= counts)
                    return;
            }

            await Task.Yield();
        }
    }
}
