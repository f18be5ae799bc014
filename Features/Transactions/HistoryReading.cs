using System.Linq.Expressions;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Transactions;

/// <summary>
/// What a reader may know of the history, for pages, JSON, PDF, dashboards, mails and tracking alike. Staff read
/// everything. A client reads that a transaction came to be, how its status moved, and the public notes; not the names
/// of staff, no move back to a draft, no comment, edit or assignment.
/// </summary>
public static class HistoryReading
{
    // A draft is the firm's own business: the client sees a transaction from its submission on.
    private static readonly Expression<Func<HistoryEntry, bool>> IsOutside = h =>
        h.Kind == HistoryKind.Created
        || h.Kind == HistoryKind.Imported
        || (h.Kind == HistoryKind.Status && h.ToMeaning != Meaning.Draft);

    private static readonly Func<HistoryEntry, bool> Outside = IsOutside.Compile();

    /// <summary>The same rule for one that is at hand.</summary>
    public static bool IsReadableOutside(HistoryEntry entry) => Outside(entry);

    /// <summary>Whether this person may read every entry.</summary>
    public static bool ReadsAll(CurrentUser user) => user.IsStaff;

    /// <summary>The entries that this person may read.</summary>
    public static IQueryable<HistoryEntry> ReadableBy(this IQueryable<HistoryEntry> history, CurrentUser user) =>
        ReadsAll(user) ? history : history.OutsideTheFirm();

    /// <summary>The entries that may be known outside the firm at all.</summary>
    public static IQueryable<HistoryEntry> OutsideTheFirm(this IQueryable<HistoryEntry> history) =>
        history.Where(IsOutside);

    /// <summary>The status changes among them.</summary>
    public static IQueryable<HistoryEntry> Moves(this IQueryable<HistoryEntry> history) =>
        history.Where(h => h.Kind == HistoryKind.Status);

    /// <summary>The text of an entry as far as it may be known outside the firm.</summary>
    public static string? PublicText(NoteVisibility visibility, string? text) =>
        visibility == NoteVisibility.Public ? text : null;
}
