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
        .. Repository.Scripts(),
        ("Program.cs", File.ReadAllText(Repository.Path("Program.cs"))),
        .. Directory
            .EnumerateFiles(Repository.Path("wwwroot"))
            .Where(path => Path.GetExtension(path) is ".css" or ".js")
            .Select(path => (path, File.ReadAllText(path))),
    ];

    /// <summary>How the lines begin that another program wants in one piece, and why.</summary>
    private static readonly IReadOnlyList<(string Path, string Beginning, string Why)> Exempt =
    [
        (
            "Infrastructure/Deploy/nginx/nginx.conf.template",
            "    ssl_ciphers ",
            "nginx hands the list to OpenSSL as it stands, and OpenSSL takes no line break in it"
        ),
    ];

    [Fact]
    public void Lines_fit_a_screen()
    {
        Assert.True(Sources.Count > 500);
        foreach (
            var path in (string[])
                [
                    ".ci/run",
                    ".github/workflows/ci.yml",
                    "Dockerfile",
                    "Infrastructure/Deploy/haproxy/haproxy.cfg",
                    "Infrastructure/Deploy/lab/lab",
                    "MdcTts.csproj",
                    "Tests/run",
                ]
        )
            Assert.Contains(Sources, source => source.Path == path);
        Check.None(
            from line in LongLines()
            where !Exempt.Any(exempt => IsExempt(line, exempt))
            select $"{line.Path}:{line.Number} has {line.Text.Length} characters",
            $"Lines of more than {MaxLength} characters"
        );
    }

    [Fact]
    public void Exempt_lines_are_long() =>
        Check.None(
            from exempt in Exempt
            where !LongLines().Any(line => IsExempt(line, exempt))
            select $"{exempt.Path}: {exempt.Beginning.Trim()}",
            "Exemptions that no line needs"
        );

    private static bool IsExempt(
        (string Path, int Number, string Text) line,
        (string Path, string Beginning, string Why) exempt
    ) => line.Path == exempt.Path && line.Text.StartsWith(exempt.Beginning, StringComparison.Ordinal);

    private static IEnumerable<(string Path, int Number, string Text)> LongLines() =>
        from source in Sources
        from line in source.Text.Split('\n').Index()
        let text = line.Item.TrimEnd('\r')
        where text.Length > MaxLength
        select (source.Path, line.Index + 1, text);
}
