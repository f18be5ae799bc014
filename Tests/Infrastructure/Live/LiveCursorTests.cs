using MdcTts.Infrastructure.Events;
using Xunit;

namespace MdcTts.Infrastructure.Live;

[Trait("runs", "once")]
public sealed class LiveCursorTests
{
    private static readonly DateTime Now = new(2026, 11, 22, 9, 30, 0, DateTimeKind.Utc);

    private readonly LiveCursor _cursor = new(10);

    [Fact]
    public void An_entry_that_is_committed_after_a_later_one_is_given_out_all_the_same()
    {
        // 11 is being written by transaction 500 while 501 commits 12.
        Assert.Equal([12], Look(oldest: 500, next: 502, 12));
        Assert.Equal([], Look(oldest: 500, next: 503, 12));
        Assert.Equal([], Look(oldest: 500, next: 503, 12));
        Assert.Equal(10, _cursor.Settled);

        Assert.Equal([11], Look(oldest: 503, next: 503, 11, 12));
        Assert.Equal(12, _cursor.Settled);
        Assert.Equal([13], Look(oldest: 504, next: 504, 13));
    }

    [Fact]
    public void Each_entry_is_given_out_once_and_what_is_quiet_settles()
    {
        Assert.Equal([11, 12], Look(20, 20, 11, 12));
        Assert.Equal([], Look(20, 20, 11, 12));
        Assert.Equal([], Look(20, 20, 11, 12));
        Assert.Equal(12, _cursor.Settled);
    }

    [Fact]
    public void What_nobody_could_be_told_is_given_out_again()
    {
        var read = new[] { new EventRow { Id = 11 } };

        Assert.Equal([11], _cursor.Fresh(read).Select(e => e.Id));
        Assert.Equal([11], _cursor.Fresh(read).Select(e => e.Id));
        _cursor.Advance(read, 20, 20, Now);

        Assert.Empty(_cursor.Fresh(read));
    }

    [Fact]
    public void A_transaction_that_hangs_does_not_hold_up_everything_for_ever()
    {
        Look(500, 502, 12);
        Look(500, 503, 12);
        Look(500, 503, Now.AddMinutes(1), 12);

        Assert.Equal(12, _cursor.Settled);
    }

    private List<long> Look(long oldest, long next, params long[] ids) => Look(oldest, next, Now, ids);

    private List<long> Look(long oldest, long next, DateTime now, params long[] ids)
    {
        var read = ids.Where(id => id > _cursor.Settled).Select(id => new EventRow { Id = id }).ToList();
        var fresh = _cursor.Fresh(read).ConvertAll(e => e.Id);
        _cursor.Advance(read, oldest, next, now);
        return fresh;
    }
}
