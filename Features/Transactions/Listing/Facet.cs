using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>A filter of several values that stands in a menu of its own above the list.</summary>
/// <param name="Field">Its name in the address.</param>
/// <param name="Choices">The values, in the order they are shown in.</param>
public sealed record Facet(string Field, IReadOnlyList<Facet.Choice> Choices)
{
    /// <summary>As many as a menu shows; the others are found under "More filters".</summary>
    public const int ChoicesMax = 100;

    /// <summary>The filters of the list it stands above, as its address has them.</summary>
    public string List { get; init; } = "";

    /// <param name="Count">How many are in the list with it; null when they were not counted.</param>
    public sealed record Choice(string Value, string Name, bool IsChosen, long? Count = null);

    /// <summary>How many of them are chosen.</summary>
    public int Chosen => Choices.Count(c => c.IsChosen);

    /// <summary>The fields of a person's menus: a client knows neither other clients nor staff.</summary>
    public static IReadOnlyList<string> FieldsOf(CurrentUser user) =>
        user.IsStaff
            ? ["status", "client", "assignee", "holder", "type", "priority"]
            : ["status", "holder", "type", "priority"];

    /// <summary>What a menu offers before its numbers are known.</summary>
    public static Facet Of(
        string field,
        TransactionFilter filter,
        CatalogueEntries catalogue,
        Choices choices,
        CurrentUser user
    )
    {
        var chosen = ChosenOf(field, filter);
        IEnumerable<(string Value, string Name)> offered = field switch
        {
            "status" => catalogue.Workflow.StatusesFor(user.Role).Select(s => (s.Key, s.Name)),
            "type" => catalogue.Offered(ListKind.Type, filter.Types).Select(i => (i.Key, i.Name)),
            "priority" => Keys.All<Priority>().Reverse().Select(k => (k, Words.T["priority." + k])),
            "holder" => Keys.All<HolderKind>().Select(k => (k, Words.T["holder." + k])),
            // As many as there may be: only those chosen, until the menu is opened.
            "client" => choices.Clients.Select(c => (Value: Text(c.Id), c.Name)).Where(c => chosen.Contains(c.Value)),
            _ =>
            [
                ("me", Words.T["transactions.me"]),
                ("none", Words.T["transactions.nobody"]),
                .. choices.Staff.Select(p => (Value: Text(p.Id), p.Name)).Where(p => chosen.Contains(p.Value)),
            ],
        };
        return new(field, [.. offered.Select(o => new Choice(o.Value, o.Name, chosen.Contains(o.Value)))]);
    }

    /// <summary>With how many are in the list for each; of clients and staff, those who have any.</summary>
    public Facet Counted(IReadOnlyDictionary<string, long> counts, Choices choices)
    {
        long CountOf(string value) => counts.GetValueOrDefault(value);
        var known = Choices.Select(c => c with { Count = CountOf(c.Value) }).ToList();
        IEnumerable<(string Value, string Name)> others = Field switch
        {
            "client" => choices.Clients.Select(c => (Text(c.Id), c.Name)),
            "assignee" => choices.Staff.Select(p => (Text(p.Id), p.Name)),
            _ => [],
        };
        var more = others
            .Where(o => CountOf(o.Value) > 0 && known.TrueForAll(c => c.Value != o.Value))
            .Select(o => new Choice(o.Value, o.Name, IsChosen: false, CountOf(o.Value)))
            .OrderByDescending(c => c.Count);
        return this with { Choices = [.. known.Concat(more).Take(Math.Max(known.Count, ChoicesMax))] };
    }

    /// <summary>The list without this filter.</summary>
    public static TransactionFilter Without(string field, TransactionFilter filter) =>
        field switch
        {
            "status" => filter with { Statuses = [] },
            "type" => filter with { Types = [] },
            "priority" => filter with { Priorities = [] },
            "holder" => filter with { Holders = [] },
            "client" => filter with { Clients = [] },
            _ => filter with { Assignees = [] },
        };

    private static HashSet<string> ChosenOf(string field, TransactionFilter filter) =>
        [
            .. field switch
            {
                "status" => filter.Statuses,
                "type" => filter.Types,
                "priority" => filter.Priorities.Select(Keys.Of),
                "holder" => filter.Holders.Select(Keys.Of),
                "client" => filter.Clients.Select(Text),
                _ => filter.Assignees,
            },
        ];

    internal static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);
}
