using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Puts the faults of a register together by kind and column, as a person mends them.</summary>
/// <param name="file">The register.</param>
/// <param name="wantsClients">
/// All clients that are not known are to be created: one of their names may still mean a client that is here.
/// </param>
internal sealed class FaultGroups(RegisterFile file, bool wantsClients)
{
    private const int NamesMax = 30;

    /// <summary>A register of nothing but faults must not fill the memory.</summary>
    private const int ValuesMax = 10_000;

    private readonly Dictionary<(FaultKind Kind, RegisterField Field, string Column), Group> _groups = [];

    private sealed class Group
    {
        public int Rows { get; set; }

        /// <summary>Folded text → as first written, and in how many rows.</summary>
        public Dictionary<string, ImportName> Values { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>Rows that an admin can let in as they are.</summary>
    public int ForRelease { get; private set; }

    public void Add(RegisterRow row, IReadOnlyList<CellFault> faults)
    {
        if (faults.Count > 0 && faults.All(f => f.Kind is FaultKind.StatusForAdmins or FaultKind.ClientForAdmins))
            ForRelease++;
        foreach (var fault in faults)
        {
            var key = (fault.Kind, fault.Field, fault.Column);
            if (!_groups.TryGetValue(key, out var group))
                _groups[key] = group = new();
            group.Rows++;
            var text = file.Column(fault.Field) is { } column ? row.Cell(column.Index).Text.Trim() : fault.Value;
            var folded = ArabicText.Fold(text);
            if (group.Values.TryGetValue(folded, out var known))
                group.Values[folded] = known with { Rows = known.Rows + 1 };
            else if (group.Values.Count < ValuesMax)
                group.Values[folded] = new(text, 1);
        }
    }

    public IReadOnlyList<ImportGroup> Found() =>
        [
            .. _groups
                .OrderByDescending(group => group.Value.Rows)
                .Select(group => new ImportGroup(
                    Keys.Of(group.Key.Kind),
                    group.Key.Field,
                    CheckedRows.Storable(group.Key.Column),
                    group.Value.Rows,
                    group.Value.Values.Count,
                    CanBeNamed(group.Key.Kind) || (wantsClients && group.Key.Kind == FaultKind.ClientForAdmins)
                        ?
                        [
                            .. group
                                .Value.Values.Values.Where(name => name.Text.Length <= CorrectImport.NameMaxLength)
                                .OrderByDescending(name => name.Rows)
                                .Take(NamesMax),
                        ]
                        : []
                )),
        ];

    private static bool CanBeNamed(FaultKind kind) =>
        kind
            is FaultKind.UnknownClient
                or FaultKind.UnknownType
                or FaultKind.UnknownCategory
                or FaultKind.UnknownPriority
                or FaultKind.UnknownStatus
                or FaultKind.UnknownAssignee
                or FaultKind.UnknownProject
                or FaultKind.UnknownDepartment;
}
