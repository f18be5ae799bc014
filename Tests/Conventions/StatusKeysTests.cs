using System.Text.RegularExpressions;
using MdcTts.Features.Catalogue;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Conventions;

/// <summary>The workflow is data: code asks a status or a move for its meaning, never for its key.</summary>
[Trait("runs", "once")]
public sealed partial class StatusKeysTests
{
    private const string Rule =
        "Ask for the meaning (WorkflowStatus.Meaning, WorkflowMove.Meaning, Transaction.Meaning)";

    /// <summary>Where the default keys come from, and the story that is told with them.</summary>
    private static readonly string[] Homes = ["Features/Catalogue/DefaultWorkflow.cs", "Features/Demo/"];

    /// <summary>The same word for something else.</summary>
    private static readonly string[] OtherThings = ["Infrastructure/Jobs/RunJob.cs: cancelled"];

    private static readonly IReadOnlyList<(string Path, string Text)> Sources = Repository.Sources(".cs", ".cshtml");

    private static readonly Regex Key = new(
        $"""["'=](?<key>{string.Join('|', DefaultWorkflow.Statuses.Select(s => s.Key))})["'&*]""",
        RegexOptions.ExplicitCapture,
        TimeSpan.FromSeconds(1)
    );

    [Fact]
    public void No_status_is_named_outside_the_default_workflow_and_the_demonstration()
    {
        Assert.True(Sources.Count(s => s.Path.EndsWith(".cs", StringComparison.Ordinal)) > 300);
        Assert.True(Sources.Count(s => s.Path.EndsWith(".cshtml", StringComparison.Ordinal)) > 80);
        Assert.All(Homes, home => Assert.Contains(Sources, s => IsAt(home, s.Path) && Key.IsMatch(s.Text)));

        var named = Sources
            .Where(s => !Homes.Any(home => IsAt(home, s.Path)))
            .SelectMany(s =>
                Key.Matches(Example().Replace(s.Text, "")).Select(m => $"{s.Path}: {m.Groups["key"].Value}")
            )
            .Distinct()
            .ToList();
        Check.None(named.Except(OtherThings).Concat(OtherThings.Except(named)), Rule);
    }

    [Fact]
    public void No_status_is_compared_with_a_word()
    {
        Assert.Matches(Comparison(), """@if (f.Status != "archived")""");
        Assert.Matches(Comparison(), """move.To == "archived" ? "danger" : "" """);
        Assert.Matches(Comparison(), """line is { ToStatus: "archived" }""");
        Assert.Contains(Sources, s => s.Text.Contains(".Status)", StringComparison.Ordinal));

        Check.None(
            Sources
                .Where(s => !Homes.Any(home => IsAt(home, s.Path)))
                .SelectMany(s => Comparison().Matches(s.Text).Select(m => $"{s.Path}: {m.Value}")),
            Rule
        );
    }

    private static bool IsAt(string home, string path) => path.StartsWith(home, StringComparison.Ordinal);

    // An example in the API's description shows what the default workflow answers.
    [GeneratedRegex(
        """
            \.WithExample\(\s*\"{3}.*?\"{3}
            """,
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace,
        1000
    )]
    private static partial Regex Example();

    [GeneratedRegex(
        """\b(Status|FromStatus|ToStatus|To|From)(\s*(==|!=|:)|\s+is(\s+not)?)\s*"[a-z_]+["]""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Comparison();
}
