using System.Linq.Expressions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary>What happened to a transaction, newest first, as far as the reader may know it.</summary>
public sealed class Timeline(AppDb db, CurrentUser user)
{
    /// <summary>As many lines as a page shows; the API pages through all.</summary>
    public const int LinesMax = 200;

    /// <summary>One line.</summary>
    /// <param name="Id">
    /// For staff the id of the entry. For clients its place, from 1, among those that they may read: ids are given out
    /// for all of the firm and would count what happens there.
    /// </param>
    public sealed record Line(
        int Id,
        HistoryKind Kind,
        string By,
        DateTime At,
        string? From,
        string? To,
        string? Text,
        NoteVisibility Visibility,
        IReadOnlyList<FieldChange> Changes
    );

    private static readonly Expression<Func<HistoryEntry, Line>> AsLine = h => new Line(
        h.Id,
        h.Kind,
        PersonName.Shown(h.By.FullName, h.By.NameAr),
        h.At,
        h.FromStatus,
        h.ToStatus,
        h.Text,
        h.Visibility,
        h.Changes
    );

    // For readers who may read all. Compiled: to build and look up the query takes longer than to run it.
    private static readonly Func<AppDb, int, IAsyncEnumerable<Line>> Newest = EF.CompileAsyncQuery(
        (AppDb db, int id) =>
            db.History.Where(h => h.TransactionId == id).OrderByDescending(h => h.Id).Take(LinesMax).Select(AsLine)
    );

    /// <summary>
    /// The newest lines of a transaction; <paramref name="kind"/> narrows them, such as <c>comment</c>.
    /// </summary>
    public async Task<List<Line>> Of(int transactionId, string? kind, CancellationToken stop) =>
        HistoryReading.ReadsAll(user) && kind is null
            ? ForStaff(await Newest(db, transactionId).ToListAsync(stop))
            : await Read(Readable(transactionId, kind), skip: 0, LinesMax, total: null, stop);

    /// <summary>All of it for a document; comments stay on the screen.</summary>
    public Task<List<Line>> ForDocument(int transactionId, CancellationToken stop) =>
        Read(
            Readable(transactionId, kind: null).Where(h => h.Kind != HistoryKind.Comment),
            skip: 0,
            take: int.MaxValue,
            total: null,
            stop
        );

    /// <summary>A page of the lines of a transaction that the person sees.</summary>
    public async Task<Result<Paged<Line>>> Page(string number, PageRequest asked, string? kind, CancellationToken stop)
    {
        var id = await db.Transactions.Numbered(number, user).Select(t => t.Id).SingleOrDefaultAsync(stop);
        if (id == 0)
            return Problem.NotFound();
        var history = Readable(id, kind);
        var total = await history.CountAsync(stop);
        var lines = await Read(history, asked.Skip, asked.Size, total, stop);
        return new Paged<Line>(lines, asked.Page, asked.Size, total);
    }

    private IQueryable<HistoryEntry> Readable(int transactionId, string? kind)
    {
        var history = db.History.Where(h => h.TransactionId == transactionId).ReadableBy(user);
        return kind switch
        {
            "status" => history.Moves(),
            "comment" => history.Where(h => h.Kind == HistoryKind.Comment),
            "edited" => history.Where(h => h.Kind == HistoryKind.Edited),
            "assigned" => history.Where(h => h.Kind == HistoryKind.Assigned),
            _ => history,
        };
    }

    private async Task<List<Line>> Read(
        IQueryable<HistoryEntry> history,
        int skip,
        int take,
        int? total,
        CancellationToken stop
    )
    {
        var lines = await history.OrderByDescending(h => h.Id).Skip(skip).Take(take).Select(AsLine).ToListAsync(stop);
        if (user.IsStaff)
            return ForStaff(lines);
        var firm = Holder.Firm(user);
        var first = (total ?? lines.Count) - skip;
        return
        [
            .. lines.Select(
                (line, place) =>
                    line with
                    {
                        Id = first - place,
                        By = firm,
                        Text = HistoryReading.PublicText(line.Visibility, line.Text),
                        Changes = [],
                    }
            ),
        ];
    }

    private static List<Line> ForStaff(List<Line> lines) =>
        lines.ConvertAll(line => line with { Changes = line.Changes ?? [] });
}
