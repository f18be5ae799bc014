using System.Text.RegularExpressions;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Conventions;

/// <summary>A test that passed has asserted something, and did not depend on how fast the machine is.</summary>
[Trait("runs", "once")]
public sealed partial class GreenTests
{
    private static readonly IReadOnlyList<(string Path, string Text)> Sources =
    [
        .. Repository
            .Tests()
            .Where(s =>
                !s.Path.StartsWith("Tests/Benchmarks/", StringComparison.Ordinal)
                && !s.Path.StartsWith("Tests/Fuzzing/", StringComparison.Ordinal)
                && !s.Path.StartsWith("Tests/Load/", StringComparison.Ordinal)
            ),
    ];

    [Fact]
    public void No_test_returns_before_its_end()
    {
        var tests = Sources.SelectMany(s => TestsIn(s.Text).Select(t => (s.Path, t.Name, t.Body))).ToList();
        Assert.True(tests.Count > 500);

        Check.None(
            tests.Where(t => Return().IsMatch(t.Body)).Select(t => $"{t.Path}: {t.Name}"),
            "These may pass without running. What needs PostgreSQL is a [PostgresFact]"
        );
    }

    [Fact]
    public void No_test_waits_for_time_to_pass()
    {
        Assert.Contains(Sources, s => s.Text.Contains("await Wait.Until(", StringComparison.Ordinal));

        Check.None(
            Sources
                .Where(s => s.Path != $"Tests/Support/{nameof(Wait)}.cs" && Pause().IsMatch(s.Text))
                .Select(s => s.Path),
            $"These pause. Wait for the thing itself, with {nameof(Wait)}"
        );
    }

    [Fact]
    public void No_test_waits_for_an_address_that_it_can_miss()
    {
        Assert.Contains(Sources, s => s.Text.Contains("tab.ExpectUrl(", StringComparison.Ordinal));

        Check.None(
            Sources.Where(s => s.Text.Contains(".WaitForURL" + "Async(", StringComparison.Ordinal)).Select(s => s.Path),
            $"These wait as Playwright does, which can miss an address. Use {nameof(Tab)}.{nameof(Tab.ExpectUrl)}"
        );
    }

    // Of tests with a block: one that is an expression has nowhere to return from.
    private static IEnumerable<(string Name, string Body)> TestsIn(string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!Attribute().IsMatch(lines[i]))
                continue;
            var head = Array.FindIndex(lines, i, l => l.StartsWith("    public ", StringComparison.Ordinal));
            var start = Array.FindIndex(lines, head, l => l == "    {" || l.EndsWith(';'));
            if (lines[start] != "    {")
                continue;
            var end = Array.IndexOf(lines, "    }", start);
            yield return (Name().Match(lines[head]).Value, string.Join('\n', lines[start..end]));
        }
    }

    [GeneratedRegex(@"^    \[(\w*Fact|Theory|Property)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Attribute();

    [GeneratedRegex(@"\breturn;", RegexOptions.None, 1000)]
    private static partial Regex Return();

    [GeneratedRegex(@"\w+(?=\()", RegexOptions.None, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\b(Task\.Delay|Thread\.Sleep)\((?!Timeout\.Infinite)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Pause();
}
