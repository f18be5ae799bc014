using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Web;

/// <summary>Something that waits for an admin, behind an entry of the navigation.</summary>
public sealed class NavigationRow
{
    public required string Section { get; init; }
    public required int Id { get; init; }
}

/// <summary>
/// What waits for an admin, registered by the feature whose page shows it. The numbers beside all entries are one
/// question to the database.
/// </summary>
public sealed class NavigationRows
{
    private readonly Func<EngineDb, IQueryable<NavigationRow>> _rows;

    private NavigationRows(Func<EngineDb, IQueryable<NavigationRow>> rows) => _rows = rows;

    public static NavigationRows Of<TDb>(Func<TDb, IQueryable<NavigationRow>> rows)
        where TDb : EngineDb => new(db => rows((TDb)db));

    /// <summary>How many wait, by the names of entries.</summary>
    /// <remarks>The tables that are asked must change <see cref="DataMark.Directory"/>.</remarks>
    public static Task<Dictionary<string, int>> Count(IServiceProvider request, CancellationToken stop)
    {
        var db = request.GetRequiredService<EngineDb>();
        return request
            .GetRequiredService<CountCache>()
            .Get(
                "waiting",
                () =>
                    request
                        .GetServices<NavigationRows>()
                        .Select(each => each._rows(db))
                        .Aggregate((all, more) => all.Concat(more))
                        .GroupBy(row => row.Section)
                        .Select(rows => new { rows.Key, Count = rows.Count() })
                        .ToDictionaryAsync(rows => rows.Key, rows => rows.Count, stop),
                stop,
                DataMark.Directory
            );
    }
}
