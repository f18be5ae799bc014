using MdcTts.Fuzzing;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>The short form of <c>Tests/Fuzzing registers</c>, which spoils thousands.</summary>
[Trait("runs", "once")]
public sealed class SpoiltFilesTests
{
    [Fact]
    public void Spoilt_files_are_answered_soon_and_in_little_memory()
    {
        var files = Directory
            .EnumerateFiles(Repository.Path("Tests/Features/Transactions/Imports/Field"))
            .Order(StringComparer.Ordinal)
            .Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))
            .ToList();

        var seen = RegisterFuzzer.Run(files, first: 1, count: 4 * files.Count);

        Assert.True(seen.Wrong.Count == 0, string.Join('\n', seen.Wrong));
        Assert.True(seen is { Read: > 20, Refused: > 20 }, seen.ToString());
    }
}
