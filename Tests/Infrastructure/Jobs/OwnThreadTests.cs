using Xunit;

namespace MdcTts.Infrastructure.Jobs;

[Trait("runs", "once")]
public sealed class OwnThreadTests
{
    [Fact]
    public async Task Work_goes_on_on_its_own_thread_after_it_has_waited()
    {
        var threads = new List<(int Id, bool IsOfPool)>();

        await OwnThread.Run(async () =>
        {
            Note();
            await Task.Yield();
            Note();
            await Task.Run(() => { });
            Note();
        });

        Assert.Equal(3, threads.Count);
        Assert.Single(threads.Distinct());
        Assert.False(threads[0].IsOfPool);

        void Note() => threads.Add((Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));
    }

    [Fact]
    public async Task What_fails_or_is_cancelled_does_so_for_the_caller()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => OwnThread.Run(() => throw new InvalidDataException()));
        await Assert.ThrowsAsync<InvalidDataException>(() =>
            OwnThread.Run(async () =>
            {
                await Task.Yield();
                throw new InvalidDataException();
            })
        );
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            OwnThread.Run(() => Task.FromCanceled(new CancellationToken(canceled: true)))
        );
    }

    [Fact]
    public async Task What_nobody_waited_for_ends_elsewhere()
    {
        var (go, ended) = (new TaskCompletionSource(), new TaskCompletionSource());

        await OwnThread.Run(() =>
        {
            _ = Later();
            return Task.CompletedTask;
        });
        go.SetResult();

        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));

        async Task Later()
        {
            await go.Task;
            ended.SetResult();
        }
    }
}
