using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Audit;

/// <summary>The kinds of events that have a name. An entry of another kind shows its key.</summary>
public static class AuditKinds
{
    private const string Name = "audit.kind.";

    /// <summary>Every kind with a name, in the order of the texts' keys.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Words
            .For("en")
            .All.Keys.Where(k => k.StartsWith(Name, StringComparison.Ordinal))
            .Select(k => k[Name.Length..])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The parts before the dot. As a filter, a group stands for all its kinds.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(GroupOf).Distinct(StringComparer.Ordinal)];

    /// <summary>The types of things that entries are about.</summary>
    public static IReadOnlyList<string> Entities { get; } =
    ["transaction", "user", "client", "project", "import", "settings", "mail", "job", "audit", "backup", "route"];

    public static string GroupOf(string kind) => kind.Split('.')[0];

    public static string NameOf(string kind) => Words.T.Has(Name + kind) ? Words.T[Name + kind] : kind;

    public static string GroupName(string group) =>
        Words.T.Has("audit.group." + group) ? Words.T["audit.group." + group] : group;

    public static string EntityName(string type) =>
        Words.T.Has("audit.entity." + type) ? Words.T["audit.entity." + type] : type;
}
