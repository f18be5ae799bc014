using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Xunit.Sdk;

namespace MdcTts.Support;

/// <summary>Waits for something that another thread or process brings about, and says what did not come.</summary>
public static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again until it is so; fails after <paramref name="seconds"/>.</summary>
    /// <param name="isSo">The condition; its source is what the failure names.</param>
    public static Task Until(
        Func<bool> isSo,
        int seconds = 60,
        [CallerArgumentExpression(nameof(isSo))] string condition = ""
    ) => Until(() => Task.FromResult(isSo()), seconds, condition);

    /// <inheritdoc cref="Until(Func{bool}, int, string)"/>
    public static async Task Until(
        Func<Task<bool>> isSo,
        int seconds = 60,
        [CallerArgumentExpression(nameof(isSo))] string condition = ""
    )
    {
        var limit = Stopwatch.StartNew();
        while (!await isSo())
        {
            if (limit.Elapsed > TimeSpan.FromSeconds(seconds))
                throw new XunitException($"Not within {seconds} seconds: {condition}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>
    /// Lets the clock of an app run, a second each moment, until something is done that the app does every so often.
    /// </summary>
    public static Task For(Task task, FakeTimeProvider clock) => For(task, [clock], TimeSpan.FromSeconds(1));

    /// <summary>The same for several apps that move in step.</summary>
    public static async Task For(Task task, IReadOnlyCollection<FakeTimeProvider> clocks, TimeSpan step)
    {
        while (await Task.WhenAny(task, Task.Delay(Pause)) != task)
            foreach (var clock in clocks)
                clock.Advance(step);
        await task;
    }

    /// <summary>The same while others work towards it: when one of them fails, that is the failure.</summary>
    public static Task Until(
        Func<bool> isSo,
        IReadOnlyCollection<Task> workers,
        int seconds = 60,
        [CallerArgumentExpression(nameof(isSo))] string condition = ""
    ) =>
        Until(
            async () =>
            {
                foreach (var failed in workers.Where(w => w.IsFaulted))
                    await failed;
                return isSo();
            },
            seconds,
            condition
        );
}
