using System.Globalization;
using System.Text.Json;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Projects;
using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Listing;

/// <summary>A thing that entries are about, as people know it.</summary>
/// <param name="Href">Its page; null when there is none any more.</param>
/// <param name="Reference">The reference number of a transaction: always said first.</param>
/// <param name="Name">What it is called; the number of a transaction, the code of a project.</param>
/// <param name="More">What else tells it from others: title, name of the project.</param>
public sealed record AuditSubject(string? Href, string? Reference, string Name, string? More = null);

/// <summary>
/// The names of everything that some entries speak of, read with one question for each kind of thing.
/// </summary>
public sealed class AuditNames
{
    private sealed record Named(string? Reference, string Title, bool IsDeleted);

    private Dictionary<string, Named> _transactions = [];
    private Dictionary<int, string> _people = [];
    private Dictionary<int, string> _clients = [];
    private Dictionary<string, (int Id, string Name)> _projects = [];
    private Dictionary<string, string> _files = [];
    private Dictionary<long, (string Kind, int RecipientId)> _mails = [];

    public required CatalogueEntries Catalogue { get; init; }

    public static async Task<AuditNames> Of(
        AppDb db,
        CatalogueCache catalogue,
        IReadOnlyCollection<AuditRow> rows,
        CancellationToken stop
    )
    {
        var names = new AuditNames { Catalogue = await catalogue.Get(stop) };
        var values = rows.SelectMany(r => r.Story.Values()).ToList();
        var numbers = Keys("transaction");
        if (numbers.Count > 0)
            names._transactions = await db
                .Transactions.Where(t => numbers.Contains(t.Number))
                .Select(t => new
                {
                    t.Number,
                    t.ReferenceNumber,
                    t.Title,
                    IsDeleted = t.DeletedAt != null,
                })
                .ToDictionaryAsync(t => t.Number, t => new Named(t.ReferenceNumber, t.Title, t.IsDeleted), stop);

        var mails = Ids(Keys("mail")).ConvertAll(id => (long)id);
        if (mails.Count > 0)
            names._mails = await db
                .Outbox.Where(m => mails.Contains(m.Id))
                .Select(m => new
                {
                    m.Id,
                    m.Event,
                    m.RecipientId,
                })
                .ToDictionaryAsync(m => m.Id, m => (m.Event, m.RecipientId), stop);

        List<int> people =
        [
            .. Ids(Keys("user")),
            .. Named("person"),
            .. names._mails.Values.Select(m => m.RecipientId),
        ];
        if (people.Count > 0)
            names._people = await db
                .Users.Where(u => people.Contains(u.Id))
                .Select(u => new { u.Id, Name = PersonName.Shown(u.FullName, u.NameAr) })
                .ToDictionaryAsync(u => u.Id, u => u.Name, stop);

        var codes = Keys("project");
        var projects = Named("project");
        if (codes.Count + projects.Count > 0)
            names._projects = (
                await db
                    .Projects.Where(p => codes.Contains(p.Code) || projects.Contains(p.Id))
                    .Select(p => new
                    {
                        p.Id,
                        p.Code,
                        p.NameEn,
                        p.NameAr,
                    })
                    .ToListAsync(stop)
            ).ToDictionary(p => p.Code, p => (p.Id, Words.T.Pick(p.NameEn, p.NameAr)));

        List<int> clients = [.. Ids(Keys("client")), .. Named("client")];
        if (clients.Count > 0)
            names._clients = (
                await db
                    .Clients.Where(c => clients.Contains(c.Id))
                    .Select(c => new
                    {
                        c.Id,
                        c.NameEn,
                        c.NameAr,
                    })
                    .ToListAsync(stop)
            ).ToDictionary(c => c.Id, c => Words.T.Pick(c.NameEn, c.NameAr));

        // The log itself remembers the names of files, however long ago the imports were deleted.
        var imports = Keys("import");
        if (imports.Count > 0)
            names._files = (
                await db
                    .Audit.Where(e => e.EntityType == "import" && imports.Contains(e.EntityKey))
                    .Where(e => e.Action == "import.started")
                    .Select(e => new { e.EntityKey, e.Data })
                    .ToListAsync(stop)
            )
                .GroupBy(e => e.EntityKey)
                .ToDictionary(e => e.Key, e => FileOf(e.First().Data) ?? e.Key);
        return names;

        List<string> Keys(string type) =>
            [.. rows.Where(r => r.EntityType == type).Select(r => r.EntityKey).Distinct(StringComparer.Ordinal)];

        List<int> Named(string what) =>
            Ids(values.Where(v => AuditFields.RefersTo(v.EntityType, v.Field) == what).Select(v => v.Value));

        static List<int> Ids(IEnumerable<string> texts) => [.. texts.Select(IdOf).OfType<int>().Distinct()];
    }

    /// <summary>What an entry is about.</summary>
    public AuditSubject SubjectOf(AuditRow row) => SubjectOf(row.EntityType, row.EntityKey);

    /// <summary>A thing by its type and key.</summary>
    public AuditSubject SubjectOf(string type, string key) =>
        type switch
        {
            "transaction" when _transactions.TryGetValue(key, out var t) => new(
                t.IsDeleted ? null : TransactionRoutes.One(key),
                t.Reference,
                key,
                t.Title
            ),
            "user" when IdOf(key) is { } id => new(AccountRoutes.User(id), null, Person(id)),
            "client" when IdOf(key) is { } id => new(ClientRoutes.One(id), null, Client(id)),
            "project" when _projects.TryGetValue(key, out var project) => new(
                ProjectRoutes.One(key),
                null,
                key,
                project.Name
            ),
            "import" when IdOf(key) is { } id => new(
                TransactionRoutes.Import(id),
                null,
                _files.GetValueOrDefault(key, "#" + key)
            ),
            "mail" when IdOf(key) is { } id && _mails.TryGetValue(id, out var mail) => new(
                null,
                null,
                Text($"mail.{mail.Kind}.name") ?? Words.T["audit.entity.mail"],
                Person(mail.RecipientId)
            ),
            "job" => new(null, null, Text("jobs.name." + key) ?? key),
            "settings" => new(SettingRoutes.Root, null, Words.T["audit.entity.settings"]),
            "route" => new(null, null, AreaOf(key), AddressOf(key)),
            _ when key is "list" or "chain" or "log" or "all" => new(null, null, AuditKinds.EntityName(type)),
            _ => new(null, null, key),
        };

    /// <summary>A recorded value in words; the empty one is a dash.</summary>
    public string Show(string entityType, string field, string value)
    {
        if (value.Length == 0)
            return "—";
        if (AuditFields.RefersTo(entityType, field) is { } what && IdOf(value) is { } id)
            return what switch
            {
                "person" => Person(id),
                "client" => Client(id),
                _ => Project(id),
            };
        if (entityType == "transaction" && field == "status" && Catalogue.Workflow.Has(value))
            return Catalogue.Workflow[value].Name;
        if (field == "how")
            return string.Join(
                Words.T["list.comma"],
                value.Split(", ").Select(part => Text("audit.value." + part) ?? part)
            );
        if (Text(AuditFields.ValueKey(entityType, field, value)) is { } word)
            return word;
        return entityType == "transaction" ? FieldValues.Show(field, value, Catalogue) : value;
    }

    private string Person(int id) => _people.GetValueOrDefault(id, "#" + Text(id));

    private string Client(int id) => _clients.GetValueOrDefault(id, "#" + Text(id));

    private string Project(int id) =>
        _projects.Where(p => p.Value.Id == id).Select(p => $"{p.Key} · {p.Value.Name}").FirstOrDefault()
        ?? "#" + Text(id);

    private static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);

    private static string? Text(string? key) => key is not null && Words.T.Has(key) ? Words.T[key] : null;

    // "/users/{id:int}/access" is about users.
    private static string AreaOf(string route)
    {
        var first = route.TrimStart('/').Replace("api/v1/", "", StringComparison.Ordinal).Split('/')[0];
        return Text("nav." + first) ?? Words.T["audit.entity.route"];
    }

    private static string AddressOf(string route) =>
        string.Join('/', route.Split('/').Select(part => part.Contains('{', StringComparison.Ordinal) ? "…" : part));

    private static string? FileOf(string? data)
    {
        if (data is null)
            return null;
        using var document = JsonDocument.Parse(data);
        return document.RootElement.TryGetProperty("fileName", out var name) ? name.GetString() : null;
    }

    private static int? IdOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
