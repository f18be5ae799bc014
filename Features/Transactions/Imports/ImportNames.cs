using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
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

    private ImportNames(
        CatalogueEntries catalogue,
        IReadOnlyDictionary<string, string> assignees,
        IReadOnlyDictionary<string, string> assigneeNames,
        DateTime now,
        bool mayCreateClients,
        bool setsAnyStatus
    ) =>
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
            StatusesOfEditors = setsAnyStatus ? null : catalogue.Workflow.ReachableBy(Role.Editor),
            DefaultStatus = catalogue.Workflow.Initial.Key,
            Assignees = assignees,
            AssigneeNames = assigneeNames,
            Now = now,
            Projects = _projectIds,
            Clients = _clientIds,
            MayCreateClients = mayCreateClients,
        };

    /// <summary>For <see cref="RowReader"/>; grows as clients are learnt.</summary>
    public RegisterNames Names { get; }

    public static async Task<ImportNames> Read(
        AppDb db,
        CatalogueEntries catalogue,
        bool mayCreateClients,
        bool setsAnyStatus,
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
        var ourselves = staff.ToDictionary(
            u => u.Id.ToString(),
            u => ArabicText.Fold(u.FullName),
            StringComparer.Ordinal
        );
        var assignees = staff
            .DistinctBy(u => ArabicText.Fold(u.Email), StringComparer.Ordinal)
            .ToDictionary(u => ArabicText.Fold(u.Email), u => u.Id.ToString(), StringComparer.Ordinal);
        var names = new ImportNames(catalogue, assignees, ourselves, now, mayCreateClients, setsAnyStatus);

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
        return names;
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
        _clientIds.TryGetValue(ArabicText.Fold(draft.ClientName), out var id) ? _clients[Number(id)] : null;

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
