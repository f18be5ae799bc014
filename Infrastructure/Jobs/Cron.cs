using Coravel.Scheduling.Schedule.Cron;
using MdcTts.Infrastructure.Saudi;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>Five cron fields in Riyadh's time, as Coravel reads them: which minutes are meant.</summary>
public sealed class Cron
{
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(366);

    private readonly CronExpression _minutes;

    // The same without minute and hour: days that are not meant are stepped over at once.
    private readonly CronExpression _days;

    /// <exception cref="FormatException">It is no such expression.</exception>
    public Cron(string text)
    {
        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != 5)
            throw new FormatException($"\"{text}\" has not the five fields of cron.");
        try
        {
            (_minutes, _days) = (new(string.Join(' ', fields)), new($"* * {fields[2]} {fields[3]} {fields[4]}"));
            _minutes.IsDue(DateTime.MinValue);
        }
        catch (Exception wrong) when (wrong is not OutOfMemoryException)
        {
            throw new FormatException($"\"{text}\" is no cron expression.", wrong);
        }
    }

    /// <summary>The last meant minute until now, unless it is longer ago than <paramref name="within"/>.</summary>
    public DateTime? Last(DateTime now, TimeSpan within)
    {
        var start = Clock.RiyadhTime(now) - within;
        for (var at = Minute(now); at >= start; at = at.AddMinutes(-1))
        {
            if (!_days.IsDue(at))
                at = at.Date;
            else if (_minutes.IsDue(at))
                return Clock.InstantOf(at);
        }

        return null;
    }

    /// <summary>The first meant minute after now; null when there is none within a year.</summary>
    public DateTime? Next(DateTime now)
    {
        var end = Clock.RiyadhTime(now) + Horizon;
        for (var at = Minute(now).AddMinutes(1); at < end; at = at.AddMinutes(1))
        {
            if (!_days.IsDue(at))
                at = at.Date.AddDays(1).AddMinutes(-1);
            else if (_minutes.IsDue(at))
                return Clock.InstantOf(at);
        }

        return null;
    }

    private static DateTime Minute(DateTime utc)
    {
        var local = Clock.RiyadhTime(utc);
        return local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute));
    }
}
