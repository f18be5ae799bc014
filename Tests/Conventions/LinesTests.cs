using MdcTts.Support;
using Xunit;

namespace MdcTts.Conventions;

/// <summary>
/// Lines are at most 120 characters long. <c>LongLines.txt</c> names the files that are not done yet, without their
/// folders: take off what is done, and add none.
/// </summary>
[Trait("runs", "once")]
public sealed class LinesTests
{
    private const int MaxLength = 120;

    private static readonly IReadOnlyList<(string Path, string Text)> Sources =
    [
        .. Repository.Sources(".cs", ".cshtml"),
        .. Repository.Tests(),
        ("Program.cs", File.ReadAllText(Repository.Path("Program.cs"))),
    ];

    [Fact]
    public void Lines_fit_a_screen()
    {
        Assert.True(Sources.Count > 500);
        var list = File.ReadAllLines(Repository.Path("Tests/Conventions/LongLines.txt"));
        var tooLong = (
            from source in Sources
            from line in source.Text.Split('\n').Index()
            where line.Item.TrimEnd('\r').Length > MaxLength
            select (source.Path, File: Path.GetFileName(source.Path), Number: line.Index + 1, line.Item.Length)
        ).ToList();

        Check.None(
            tooLong.Where(l => !list.Contains(l.File)).Select(l => $"{l.Path}:{l.Number} has {l.Length} characters"),
            $"Lines of more than {MaxLength} characters"
        );
        Check.None(
            list.Except(tooLong.Select(l => l.File)),
            "These have no long line any more: take them off Tests/Conventions/LongLines.txt"
        );
    }
}
