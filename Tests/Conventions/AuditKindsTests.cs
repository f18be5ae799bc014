using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Ui;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Conventions;

/// <summary>An entry whose kind has no name is shown to admins by its key.</summary>
[Trait("runs", "once")]
public sealed partial class AuditKindsTests
{
    // Dotted names that are neither kinds nor texts: a field of the log, an event for open pages, a domain.
    private static readonly string[] Others = ["user.id", "user.waiting_changed", "mail.com"];

    [Fact]
    public void Every_kind_that_is_written_has_a_name_and_the_other_way_round()
    {
        // A kind may come from a condition, a variable or a table: any literal of the program counts that is not the
        // key of a text or a mail.
        var words = Words.For("en");
        var literals = Literals().Where(l => Kind().IsMatch(l)).ToHashSet(StringComparer.Ordinal);
        var kinds = literals
            .Where(l => AuditKinds.Groups.Contains(AuditKinds.GroupOf(l)))
            .Where(l => !words.Has(l) && !words.Has(l + ".other") && !words.Has($"mail.{l}.subject"))
            .Except(Others)
            .Union(Arguments())
            .ToList();
        Assert.True(kinds.Count > 30);

        Check.None(
            kinds.Except(AuditKinds.All),
            """
            The audit log has no name for these. Add audit.kind.<kind> in both languages, to the texts of the feature
            that writes them or to AuditText. Not named
            """
        );
        Check.None(AuditKinds.All.Except(literals), "Nothing writes these any more: take off their audit.kind.…");
    }

    // A mail may be called as its entry is.
    private static IEnumerable<string> Arguments() =>
        from source in Repository.Sources(".cs")
        from Match call in Call().Matches(source.Text)
        from Match literal in Quoted().Matches(call.Value)
        select literal.Groups["text"].Value;

    private static List<string> Literals()
    {
        using var file = new PEReader(File.OpenRead(typeof(AuditKinds).Assembly.Location));
        var metadata = file.GetMetadataReader();
        var literals = new List<string>();
        for (var handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = metadata.GetNextHandle(handle))
            literals.Add(metadata.GetUserString(handle));
        return literals;
    }

    [GeneratedRegex("AuditLog[.](By|Entry)[(][^;]*;", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Call();

    [GeneratedRegex("\"(?<text>[a-z_]+[.][a-z_]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();

    [GeneratedRegex("^[a-z_]+[.][a-z_]+$", RegexOptions.None, 1000)]
    private static partial Regex Kind();
}
