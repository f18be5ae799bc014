using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Catalogue;

/// <summary>
/// The small data that every page reads: the workflow, the lists, the holidays. One snapshot, replaced as a whole.
/// </summary>
public sealed class CatalogueEntries(
    WorkflowMap workflow,
    IReadOnlyList<ListItem> items,
    IReadOnlySet<DateOnly> holidays
)
{
    // Holidays on working days, in order.
    private readonly DateOnly[] _workingHolidays = [.. holidays.Where(h => !IsWeekend(h)).Order()];

    private readonly FrozenDictionary<(ListKind, string), ListItem> _byKey = items.ToFrozenDictionary(i =>
        (i.Kind, i.Key)
    );

    public WorkflowMap Workflow { get; } = workflow;

    /// <summary>The active entries of a list, in its order.</summary>
    public IEnumerable<ListItem> Of(ListKind kind) => items.Where(i => i.Kind == kind && i.IsActive);

    /// <summary>The active entries of a list, and those that are chosen though they were taken from it.</summary>
    public IEnumerable<ListItem> Offered(ListKind kind, params IEnumerable<string> chosen) =>
        items.Where(i => i.Kind == kind && (i.IsActive || chosen.Contains(i.Key, StringComparer.Ordinal)));

    /// <summary>The entry of a key, active or not; null when the list does not have it.</summary>
    public ListItem? Find(ListKind kind, string? key) =>
        key is not null && _byKey.TryGetValue((kind, key), out var item) ? item : null;

    /// <summary>The name of a key in the reader's language; the key itself when the entry is gone.</summary>
    public string NameOf(ListKind kind, string? key) => Find(kind, key)?.Name ?? key ?? "";

    /// <summary>Sunday to Thursday without public holidays.</summary>
    /// <summary>The first working day after a date.</summary>
    public DateOnly NextWorkingDay(DateOnly after)
    {
        var day = after.AddDays(1);
        while (!IsWorkingDay(day))
            day = day.AddDays(1);
        return day;
    }

    public bool IsWorkingDay(DateOnly date) => !IsWeekend(date) && !holidays.Contains(date);

    /// <summary>
    /// Working days after <paramref name="from"/> up to and including <paramref name="to"/>; negative when
    /// <paramref name="to"/> is earlier.
    /// </summary>
    public int WorkingDays(DateOnly from, DateOnly to)
    {
        if (to < from)
            return -WorkingDays(to, from);
        // Counts whole weeks at once and only the remaining days one by one: a list asks this for each of its rows.
        var (weeks, remaining) = Math.DivRem(to.DayNumber - from.DayNumber, 7);
        var days = weeks * 5;
        for (var day = to.AddDays(1 - remaining); day <= to; day = day.AddDays(1))
            if (!IsWeekend(day))
                days++;
        return days - (HolidaysUpTo(to) - HolidaysUpTo(from));
    }

    private static bool IsWeekend(DateOnly date) => date.DayOfWeek is DayOfWeek.Friday or DayOfWeek.Saturday;

    private int HolidaysUpTo(DateOnly date)
    {
        var at = Array.BinarySearch(_workingHolidays, date);
        return at >= 0 ? at + 1 : ~at;
    }
}

/// <summary>
/// Keeps the <see cref="CatalogueEntries"/> in memory and reads them again after a minute, so that every replica
/// follows an admin's change.
/// </summary>
public sealed class CatalogueCache(IServiceScopeFactory scopes, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private (CatalogueEntries Value, long ReadAt)? _held;

    /// <summary>The catalogue, at most a minute old.</summary>
    public async ValueTask<CatalogueEntries> Get(CancellationToken stop)
    {
        if (_held is { } held && clock.GetElapsedTime(held.ReadAt) < Freshness)
            return held.Value;
        await _reading.WaitAsync(stop);
        try
        {
            if (_held is { } fresh && clock.GetElapsedTime(fresh.ReadAt) < Freshness)
                return fresh.Value;
            using var scope = scopes.CreateScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDb>();
            var catalogue = await Read(db, stop);
            _held = (catalogue, clock.GetTimestamp());
            return catalogue;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>To be called after a change in this process.</summary>
    public void Forget() => _held = null;

    public void Dispose() => _reading.Dispose();

    private static async Task<CatalogueEntries> Read(AppDb db, CancellationToken stop)
    {
        var statuses = await db.WorkflowStatuses.AsNoTracking().ToListAsync(stop);
        var moves = await db.WorkflowMoves.AsNoTracking().ToListAsync(stop);
        var items = await db.ListItems.AsNoTracking().OrderBy(i => i.Position).ToListAsync(stop);
        var holidays = await db.Holidays.AsNoTracking().Select(h => h.Date).ToListAsync(stop);
        return new(new WorkflowMap(statuses, moves), items, holidays.ToHashSet());
    }
}
