using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.News;

/// <summary>
/// What mails about a transaction say. Each speaks of its own event: the status, the note and the names are those of
/// the
/// event, whatever has happened since. A client's people read what <see cref="HistoryReading"/> leaves to them.
/// </summary>
internal static class TransactionMails
{
    private sealed record About(
        string Number,
        string? ReferenceNumber,
        string Title,
        string? ClientEn,
        string? ClientAr,
        string Status,
        DateOnly? DueDate,
        bool IsVisible
    );

    /// <summary>What happened.</summary>
    /// <param name="Status">The status right after it; null: the present one.</param>
    /// <param name="By">Who did it.</param>
    /// <param name="Text">The note, comment or reason.</param>
    /// <param name="Changes">Old and new values.</param>
    private sealed record Happened(string? Status, string? By, string? Text, IReadOnlyList<FieldChange> Changes)
    {
        /// <summary>Whom the changes name by their full names, and how an Arabic mail calls them.</summary>
        public IReadOnlyDictionary<string, string?> ArabicNames { get; init; } = new Dictionary<string, string?>();

        /// <summary>What the changes name by its id: the field, the id, and the name.</summary>
        public IReadOnlyDictionary<(string Field, string Id), string> Names { get; init; } =
            new Dictionary<(string, string), string>();
    }

    public static MailKind Kind { get; } = new(TransactionEvents.Prefix, Of) { StopPath = AccountRoutes.Mails };

    private static async Task<MailContent?> Of(MailRequest request, IServiceProvider services, CancellationToken stop)
    {
        var (message, reader) = (request.Message, request.Reader);
        // An earlier version's reminders may still wait; the morning's mail lists the same.
        if (!Words.T.Has($"mail.{message.Event}.subject"))
            return null;
        var db = services.GetRequiredService<AppDb>();
        if (await Find(message, reader, db, stop) is not { } about)
            return null;
        if (await What(request, db, stop) is not { } happened)
            return null;
        if (message.Event == TransactionEvents.Assigned && Words.T.IsArabic)
            happened = happened with { ArabicNames = await ArabicNames(happened.Changes[0], db, stop) };

        var catalogue = await services.GetRequiredService<CatalogueCache>().Get(stop);
        var status = catalogue.Workflow[happened.Status ?? about.Status].Name;
        var isEdit = message.Event == TransactionEvents.Edited;
        if (isEdit)
            happened = happened with { Names = await NamesOf(happened.Changes, db, stop) };
        return new MailContent(
            Subject(about, Words.T[$"mail.{message.Event}.subject", Isolate(status)]),
            Lines(message.Event, happened, status, reader)
        )
        {
            Quote = happened.Text,
            Facts =
            [
                .. Facts(about, status, reader),
                .. (isEdit ? happened.Changes : []).Select(c => new MailFact(
                    "field." + c.Field,
                    Shown(c.Field, c.Old, happened, catalogue),
                    Shown(c.Field, c.New, happened, catalogue),
                    Words.T.Arrow
                )),
            ],
            Button = about.IsVisible
                ? (
                    "mail.transaction.open",
                    services.GetRequiredService<PublicAddress>().Of(TransactionRoutes.One(about.Number))
                )
                : null,
        };
    }

    private static async Task<About?> Find(OutboxMessage message, CurrentUser reader, AppDb db, CancellationToken stop)
    {
        var isClient = reader.IsClient;
        if (isClient && message.Event != TransactionEvents.StatusChanged)
            return null;

        if (await Read(db.Transactions.VisibleTo(reader), isVisible: true) is { } visible)
            return visible;
        // The replaced assignee is told, because they can no longer open it.
        return !isClient && message.Event == TransactionEvents.Assigned
            ? await Read(db.Transactions.Where(t => t.DeletedAt == null), isVisible: false)
            : null;

        Task<About?> Read(IQueryable<Transaction> transactions, bool isVisible) =>
            transactions
                .Where(t => t.Number == message.TransactionNumber)
                .Select(t => new About(
                    t.Number,
                    t.ReferenceNumber,
                    t.Title,
                    t.Client.NameEn,
                    t.Client.NameAr,
                    t.Status,
                    t.DueDate,
                    isVisible
                ))
                .SingleOrDefaultAsync(stop);
    }

    /// <summary>Null when a client may not read it, or when the event was forgotten.</summary>
    private static async Task<Happened?> What(MailRequest request, AppDb db, CancellationToken stop)
    {
        if (request.Message.EventId is not { } id)
            return FromArguments(request);
        var isClient = request.Reader.IsClient;
        var found = await (
            from e in db.Set<EventRow>().AsNoTracking()
            where e.Id == id
            join h in db.History.ReadableBy(request.Reader) on e.HistoryId equals h.Id
            select new
            {
                Event = e,
                By = isClient ? null : PersonName.Shown(h.By.FullName, h.By.NameAr),
                h.Text,
                h.Visibility,
                h.Changes,
            }
        ).SingleOrDefaultAsync(stop);
        return found is null
            ? null
            : new(
                ChangeData.Of(found.Event).Status,
                found.By,
                isClient ? HistoryReading.PublicText(found.Visibility, found.Text) : found.Text,
                isClient ? [] : found.Changes
            );
    }

    private static async Task<Dictionary<string, string?>> ArabicNames(
        FieldChange change,
        AppDb db,
        CancellationToken stop
    )
    {
        string?[] names = [change.Old, change.New];
        var people = await db
            .Users.Where(u => names.Contains(u.FullName) && u.NameAr != null)
            .Select(u => new { u.FullName, u.NameAr })
            .ToListAsync(stop);
        return people
            .DistinctBy(p => p.FullName, StringComparer.Ordinal)
            .ToDictionary(p => p.FullName, p => p.NameAr, StringComparer.Ordinal);
    }

    // What a version without events has written has none.
    private static Happened FromArguments(MailRequest request)
    {
        string? Given(int index) => request.Args.ElementAtOrDefault(index);
        return request.Message.Event switch
        {
            TransactionEvents.StatusChanged => new(Given(0), null, Given(1), []),
            TransactionEvents.Assigned => new(null, null, Given(2), [new("assignee", Given(0), Given(1))]),
            TransactionEvents.Commented or TransactionEvents.Mentioned => new(null, null, Given(0), []),
            _ => new(null, null, null, []),
        };
    }

    private static string Subject(About about, string what)
    {
        var numbers = about.ReferenceNumber is null
            ? Isolate(about.Number)
            : $"{Isolate(about.ReferenceNumber)} · {Isolate(about.Number)}";
        return $"{numbers} · {what}";
    }

    // In Arabic a number without isolation changes places with its neighbours; English subjects need none.
    private static string Isolate(string text) => Words.T.IsArabic ? PlainText.Isolate(text) : text;

    private static MailLine[] Lines(string @event, Happened happened, string status, CurrentUser reader)
    {
        var by = happened.By ?? Words.T["mail.somebody"];
        return @event switch
        {
            TransactionEvents.StatusChanged when reader.IsClient => [new($"mail.{@event}.client", status)],
            TransactionEvents.StatusChanged => [new($"mail.{@event}.text", by, status)],
            TransactionEvents.Assigned => [.. Assigned(happened, by, reader)],
            _ => [new($"mail.{@event}.text", by)],
        };
    }

    private static IEnumerable<MailLine> Assigned(Happened happened, string by, CurrentUser person)
    {
        var (former, wanted) = (happened.Changes[0].Old, happened.Changes[0].New);
        string Shown(string name) => happened.ArabicNames.GetValueOrDefault(name) ?? name;
        yield return wanted is null ? new("mail.transaction.assigned.to_nobody", by)
        : wanted == person.Name ? new("mail.transaction.assigned.to_you", by)
        : new("mail.transaction.assigned.to", by, Shown(wanted));
        if (former is not null)
            yield return former == person.Name
                ? new("mail.transaction.assigned.from_you")
                : new("mail.transaction.assigned.from", Shown(former));
    }

    private static IEnumerable<MailFact> Facts(About about, string status, CurrentUser reader)
    {
        if (about.ReferenceNumber is not null)
            yield return new("field.referenceNumber", about.ReferenceNumber);
        yield return new("field.number", about.Number);
        yield return new("field.title", about.Title);
        if (!reader.IsClient)
            yield return new("field.client", Words.T.Pick(about.ClientEn, about.ClientAr));
        yield return new("field.status", status);
        if (!reader.IsClient && about.DueDate is { } due)
            yield return new(
                "field.dueDate",
                Dates.Format(due, Words.T.Language),
                HijriDate.Format(due, Words.T.Language)
            );
    }

    // Clients and projects are recorded by their ids, which say nothing to a reader.
    private static async Task<Dictionary<(string Field, string Id), string>> NamesOf(
        IReadOnlyList<FieldChange> changes,
        AppDb db,
        CancellationToken stop
    )
    {
        var names = new Dictionary<(string, string), string>();
        foreach (var change in changes.Where(c => c.Field is "client" or "project"))
        {
            var ids = Choices.Chosen.Ids(change.Old, change.New).ToList();
            var found =
                change.Field == "client"
                    ? await db
                        .Clients.Where(c => EF.Parameter(ids).Contains(c.Id))
                        .Select(c => new Choices.Organisation(c.Id, c.NameEn, c.NameAr))
                        .ToListAsync(stop)
                    : await db
                        .Projects.Where(p => EF.Parameter(ids).Contains(p.Id))
                        .Select(p => new Choices.Organisation(p.Id, p.NameEn, p.NameAr))
                        .ToListAsync(stop);
            foreach (var one in found)
                names[(change.Field, one.Id.ToString(CultureInfo.InvariantCulture))] = one.Name;
        }

        return names;
    }

    private static string Shown(string field, string? value, Happened happened, CatalogueEntries catalogue) =>
        value is not null && happened.Names.TryGetValue((field, value), out var name)
            ? name
            : FieldValues.Show(field, value, catalogue);
}
