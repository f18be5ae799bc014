using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.News;

/// <summary>What mails about a transaction say. A client's people read its status and the public note; names of staff, comments and changes of fields stay inside.</summary>
internal static class TransactionMails
{
    private sealed record About(
        int Id,
        string Number,
        string? ReferenceNumber,
        string Title,
        string? ClientEn,
        string? ClientAr,
        string Status,
        DateOnly? DueDate,
        bool IsVisible
    );

    public static MailKind Kind { get; } = new("transaction.", Of) { StopPath = AccountRoutes.Mails };

    private static async Task<MailContent?> Of(MailRequest request, IServiceProvider services, CancellationToken stop)
    {
        var (message, args, person) = (request.Message, request.Args, request.Reader);
        var db = services.GetRequiredService<AppDb>();
        var address = services.GetRequiredService<PublicAddress>();
        var catalogue = await services.GetRequiredService<CatalogueCache>().Get(stop);
        if (await Find(message, person, db, stop) is not { } about)
            return null;

        var isClient = person.IsClient;
        var (by, changes) = isClient ? (null, []) : await WhoAndWhat(message, about, db, stop);
        var name = message.Event["transaction.".Length..];
        var status = name == "status_changed" ? catalogue.Workflow[args.ElementAtOrDefault(0) ?? ""].Name : "";
        return new MailContent(
            Subject(about, Words.T[$"mail.{message.Event}.subject", Isolate(status)]),
            Lines(name, args, by ?? Words.T["mail.somebody"], status, person, about)
        )
        {
            Quote = name switch
            {
                "status_changed" => args.ElementAtOrDefault(1),
                "assigned" => args.ElementAtOrDefault(2),
                "commented" or "mentioned" => args.ElementAtOrDefault(0),
                _ => null,
            },
            Facts =
            [
                .. Facts(about, isClient, catalogue),
                .. changes.Select(c => new MailFact(
                    "field." + c.Field,
                    Shown(c.Field, c.Old, catalogue),
                    Shown(c.Field, c.New, catalogue),
                    "→"
                )),
            ],
            Button = about.IsVisible
                ? ("mail.transaction.open", address.Of(TransactionRoutes.One(about.Number)))
                : null,
        };
    }

    private static async Task<About?> Find(OutboxMessage message, CurrentUser reader, AppDb db, CancellationToken stop)
    {
        var isClient = reader.IsClient;
        if (isClient && message.Event != "transaction.status_changed")
            return null;

        if (await Read(db.Transactions.VisibleTo(reader), isVisible: true) is { } visible)
            return visible;
        // Whoever lost it by being replaced is told so; they cannot open it any more.
        return !isClient && message.Event == "transaction.assigned"
            ? await Read(db.Transactions.Where(t => t.DeletedAt == null), isVisible: false)
            : null;

        Task<About?> Read(IQueryable<Transaction> transactions, bool isVisible) =>
            transactions
                .Where(t => t.Number == message.TransactionNumber)
                .Select(t => new About(
                    t.Id,
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

    // The history was written at the same instant.
    private static async Task<(string? By, IReadOnlyList<FieldChange> Changes)> WhoAndWhat(
        OutboxMessage message,
        About about,
        AppDb db,
        CancellationToken stop
    )
    {
        HistoryKind? kind = message.Event switch
        {
            "transaction.created" => HistoryKind.Created,
            "transaction.edited" => HistoryKind.Edited,
            "transaction.status_changed" => HistoryKind.Status,
            "transaction.assigned" => HistoryKind.Assigned,
            "transaction.commented" or "transaction.mentioned" => HistoryKind.Comment,
            _ => null,
        };
        if (kind is null)
            return (null, []);
        var entry = await db
            .History.AsNoTracking()
            .Where(h => h.TransactionId == about.Id && h.At == message.CreatedAt && h.Kind == kind)
            .OrderByDescending(h => h.Id)
            .Select(h => new { By = h.By.FullName, h.Changes })
            .FirstOrDefaultAsync(stop);
        return (entry?.By, kind == HistoryKind.Edited && entry?.Changes is { } changes ? changes : []);
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

    private static MailLine[] Lines(
        string name,
        string?[] args,
        string by,
        string status,
        CurrentUser person,
        About about
    ) =>
        name switch
        {
            "status_changed" when person.IsClient => [new("mail.transaction.status_changed.client", status)],
            "status_changed" => [new("mail.transaction.status_changed.text", by, status)],
            "assigned" => [.. Assigned(args.ElementAtOrDefault(0), args.ElementAtOrDefault(1), by, person)],
            "due_soon" or "overdue" =>
            [
                new(
                    $"mail.transaction.{name}.text",
                    about.DueDate is { } due ? Dates.FormatLong(due, Words.T.Language) : "—"
                ),
            ],
            _ => [new($"mail.transaction.{name}.text", by)],
        };

    private static IEnumerable<MailLine> Assigned(string? former, string? wanted, string by, CurrentUser person)
    {
        yield return wanted is null ? new("mail.transaction.assigned.to_nobody", by)
        : wanted == person.Name ? new("mail.transaction.assigned.to_you", by)
        : new("mail.transaction.assigned.to", by, wanted);
        if (former is not null)
            yield return former == person.Name
                ? new("mail.transaction.assigned.from_you")
                : new("mail.transaction.assigned.from", former);
    }

    private static IEnumerable<MailFact> Facts(About about, bool isClient, CatalogueEntries catalogue)
    {
        if (about.ReferenceNumber is not null)
            yield return new("field.referenceNumber", about.ReferenceNumber);
        yield return new("field.number", about.Number);
        yield return new("field.title", about.Title);
        if (!isClient)
            yield return new("field.client", Words.T.Pick(about.ClientEn, about.ClientAr));
        yield return new("field.status", catalogue.Workflow[about.Status].Name);
        if (!isClient && about.DueDate is { } due)
            yield return new(
                "field.dueDate",
                Dates.Format(due, Words.T.Language),
                HijriDate.Format(due, Words.T.Language)
            );
    }

    // Clients and projects are recorded by their ids, which say nothing to a reader.
    private static string Shown(string field, string? value, CatalogueEntries catalogue) =>
        field is "client" or "project" && value is not null ? "…" : FieldValues.Show(field, value, catalogue);
}
