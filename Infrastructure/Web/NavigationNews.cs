using System.Globalization;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Live;

namespace MdcTts.Infrastructure.Web;

/// <summary>
/// Tells the admins' open pages how many wait behind an entry of the navigation, when that has changed.
/// </summary>
/// <param name="kind">Of the event that says so.</param>
/// <param name="frame">What the script calls the news.</param>
/// <param name="section">The entry, as <see cref="NavigationRow"/> names it.</param>
public sealed class NavigationNews(string kind, string frame, string section)
{
    /// <summary>Records that somebody or something began or stopped to wait; the caller saves it.</summary>
    /// <param name="id">Which.</param>
    /// <param name="by">Who did it; null for a job.</param>
    public void HaveChanged(EngineDb db, int id, int? by, DateTime at) =>
        db.Add(
            new EventRow
            {
                At = at,
                Kind = kind,
                Key = id.ToString(CultureInfo.InvariantCulture),
                ActorId = by,
                Effect = PageEffect.Changed,
            }
        );

    /// <summary>A <see cref="ReadLiveNews"/>.</summary>
    public async Task<Func<LiveStream, string>> Read(
        IReadOnlyList<EventRow> events,
        string mark,
        IServiceProvider services,
        CancellationToken stop
    )
    {
        if (!events.Any(e => e.Kind == kind))
            return _ => "";
        var count = (await NavigationRows.Count(services, stop)).GetValueOrDefault(section);
        var news = LiveFrame.Of(frame, mark, count.ToString(CultureInfo.InvariantCulture));
        return stream => stream.User.IsAdmin ? news : "";
    }
}
