using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Imports of editors that wait for an admin's release.</summary>
internal static class WaitingImports
{
    /// <summary>The name of the entry in the navigation.</summary>
    public const string Section = "import";

    public static NavigationNews News { get; } = new("imports.waiting_changed", "imports", Section);

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
        News.HaveChanged(db, id, editor.Id, now);
    }
}
