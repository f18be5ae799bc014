using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// What the names in a file mean today: lists, workflow, staff, projects and clients. Learns the clients that imports
/// create.
/// </summary>
internal sealed class ImportNames
{
    private readonly Dictionary<string, string> _clientIds = new(StringComparer.Ordinal);
    private readonly Dictionary<int, Client> _clients = [];
    private readonly Dictionary<string, string> _projectIds = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> _clientsOfProjects = [];
    private readonly Dictionary<int, string> _projectCodes = [];
    private readonly Dictionary<string, string> _staffNames;
    private readonly CatalogueEntries _catalogue;
    private readonly Dictionary<(RegisterField Field, string Name), string> _meanings = [];
    private readonly HashSet<(RegisterField Field, string Name)> _remembered = [];

    private ImportNames(
        CatalogueEntries catalogue,
        IReadOnlyDictionary<string, string> assignees,
        Dictionary<string, string> staffNames,
        DateTime now,
        bool wantsClients,
        bool isReleased
    )
    {
        _catalogue = catalogue;
        _staffNames = staffNames;
        Names = new RegisterNames
        {
            Types = Listed(catalogue, ListKind.Type),
            Categories = Listed(catalogue, ListKind.Category),
            Departments = Listed(catalogue, ListKind.Department),
            Statuses = RegisterNames.Folded([
                // What a status is called comes before what people also call it.
                .. catalogue.Workflow.Statuses.Select(s => Spellings(s.Key, s.NameEn, s.NameAr)),
                .. catalogue.Workflow.Statuses.Select(s =>
                    Spellings(
                        s.Key,
                        [Masculine(s.NameAr), .. DefaultWorkflow.AlsoCalled.GetValueOrDefault(s.Key) ?? []]
                    )
                ),
            ]),
            StatusesOfEditors = isReleased ? null : catalogue.Workflow.ReachableBy(Role.Editor),
            DefaultStatus = catalogue.Workflow.Initial.Key,
            Assignees = assignees,
            AssigneeNames = staffNames.ToDictionary(
                each => each.Key,
                each => ArabicText.Fold(each.Value),
                StringComparer.Ordinal
            ),
            Now = now,
            Projects = _projectIds,
            Clients = _clientIds,
            WantsClients = wantsClients,
            MayCreateClients = isReleased,
            Meanings = new(_meanings),
        };
    }

    /// <summary>Fields that hold names of which a person can say what they mean.</summary>
    public static IReadOnlyList<RegisterField> Fields { get; } =
    [
        RegisterField.Client,
        RegisterField.Type,
        RegisterField.Category,
        RegisterField.Priority,
        RegisterField.Status,
        RegisterField.Assignee,
        RegisterField.Project,
        RegisterField.Department,
    ];

    /// <summary>For <see cref="RowReader"/>; grows as clients are learnt.</summary>
    public RegisterNames Names { get; }

    public static async Task<ImportNames> Read(
        AppDb db,
        CatalogueEntries catalogue,
        ImportRun run,
        DateTime now,
        CancellationToken stop
    )
    {
        var staff = await db
            .Users.Staff()
            .Select(u => new
            {
                u.Id,
                u.Email,
                u.FullName,
            })
            .ToListAsync(stop);
        var ourselves = staff.ToDictionary(u => u.Id.ToString(), u => u.FullName, StringComparer.Ordinal);
        var assignees = staff
            .DistinctBy(u => ArabicText.Fold(u.Email), StringComparer.Ordinal)
            .ToDictionary(u => ArabicText.Fold(u.Email), u => u.Id.ToString(), StringComparer.Ordinal);
        var names = new ImportNames(catalogue, assignees, ourselves, now, run.CreatesClients, run.SetsAnyStatus);

        var projects = await db
            .Projects.Where(p => p.IsActive)
            .OrderBy(p => p.Id)
            .Select(p => new
            {
                p.Id,
                p.Code,
                p.NameEn,
                p.NameAr,
                p.ClientId,
            })
            .ToListAsync(stop);
        foreach (var project in projects)
        {
            names._clientsOfProjects[project.Id] = project.ClientId;
            names._projectCodes[project.Id] = project.Code;
            foreach (var spelling in new[] { project.Code, project.NameEn, project.NameAr })
                Add(names._projectIds, spelling, project.Id);
        }

        await names.LearnClients(db, stop);
        await names.LearnMeanings(db, run, stop);
        return names;
    }

    /// <summary>
    /// What was said for this import comes before what its person said once, and that before what the firm's admins
    /// said.
    /// </summary>
    private async Task LearnMeanings(AppDb db, ImportRun run, CancellationToken stop)
    {
        var synonyms = await db
            .ImportSynonyms.AsNoTracking()
            .Where(s => s.UserId == null || s.UserId == run.CreatedById)
            .OrderByDescending(s => s.Id)
            .ToListAsync(stop);
        foreach (var synonym in synonyms.OrderBy(s => s.UserId is null))
        {
            var name = (synonym.Field, synonym.Name);
            if (DisplayOf(synonym.Field, synonym.Key) is not null && _meanings.TryAdd(name, synonym.Key))
                _remembered.Add(name);
        }

        foreach (var choice in run.ReadChoices())
        {
            var name = (choice.Field, choice.Name);
            _remembered.Remove(name);
            _meanings.Remove(name);
            if (
                choice.Key is { } key
                && (key == RegisterMeanings.NewClient || DisplayOf(choice.Field, key) is not null)
            )
                _meanings[name] = key;
        }
    }

    /// <summary>The key that a text names in a field of <see cref="Fields"/>; null when no list knows it.</summary>
    public string? KeyOf(RegisterField field, string text) =>
        field switch
        {
            RegisterField.Client => _clientIds.GetValueOrDefault(ArabicText.Fold(text)),
            RegisterField.Assignee => Names.Assignees.GetValueOrDefault(ArabicText.Fold(text)),
            RegisterField.Type => RegisterNames.Find(Names.Types, text),
            RegisterField.Category => RegisterNames.Find(Names.Categories, text),
            RegisterField.Priority => RegisterNames.Find(RegisterNames.Priorities, text),
            RegisterField.Status => RegisterNames.Find(Names.Statuses, text),
            RegisterField.Project => RegisterNames.Find(_projectIds, text),
            _ => RegisterNames.Find(Names.Departments, text),
        };

    /// <summary>What people said and the register used, to be told.</summary>
    public IReadOnlyList<ImportMeant> Meant() =>
        [
            .. Names
                .Meanings.Used.OrderByDescending(used => used.Value.Rows)
                .Take(MeantMax)
                .Select(used =>
                {
                    var (field, name) = used.Key;
                    var display = DisplayOf(field, _meanings[used.Key]);
                    return new ImportMeant(
                        field,
                        used.Value.Written,
                        display?.NameEn,
                        display?.NameAr,
                        used.Value.Rows,
                        _remembered.Contains((field, name))
                    );
                }),
        ];

    private const int MeantMax = 100;

    /// <summary>The names of a key; null when it is not, or no longer, one of the field.</summary>
    private (string? NameEn, string? NameAr)? DisplayOf(RegisterField field, string key)
    {
        return field switch
        {
            RegisterField.Client => int.TryParse(key, CultureInfo.InvariantCulture, out var id)
            && ClientOf(id) is { } client
                ? (client.NameEn, client.NameAr)
                : null,
            RegisterField.Assignee => _staffNames.TryGetValue(key, out var person) ? (person, null) : null,
            RegisterField.Project => int.TryParse(key, CultureInfo.InvariantCulture, out var id)
            && _projectCodes.TryGetValue(id, out var code)
                ? (code, null)
                : null,
            RegisterField.Status => _catalogue.Workflow.Statuses.FirstOrDefault(s => s.Key == key) is { } status
                ? (status.NameEn, status.NameAr)
                : null,
            RegisterField.Priority => Keys.Find<Priority>(key) is null
                ? null
                : (Words.For("en")["priority." + key], Words.For("ar")["priority." + key]),
            RegisterField.Type => Listed(ListKind.Type),
            RegisterField.Category => Listed(ListKind.Category),
            _ => Listed(ListKind.Department),
        };

        (string?, string?)? Listed(ListKind kind) =>
            _catalogue.Of(kind).FirstOrDefault(i => i.Key == key) is { } item ? (item.NameEn, item.NameAr) : null;
    }

    /// <summary>Learns the clients that have come since it last looked.</summary>
    public async Task LearnClients(AppDb db, CancellationToken stop)
    {
        var last = _clients.Count == 0 ? 0 : _clients.Keys.Max();
        // Of two with the same name, the one still active is meant.
        foreach (
            var client in await db
                .Clients.AsNoTracking()
                .Where(c => c.Id > last)
                .OrderByDescending(c => c.IsActive)
                .ThenBy(c => c.Id)
                .ToListAsync(stop)
        )
            Learn(client);
    }

    public void Learn(Client client)
    {
        _clients[client.Id] = client;
        Add(_clientIds, client.NameEn, client.Id);
        Add(_clientIds, client.NameAr, client.Id);
    }

    /// <summary>The client of a draft; null when it is still to be created.</summary>
    public Client? ClientOf(RowDraft draft) =>
        (draft.Client ?? _clientIds.GetValueOrDefault(ArabicText.Fold(draft.ClientName))) is { } id
            ? _clients[Number(id)]
            : null;

    /// <summary>A project stands with its own client only.</summary>
    public bool IsProjectOfAnother(RowDraft draft) =>
        draft.Project is { } project && _clientsOfProjects[Number(project)] != ClientOf(draft)?.Id;

    /// <summary>The name of a client by its id as text.</summary>
    public string? ClientNameOf(string? id) =>
        id is not null && ClientOf(Number(id)) is { } client ? client.NameEn ?? client.NameAr : id;

    /// <summary>The code of a project by its id as text.</summary>
    public string? ProjectCodeOf(string? id) => id is null ? null : _projectCodes.GetValueOrDefault(Number(id)) ?? id;

    /// <summary>A client by its id.</summary>
    public Client? ClientOf(int id) => _clients.GetValueOrDefault(id);

    public static int Number(string id) => int.Parse(id, CultureInfo.InvariantCulture);

    private static void Add(Dictionary<string, string> known, string? name, int id)
    {
        if (ArabicText.Fold(name) is { Length: > 0 } spelling)
            known.TryAdd(spelling, id.ToString());
    }

    /// <summary>مكتملة as مكتمل: registers say it of the transaction or of the work.</summary>
    private static string? Masculine(string? name) =>
        name is { Length: > 3 } && name.EndsWith('ة') && !name.Contains(' ', StringComparison.Ordinal)
            ? name[..^1]
            : null;

    private static IReadOnlyDictionary<string, string> Listed(CatalogueEntries catalogue, ListKind kind) =>
        RegisterNames.Folded(catalogue.Of(kind).Select(i => Spellings(i.Key, i.NameEn, i.NameAr)));

    private static KeyValuePair<string, IEnumerable<string?>> Spellings(
        string key,
        params IEnumerable<string?> names
    ) => new(key, names);
}
