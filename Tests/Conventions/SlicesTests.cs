using System.Text.RegularExpressions;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Conventions;

[Trait("runs", "once")]
public sealed partial class SlicesTests
{
    /// <summary>The files of Infrastructure that may name features: the composition, and the database that holds their rows.</summary>
    private static readonly string[] KnowsFeatures =
    [
        "Infrastructure/RunWeb.cs",
        "Infrastructure/Database/AppDb.cs",
        "Infrastructure/Database/PostgresAppDb.cs",
        "Infrastructure/Database/PrepareDatabase.cs",
    ];

    private static readonly IReadOnlyList<(string Path, string Text)> Sources = Repository.Sources(".cs", ".cshtml");

    [Fact]
    public void A_feature_uses_another_ones_entities_but_never_its_use_cases()
    {
        var uses = (
            from source in Sources
            where source.Path.StartsWith("Features/", StringComparison.Ordinal)
            from Match match in OtherSlice().Matches(source.Text)
            let own = source.Path.Split('/')[1]
            let other = match.Groups["feature"].Value
            select (source.Path, own, other, match.Value)
        ).ToList();
        Assert.NotEmpty(uses);

        Check.None(
            uses.Where(u =>
                    u.own != u.other
                    && Directory.Exists(Repository.Path(u.Value.Replace("MdcTts.", "").Replace('.', '/')))
                )
                .Select(u => $"{u.Path} uses {u.Value}")
        );
    }

    [Fact]
    public void Infrastructure_does_not_know_the_features()
    {
        var files = Sources.Where(s => s.Path.StartsWith("Infrastructure/", StringComparison.Ordinal)).ToList();
        Assert.True(files.Count > 20);

        Check.None(
            files
                .Where(f =>
                    f.Text.Contains("MdcTts.Features", StringComparison.Ordinal) && !KnowsFeatures.Contains(f.Path)
                )
                .Select(f => f.Path)
        );
    }

    [Fact]
    public void Namespaces_are_folders()
    {
        var files = Sources
            .Where(s => s.Path.EndsWith(".cs", StringComparison.Ordinal))
            .Select(s => (s.Path, Namespace: Namespace().Match(s.Text).Groups["name"].Value))
            .ToList();
        Assert.True(files.Count > 50);

        Check.None(
            files
                .Where(f => f.Namespace != "MdcTts." + Path.GetDirectoryName(f.Path)!.Replace('/', '.'))
                .Select(f => $"{f.Path}: {f.Namespace}")
        );
    }

    [Fact]
    public void No_page_carries_inline_style_or_script()
    {
        var pages = Sources.Where(s => s.Path.EndsWith(".cshtml", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(pages);

        // A mail has no stylesheet to link to, and no policy of ours is asked where it is read.
        Check.None(
            pages
                .Where(p => p.Path != "Features/Outbox/Writing/MailLayout.cshtml" && Inline().IsMatch(p.Text))
                .Select(p => $"{p.Path}: {Inline().Match(p.Text).Value}")
        );
    }

    [Fact]
    public void Time_comes_from_the_clock_only()
    {
        var files = Sources
            .Where(s =>
                s.Path.EndsWith(".cs", StringComparison.Ordinal) || s.Path.EndsWith(".cshtml", StringComparison.Ordinal)
            )
            .ToList();
        Assert.True(files.Count > 50);

        Check.None(
            files.Where(f => SystemTime().IsMatch(f.Text)).Select(f => $"{f.Path}: {SystemTime().Match(f.Text).Value}")
        );
    }

    [GeneratedRegex(@"MdcTts\.Features\.(?<feature>\w+)\.[A-Z]\w+", RegexOptions.None, 1000)]
    private static partial Regex OtherSlice();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline, 1000)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"\sstyle=""|<style|\son[a-z]+=""|<script(?![^>]*\ssrc=)|javascript:",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Inline();

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset)\.(Now|UtcNow|Today)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SystemTime();
}
