using MdcTts.Support;
using Xunit;

namespace MdcTts.Conventions;

/// <summary>Lines are at most 120 characters long.</summary>
[Trait("runs", "once")]
public sealed class LinesTests
{
    private const int MaxLength = 120;

    private static readonly IReadOnlyList<(string Path, string Text)> Sources =
    [
        .. Repository.Sources(".cs", ".cshtml"),
        .. Repository.Tests(),
        ("Program.cs", File.ReadAllText(Repository.Path("Program.cs"))),
        .. Directory
            .EnumerateFiles(Repository.Path("wwwroot"))
            .Where(path => Path.GetExtension(path) is ".css" or ".js")
            .Select(path => (path, File.ReadAllText(path))),
    ];

    [Fact]
    public void Lines_fit_a_screen()
    {
        Assert.True(Sources.Count > 500);
        Check.None(
            from source in Sources
            from line in source.Text.Split('\n').Index()
            let length = line.Item.TrimEnd('\r').Length
            where length > MaxLength
            select $"{source.Path}:{line.Index + 1} has {length} characters",
            $"Lines of more than {MaxLength} characters"
        );
    }
}
