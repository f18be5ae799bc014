using System.Text.RegularExpressions;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Features.Audit;

[Trait("runs", "once")]
public sealed partial class AuditKindsTests
{
    [Fact]
    public void Every_kind_that_is_written_has_a_name()
    {
        var written = Repository
            .Sources(".cs")
            .Where(s => s.Path.StartsWith("Features/", StringComparison.Ordinal))
            .SelectMany(s => Written().Matches(s.Text).Select(m => m.Groups["kind"].Value))
            .Distinct()
            .ToList();
        Assert.True(written.Count > 30);

        Check.None(written.Except(AuditKinds.All));
    }

    [GeneratedRegex(
        "AuditLog[.](By|Entry)[(][^;\"]*\"(?<kind>[a-z_]+[.][a-z_]+)\"",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Written();
}
