using MdcTts.Features.Accounts;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.News;

/// <summary>
/// The morning's mail: what is overdue or due within three days, the oldest first. Admins read what is overdue with
/// anybody.
/// </summary>
internal static class DueMails
{
    private const int DaysAhead = 3;
    private const int RowsMax = 20;

    public static MailKind Kind { get; } = new("reminder.", Of) { StopPath = AccountRoutes.Mails };

    private sealed record Row(string Number, string? Reference, string Title, DateOnly Due);

    /// <summary>What is not over and is overdue or due within three days.</summary>
    public static IQueryable<Transaction> Within(IQueryable<Transaction> transactions, DateOnly today)
    {
        var last = today.AddDays(DaysAhead);
        return transactions.Where(t => t.DeletedAt == null && t.DueDate <= last).NotOver();
    }

    private static async Task<MailContent?> Of(MailRequest request, IServiceProvider services, CancellationToken stop)
    {
        var db = services.GetRequiredService<AppDb>();
        var today = services.GetRequiredService<TimeProvider>().Today();
        var reader = request.Reader;
        var due = Within(db.Transactions.VisibleTo(reader), today)
            .Where(t => t.AssigneeId == reader.Id || (reader.IsAdmin && t.DueDate < today));
        var count = await due.CountAsync(stop);
        // All was done before the mail was sent.
        if (count == 0)
            return null;
        var rows = await due.OrderBy(t => t.DueDate)
            .ThenBy(t => t.Id)
            .Take(RowsMax)
            .Select(t => new Row(t.Number, t.ReferenceNumber, t.Title, t.DueDate!.Value))
            .ToListAsync(stop);
        List<MailLine> lines = [new(reader.IsAdmin ? "mail.reminder.due.admin" : "mail.reminder.due.text")];
        if (count > rows.Count)
            lines.Add(new("mail.reminder.due.shown", rows.Count, count));
        var path = reader.IsAdmin ? TransactionRoutes.Root + "?overdue=true" : TransactionRoutes.Work;
        return new(Words.T.Count("mail.reminder.due.count", count), lines)
        {
            Facts = [.. rows.Select(row => FactOf(row, today))],
            Button = ("mail.reminder.due.open", services.GetRequiredService<PublicAddress>().Of(path)),
        };
    }

    private static MailFact FactOf(Row row, DateOnly today)
    {
        var state =
            row.Due < today ? "overdue"
            : row.Due == today ? "today"
            : "soon";
        var about = Named(row.Reference, row.Number, row.Title);
        return new("mail.reminder.due." + state, about, Dates.Format(row.Due, Words.T.Language));
    }

    /// <summary>A transaction in a list of several.</summary>
    public static string Named(string? reference, string number, string title)
    {
        string?[] parts = [reference, number, title];
        return string.Join(" · ", parts.OfType<string>().Select(part => PlainText.Isolate(part)));
    }
}
