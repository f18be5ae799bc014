using System.Globalization;
using System.Text.Json;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.News;

/// <summary>
/// The one mail about an act on many transactions. Its arguments are the act's name and the events it tells of; what
/// was taken back before it is sent is left out.
/// </summary>
internal static class ManyMails
{
    private const int RowsMax = 20;

    public static MailKind Kind { get; } = new("many.", Of) { StopPath = AccountRoutes.Mails };

    public static OutboxMessage Begin(int person, string batch, EventRow e, TimeSpan wait) =>
        new()
        {
            RecipientId = person,
            Event = TransactionEvents.Many,
            Args = JsonSerializer.Serialize(new[] { batch }),
            CreatedAt = e.At,
            DueAt = e.At + wait,
            RequestId = e.RequestId,
        };

    /// <summary>Adds an event; one that it tells of already is not added again.</summary>
    public static void Add(OutboxMessage message, EventRow e)
    {
        string[] args = [.. ArgsOf(message), e.Id.ToString(CultureInfo.InvariantCulture)];
        message.Args = JsonSerializer.Serialize(args.Distinct(StringComparer.Ordinal));
    }

    public static string BatchOf(OutboxMessage message) => ArgsOf(message)[0];

    private static string[] ArgsOf(OutboxMessage message) => JsonSerializer.Deserialize<string[]>(message.Args)!;

    private sealed record Row(EventRow Event, string? By, string? Text, IReadOnlyList<FieldChange> Changes);

    private sealed record About(string Number, string? Reference, string Title);

    private static async Task<MailContent?> Of(MailRequest request, IServiceProvider services, CancellationToken stop)
    {
        var db = services.GetRequiredService<AppDb>();
        var reader = request.Reader;
        var events = await EventsOf(request, db, stop);
        var about = await AboutOf(events, reader, db, stop);
        var rows = events.Where(r => about.ContainsKey(r.Event.Key)).ToList();
        if (rows is not [var first, ..])
            return null;
        var workflow = (await services.GetRequiredService<CatalogueCache>().Get(stop)).Workflow;
        List<MailLine> lines =
        [
            reader.IsClient
                ? new("mail.many.changed.client")
                : new("mail.many.changed.text", first.By ?? Words.T["mail.somebody"]),
        ];
        if (rows.Count > RowsMax)
            lines.Add(new("mail.many.changed.shown", RowsMax, rows.Count));
        return new(Words.T.Count("mail.many.changed.subject", rows.Count), lines)
        {
            Quote = first.Text,
            Facts = [.. rows.Take(RowsMax).Select(r => FactOf(r, about[r.Event.Key], workflow))],
            Button = (
                "mail.many.changed.open",
                services.GetRequiredService<PublicAddress>().Of(TransactionRoutes.Root)
            ),
        };
    }

    private static MailFact FactOf(Row row, About about, WorkflowMap workflow)
    {
        var what = DueMails.Named(about.Reference, about.Number, about.Title);
        return row.Event.Kind == TransactionEvents.Assigned
            ? new("field.assignee", what, row.Changes[0].New ?? Words.T["transactions.nobody"], Words.T.Arrow)
            : new("field.status", what, workflow[ChangeData.Of(row.Event).Status].Name, Words.T.Arrow);
    }

    private static async Task<List<Row>> EventsOf(MailRequest request, AppDb db, CancellationToken stop)
    {
        var batch = request.Arg(0);
        var ids = request.Args.Skip(1).Select(id => long.Parse(id!, CultureInfo.InvariantCulture)).ToList();
        var isClient = request.Reader.IsClient;
        var found = await (
            from e in db.Set<EventRow>().AsNoTracking()
            where ids.Contains(e.Id)
            join h in db.History.ReadableBy(request.Reader) on e.HistoryId equals h.Id
            orderby e.Id
            select new
            {
                Event = e,
                By = isClient ? null : PersonName.Shown(h.By.FullName, h.By.NameAr),
                h.Text,
                h.Visibility,
                h.Changes,
            }
        ).ToListAsync(stop);
        var undone = await UndoneOf(batch, found.ConvertAll(f => f.Event), db, stop);
        return
        [
            .. found
                .Where(f => !undone.Contains(f.Event.Key))
                .Select(f => new Row(
                    f.Event,
                    f.By,
                    isClient ? HistoryReading.PublicText(f.Visibility, f.Text) : f.Text,
                    f.Changes
                )),
        ];
    }

    private static async Task<HashSet<string>> UndoneOf(
        string batch,
        List<EventRow> events,
        AppDb db,
        CancellationToken stop
    )
    {
        if (events is not [var first, ..])
            return [];
        var (from, to, actor) = (first.At, events[^1].At + Bulk.UndoMany.Window, first.ActorId);
        var later = await db.Set<EventRow>()
            .AsNoTracking()
            .Where(e => e.At >= from && e.At <= to && e.ActorId == actor && e.Data != null)
            .ToListAsync(stop);
        return
        [
            .. later
                .Where(e => e.Kind.StartsWith(TransactionEvents.Prefix, StringComparison.Ordinal))
                .Where(e => ChangeData.Of(e).Undone == batch)
                .Select(e => e.Key),
        ];
    }

    // The replaced assignee is told, because they can no longer open it.
    private static async Task<Dictionary<string, About>> AboutOf(
        List<Row> rows,
        CurrentUser reader,
        AppDb db,
        CancellationToken stop
    )
    {
        var numbers = rows.ConvertAll(r => r.Event.Key);
        var given = rows.Where(r => r.Event.Kind == TransactionEvents.Assigned).Select(r => r.Event.Key).ToList();
        var visible = db.Transactions.VisibleTo(reader).Where(t => numbers.Contains(t.Number));
        var told = reader.IsClient
            ? visible
            : visible.Union(db.Transactions.Where(t => t.DeletedAt == null && given.Contains(t.Number)));
        return await told.Select(t => new About(t.Number, t.ReferenceNumber, t.Title))
            .ToDictionaryAsync(t => t.Number, StringComparer.Ordinal, stop);
    }
}
