using MdcTts.Features;
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
        ["."] = 7,
        ["Demo"] = 6,
        ["Dashboards"] = 5,
        ["Tracking"] = 5,
        ["Audit"] = 5,
        ["Mails"] = 5,
        ["Backups"] = 5,
        ["Timetables"] = 5,
        ["Files"] = 5,
        ["Transactions"] = 4,
        ["Projects"] = 3,
        ["Accounts"] = 2,
        ["Clients"] = 2,
        ["Outbox"] = 1,
        ["Catalogue"] = 1,
        ["Settings"] = 1,
    };

    private static readonly string[] Database =
    [
        "AppDb",
        "AppDbRegistration",
        "PostgresAppDb",
        "PostgresDesign",
        "SqliteAppDb",
        "SqliteDesign",
    ];

    /// <summary>Arrows inside a floor, from left to right.</summary>
    private static readonly string[] Beside = ["Accounts → Clients", "Outbox → Settings"];

    /// <summary>The folders of Infrastructure, each of which uses only those before it.</summary>
    private static readonly string[] Infrastructure =
    [
        "Text",
        "Saudi",
        "Results",
        "Configuration",
        "Metrics",
        "Redis",
        "Database",
        "Privacy",
        "Security",
        "Audit",
        "Health",
        "ReadOnly",
        "Logging",
        "Jobs",
        "Events",
        "Live",
        "Ui",
        "Web",
        "Exports",
        "Idempotency",
        "Hosting",
    ];

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

        Check.None(Except(arrows, (from, to) => Floors[to] < Floors[from] || Beside.Contains($"{from} → {to}")));
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
    public void At_the_root_of_the_features_stand_the_database_and_what_joins_them()
    {
        var root = typeof(AppDb)
            .Assembly.GetTypes()
            .Where(type => type.Namespace == "MdcTts.Features" && !type.IsNested);

        Assert.Equal(
            ["AllFeatures", "RequestRules"],
            root.Where(type => !IsDatabase(type)).Select(type => type.Name).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Infrastructure_uses_no_feature()
    {
        var inside = All.Where(use => In(use.User, "Infrastructure") && !In(use.User, Migrations)).ToList();
        Assert.True(inside.Count > 100);

        Check.None(inside.Where(use => In(use.Used, "Features")).Select(Named));
        // A constant leaves no trace in what is compiled.
        Check.None(
            from source in Repository.Sources(".cs", ".cshtml")
            where source.Path.StartsWith("Infrastructure/", StringComparison.Ordinal)
            where source.Text.Contains("MdcTts.Features", StringComparison.Ordinal)
            select source.Path
        );
    }

    [Fact]
    public void A_folder_of_Infrastructure_uses_only_those_that_stand_before_it()
    {
        var arrows = Arrows(type => In(type, Migrations) ? null : Folder(type, "Infrastructure"));
        Assert.True(arrows.Count > 40);
        Assert.Equal(
            Infrastructure.Order(),
            arrows.SelectMany(arrow => new[] { arrow.Key.From, arrow.Key.To }).Distinct().Order()
        );

        Check.None(
            Except(arrows, (from, to) => Array.IndexOf(Infrastructure, to) < Array.IndexOf(Infrastructure, from))
        );
    }

    [Fact]
    public void No_two_rooms_of_Transactions_use_each_other_in_a_circle() =>
        Check.None(Circles("Features.Transactions"));

    private static IEnumerable<string> Circles(string parent)
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

        return Except(arrows, (from, to) => !reach.Contains((to, from)));
    }

    private static IEnumerable<string> Except(
        IReadOnlyCollection<IGrouping<(string From, string To), Use>> arrows,
        Func<string, string, bool> isAllowed
    ) =>
        arrows
            .Where(arrow => !isAllowed(arrow.Key.From, arrow.Key.To))
            .Select(arrow => $"{arrow.Key}: {string.Join(", ", arrow.Select(Named).Take(20))}");

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

    private static string? Feature(Type type) =>
        In(type, "Features") && !IsDatabase(type) ? Folder(type, "Features") : null;

    // It knows every entity, and every feature knows it. What counts is the use of a set, which names its entity.
    private static bool IsDatabase(Type type) => type.Namespace == "MdcTts.Features" && Database.Contains(type.Name);

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
