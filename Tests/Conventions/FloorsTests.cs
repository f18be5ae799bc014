using MdcTts.Features;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Results;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Conventions;

/// <summary>
/// Who may know whom. A feature uses what stands on a lower floor, never what stands beside or above it; README.md
/// draws the same table.
/// </summary>
[Trait("runs", "once")]
public sealed class FloorsTests
{
    private const string Migrations = "Infrastructure.Database.Migrations";

    private static readonly IReadOnlyDictionary<string, int> Floors = new Dictionary<string, int>(
        StringComparer.Ordinal
    )
    {
        ["Demo"] = 6,
        ["Dashboards"] = 5,
        ["Tracking"] = 5,
        ["Audit"] = 5,
        ["Mails"] = 5,
        ["Backups"] = 5,
        ["Timetables"] = 5,
        ["Transactions"] = 4,
        ["Projects"] = 3,
        ["Accounts"] = 2,
        ["Clients"] = 2,
        ["Outbox"] = 1,
        ["Catalogue"] = 1,
        ["Settings"] = 1,
    };

    /// <summary>Arrows inside a floor, from left to right.</summary>
    private static readonly string[] Beside = ["Accounts → Clients", "Outbox → Settings"];

    private static readonly string[] InfrastructureLeft =
    [
        "Web → Database",
        "Web → Configuration",
        "Web → Hosting",
        "Web → Security",
        "Web → Ui",
        "Ui → Database",
        "Ui → Web",
        "Text → Saudi",
        "Security → Redis",
        "Security → Configuration",
        "Security → Database",
        "Saudi → Text",
        "Redis → Configuration",
        "Redis → Health",
        "ReadOnly → Configuration",
        "ReadOnly → Web",
        "Metrics → Configuration",
        "Logging → Configuration",
        "Health → Configuration",
        "Database → Redis",
        "Database → Configuration",
        "Configuration → Redis",
        "Web → ReadOnly",
        "Security → Metrics",
        "Security → Web",
        "Metrics → Logging",
        "Logging → Metrics",
        "Logging → Security",
        "Hosting → Configuration",
        "Hosting → Database",
        "Hosting → Web",
        "Health → Database",
        "Database → Security",
        "Metrics → Health",
        "Metrics → ReadOnly",
        "Database → Metrics",
    ];
    private static readonly string[] TransactionsLeft = [];

    private static readonly IReadOnlyCollection<Use> All = Uses.In(typeof(Problem).Assembly);

    [Fact]
    public void Every_feature_has_a_floor()
    {
        var features = All.Select(use => Feature(use.User)).OfType<string>().Distinct().Order().ToList();
        Assert.True(features.Count > 10);

        Assert.Equal(Floors.Keys.Order(), features);
    }

    [Fact]
    public void A_feature_uses_only_what_stands_on_a_lower_floor()
    {
        var arrows = Arrows(Feature);
        Assert.True(arrows.Count > 20);

        Check.None(
            Except(arrows, left: [], (from, to) => Floors[to] < Floors[from] || Beside.Contains($"{from} → {to}"))
        );
    }

    [Fact]
    public void A_feature_uses_what_stands_at_another_ones_root_but_never_its_rooms()
    {
        var arrows = Arrows(Feature);
        Assert.True(arrows.Count > 20);

        var intoRooms = arrows
            .Where(arrow => arrow.Key.From != "Demo")
            .SelectMany(arrow =>
                arrow.Where(use => Folder(use.Used, "Features." + arrow.Key.To) is not ("." or "Feature"))
            )
            .Select(Named);
        Check.None(intoRooms);
    }

    [Fact]
    public void Only_the_database_stands_at_the_root_of_the_features()
    {
        var root = typeof(AppDb)
            .Assembly.GetTypes()
            .Where(type => type.Namespace == "MdcTts.Features" && !type.IsNested);

        Assert.Equal(
            ["AppDb", "AppDbRegistration", "PostgresAppDb", "PostgresDesign", "SqliteAppDb", "SqliteDesign"],
            root.Select(type => type.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Infrastructure_uses_no_feature()
    {
        var inside = All.Where(use => In(use.User, "Infrastructure") && !In(use.User, Migrations)).ToList();
        Assert.True(inside.Count > 100);

        Check.None(inside.Where(use => In(use.Used, "Features")).Select(Named));
    }

    [Fact]
    public void No_two_folders_of_Infrastructure_use_each_other_in_a_circle() =>
        Check.None(Circles("Infrastructure", InfrastructureLeft));

    [Fact]
    public void No_two_rooms_of_Transactions_use_each_other_in_a_circle() =>
        Check.None(Circles("Features.Transactions", TransactionsLeft));

    private static IEnumerable<string> Circles(string parent, string[] left)
    {
        var arrows = Arrows(type => Folder(type, parent));
        Assert.True(arrows.Count > 10);
        var reach = arrows.Select(a => a.Key).ToHashSet();
        foreach (var middle in reach.Select(a => a.From).Distinct().ToList())
        {
            var into = reach.Where(a => a.To == middle).Select(a => a.From).ToList();
            var onward = reach.Where(a => a.From == middle).Select(a => a.To).ToList();
            reach.UnionWith(into.SelectMany(from => onward, (from, to) => (from, to)));
        }

        return Except(arrows, left, (from, to) => !reach.Contains((to, from)));
    }

    // The list of what is left only shrinks: a line that names nothing any more fails as well.
    private static IEnumerable<string> Except(
        IReadOnlyCollection<IGrouping<(string From, string To), Use>> arrows,
        string[] left,
        Func<string, string, bool> isAllowed
    )
    {
        var wrong = arrows.Where(a => !isAllowed(a.Key.From, a.Key.To)).ToLookup(a => $"{a.Key.From} → {a.Key.To}");
        return wrong
            .Where(arrow => !left.Contains(arrow.Key))
            .Select(arrow => $"{arrow.Key}: {string.Join(", ", arrow.SelectMany(uses => uses).Select(Named).Take(20))}")
            .Concat(
                left.Where(line => !wrong.Contains(line)).Select(line => $"{line} is mended: take it off the list")
            );
    }

    private static List<IGrouping<(string From, string To), Use>> Arrows(Func<Type, string?> place) =>
        [
            .. from use in All
            let @from = place(use.User)
            let to = place(use.Used)
            where @from is not null && to is not null && @from != to
            group use by (@from, to),
        ];

    private static string Named(Use use) => $"{use.User.Name} uses {use.Used.Name}";

    private static bool In(Type type, string parent) =>
        (type.Namespace + ".").StartsWith($"MdcTts.{parent}.", StringComparison.Ordinal);

    // The database stands at the root: it knows every entity, and every feature knows it. What counts is the use of a
    // set, which names its entity.
    private static string? Feature(Type type) =>
        In(type, "Features") && Folder(type, "Features") is not "." and var feature ? feature : null;

    // The folder right below the parent; the parent's own files are a room of their own. A feature's registration
    // stands above its rooms.
    private static string? Folder(Type type, string parent)
    {
        if (!In(type, parent))
            return null;
        var rest =
            type.Namespace!.Length > $"MdcTts.{parent}".Length ? type.Namespace[$"MdcTts.{parent}.".Length..] : "";
        return rest.Split('.')[0] is { Length: > 0 } folder ? folder
            : type.Name.EndsWith("Feature", StringComparison.Ordinal) ? "Feature"
            : ".";
    }
}
