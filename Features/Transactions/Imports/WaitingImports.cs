using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Imports of editors that wait for an admin's release.</summary>
internal static class WaitingImports
{
    private const string Event = "imports.waiting_changed";

    public static IQueryable<ImportRun> In(AppDb db) => db.Imports.Where(i => i.Status == ImportStatus.Waiting);

    /// <summary>Mails and entry for one that begins to wait; the caller saves them with its new status.</summary>
    public static async Task Ask(
        AppDb db,
        CurrentUser editor,
        int id,
        int rows,
        string? existing,
        DateTime now,
        CancellationToken stop
    )
    {
        var key = id.ToString(CultureInfo.InvariantCulture);
        var admins = await Admins.Active(db, stop);
        db.Outbox.AddRange(
            admins.Select(admin =>
                OutboxMessage.For(admin, ImportMails.Waiting, now, [key, editor.Name, Words.Number(rows)])
            )
        );
        db.Audit.Add(AuditLog.By(editor, "import.release_requested", "import", key, now, new { rows, existing }));
        HaveChanged(db, id, editor.Id, now);
    }

    /// <summary>Records that one began or stopped to wait; the caller saves it.</summary>
    public static void HaveChanged(AppDb db, int id, int by, DateTime at) =>
        db.Add(
            new EventRow
            {
                At = at,
                Kind = Event,
                Key = id.ToString(CultureInfo.InvariantCulture),
                ActorId = by,
                Effect = PageEffect.Changed,
            }
        );

    /// <summary>Tells the admins' open pages the new count.</summary>
    public static async Task<Func<LiveStream, string>> ReadNews(
        IReadOnlyList<EventRow> events,
        string mark,
        IServiceProvider services,
        CancellationToken stop
    )
    {
        if (!events.Any(e => e.Kind == Event))
            return _ => "";
        var count = await In(services.GetRequiredService<AppDb>()).CountAsync(stop);
        var frame = LiveFrame.Of("imports", mark, count.ToString(CultureInfo.InvariantCulture));
        return stream => stream.User.IsAdmin ? frame : "";
    }
}
