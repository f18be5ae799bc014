using System.Reflection;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Conventions;

/// <summary>
/// <c>Infrastructure/Security/asvs.csv</c>: one line for each requirement of OWASP ASVS 5.0, levels 1 and 2, with the
/// tests that show it or the reason.
/// </summary>
[Trait("runs", "once")]
public sealed class AsvsTests
{
    private const int PartlyMax = 8;

    // Section: numbers.
    private const string Requirements = """
        1.1: 1-2; 1.2: 1-9; 1.3: 1-11; 1.4: 1-3; 1.5: 1-2; 2.1: 1-3; 2.2: 1-3; 2.3: 1-4; 2.4: 1; 3.2: 1-2;
        3.3: 1-4; 3.4: 1-6; 3.5: 1-5; 3.7: 1-2; 4.1: 1-3; 4.2: 1; 4.3: 1-2; 4.4: 1-4; 5.1: 1; 5.2: 1-3;
        5.3: 1-2; 5.4: 1-3; 6.1: 1-3; 6.2: 1-12; 6.3: 1-4; 6.4: 1-4; 6.5: 1-5; 6.6: 1-3; 6.8: 1-4; 7.1: 1-3;
        7.2: 1-4; 7.3: 1-2; 7.4: 1-5; 7.5: 1-2; 7.6: 1-2; 8.1: 1-2; 8.2: 1-3; 8.3: 1; 8.4: 1; 9.1: 1-3;
        9.2: 1-4; 10.1: 1-2; 10.2: 1-2; 10.3: 1-4; 10.4: 1-11; 10.5: 1-5; 10.6: 1-2; 10.7: 1-3; 11.1: 1-2;
        11.2: 1-3; 11.3: 1-3; 11.4: 1-4; 11.5: 1; 11.6: 1; 12.1: 1-3; 12.2: 1-2; 12.3: 1-4; 13.1: 1;
        13.2: 1-5; 13.3: 1-2; 13.4: 1-5; 14.1: 1-2; 14.2: 1-4; 14.3: 1-3; 15.1: 1-3; 15.2: 1-3; 15.3: 1-7;
        16.1: 1; 16.2: 1-5; 16.3: 1-4; 16.4: 1-3; 16.5: 1-3; 17.1: 1; 17.2: 1-4; 17.3: 1-2
        """;

    private static readonly List<Line> Lines = Read();

    private sealed record Line(string Id, string Level, string Verdict, IReadOnlyList<string> Tests, string Reason);

    [Fact]
    public void Every_requirement_has_its_line()
    {
        var ids = Requirements
            .Split(';', StringSplitOptions.TrimEntries)
            .Select(section => section.Split(": "))
            .SelectMany(section => section[1].Split(' ').SelectMany(Numbers).Select(n => $"V{section[0]}.{n}"));

        Assert.Equal(253, Lines.Count);
        Assert.Equal(ids, Lines.Select(l => l.Id));
        Assert.All(Lines, l => Assert.Contains(l.Level, new[] { "L1", "L2" }));
    }

    [Fact]
    public void None_fails_few_are_met_partly_and_each_says_why()
    {
        Assert.All(Lines, l => Assert.Contains(l.Verdict, new[] { "pass", "partly", "not applicable" }));
        Assert.InRange(Lines.Count(l => l.Verdict == "partly"), 0, PartlyMax);
        Check.None(
            Lines.Where(l => l.Reason.Length == 0 && (l.Tests.Count == 0 || l.Verdict == "partly")).Select(l => l.Id),
            "These need the name of a test, or a reason"
        );
    }

    [Fact]
    public void The_tests_that_are_named_exist()
    {
        var known = typeof(AsvsTests)
            .Assembly.GetTypes()
            .SelectMany(type =>
                type.GetMethods()
                    .Where(m => m.GetCustomAttributes<FactAttribute>(inherit: true).Any())
                    .Select(m => $"{type.Name}.{m.Name}")
            )
            .ToHashSet(StringComparer.Ordinal);

        Assert.True(Lines.SelectMany(l => l.Tests).Distinct().Count() > 30);
        Check.None(
            Lines.SelectMany(l => l.Tests.Where(t => !known.Contains(t)), (l, t) => $"{l.Id}: {t}"),
            "There are no tests of these names"
        );
    }

    private static IEnumerable<int> Numbers(string range)
    {
        var ends = range
            .Split('-')
            .Select(n => int.Parse(n, System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    }

    private static List<Line> Read() =>
        [.. File.ReadLines(Repository.Path("Infrastructure/Security/asvs.csv")).Skip(1).Select(Cells).Select(LineOf)];

    private static Line LineOf(List<string> cells) =>
        new(
            cells[0],
            cells[1],
            cells[2],
            cells[3].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            cells[4]
        );

    private static List<string> Cells(string line)
    {
        var (cells, isQuoted) = (new List<string> { "" }, false);
        for (var i = 0; i < line.Length; i++)
        {
            var isPair = isQuoted && line[i] == '"' && i + 1 < line.Length && line[i + 1] == '"';
            if (isPair)
                cells[^1] += line[i++];
            else if (line[i] == '"')
                isQuoted = !isQuoted;
            else if (line[i] == ';' && !isQuoted)
                cells.Add("");
            else
                cells[^1] += line[i];
        }

        return cells;
    }
}
