using System.Collections.Concurrent;
using System.Threading.Channels;
using MdcTts.Infrastructure.Redis;

namespace MdcTts.Infrastructure.Events;

/// <summary>
/// Wakes those in this process, and through Redis in others, who read events. It may be missed: everybody also looks by
/// themselves.
/// </summary>
public sealed class EventSignal
{
    private const string Channel = "events";

    private readonly ConcurrentBag<Subscription> _subscriptions = [];
    private readonly RedisLink _redis;

    public EventSignal(RedisLink redis)
    {
        _redis = redis;
        redis.Listen(Channel, WakeHere);
    }

    /// <summary>Something was written: look now.</summary>
    public void Wake()
    {
        WakeHere();
        _redis.Tell(Channel);
    }

    /// <summary>One for each reader, kept as long as the process runs.</summary>
    public Subscription Subscribe()
    {
        var subscription = new Subscription();
        _subscriptions.Add(subscription);
        return subscription;
    }

    private void WakeHere()
    {
        foreach (var subscription in _subscriptions)
            subscription.Wake();
    }

    /// <summary>Remembers one call, so that nothing is missed between two waits.</summary>
    public sealed class Subscription
    {
        private readonly Channel<bool> _calls = System.Threading.Channels.Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
        );

        internal void Wake() => _calls.Writer.TryWrite(true);

        /// <summary>Until the next call, but not longer than <paramref name="pause"/>.</summary>
        public async Task Wait(TimeSpan pause, TimeProvider clock, CancellationToken stop)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var called = _calls.Reader.WaitToReadAsync(either.Token).AsTask();
            await Task.WhenAny(called, Task.Delay(pause, clock, either.Token));
            await either.CancelAsync();
            _calls.Reader.TryRead(out _);
        }
    }
}
