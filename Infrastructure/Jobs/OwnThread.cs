using System.Collections.Concurrent;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>
/// Runs long work on a thread of its own. SQLite works on the thread that asks it: in the pool, which begins with one
/// thread a processor, such work would keep requests waiting for a thread.
/// </summary>
/// <remarks>
/// The thread is no slower than others: it holds the turn to write, for which others would have to wait longer.
/// </remarks>
public static class OwnThread
{
    /// <summary>Runs the work; what it awaits goes on on the same thread.</summary>
    public static Task Run(Func<Task> work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => Turns(work, ended)) { IsBackground = true, Name = nameof(OwnThread) };
        thread.Start();
        return ended.Task;
    }

    private static void Turns(Func<Task> work, TaskCompletionSource ended)
    {
        using var turns = new Queue();
        SynchronizationContext.SetSynchronizationContext(turns);
        var task = Begin(work);
        _ = task.ContinueWith(
            _ => turns.End(),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
        turns.Run();
        ended.SetFromTask(task);
    }

    private static async Task Begin(Func<Task> work) => await work();

    /// <summary>Takes what the work goes on with, in its order.</summary>
    private sealed class Queue : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Step, object? State)> _steps = [];

        public void Run()
        {
            foreach (var (step, state) in _steps.GetConsumingEnumerable())
                step(state);
        }

        public void End() => _steps.CompleteAdding();

        public override void Post(SendOrPostCallback d, object? state)
        {
            // Something that nobody waited for may end after the work.
            if (!TryAdd(d, state))
                ThreadPool.QueueUserWorkItem(_ => d(state));
        }

        public override SynchronizationContext CreateCopy() => this;

        public void Dispose() => _steps.Dispose();

        private bool TryAdd(SendOrPostCallback step, object? state)
        {
            try
            {
                return _steps.TryAdd((step, state));
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }
}
