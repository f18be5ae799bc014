using System.Text.RegularExpressions;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Conventions;

[Trait("runs", "once")]
public sealed partial class SlicesTests
{
    private static readonly IReadOnlyList<(string Path, string Text)> Sources = Repository.Sources(".cs", ".cshtml");

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
