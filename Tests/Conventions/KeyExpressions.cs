using System.Text.RegularExpressions;

namespace MdcTts.Conventions;

/// <summary>Finds the text keys that a source file asks for by name.</summary>
internal static partial class KeyExpressions
{
    /// <summary>Each literal key; a prefix where the source appends to it.</summary>
    public static IEnumerable<(string Key, bool IsPrefix, bool IsCounted)> In(string source)
    {
        foreach (Match start in Asks().Matches(source))
        {
            var argument = Argument(source, start.Index + start.Length);
            var counted = start.Value.Contains("Count", StringComparison.Ordinal);
            // Literals that are compared with or passed on stand in the condition, not in the key.
            foreach (Match literal in Literals().Matches(WithoutConditions(argument)))
            {
                var text = literal.Groups["text"].Value;
                var hole = literal.Groups["dollar"].Length > 0 ? text.IndexOf('{') : -1;
                var key = hole >= 0 ? text[..hole] : text;
                if (key.Length > 0 && key.Contains('.') && key[0] != '.')
                    yield return (key, hole >= 0 || literal.Groups["plus"].Length > 0, counted);
            }
        }

        foreach (Match match in Named().Matches(source))
            yield return (match.Groups["key"].Value, false, false);
    }

    // Up to the comma or bracket that ends the first argument.
    private static string Argument(string source, int from)
    {
        var depth = 0;
        var quoted = false;
        for (var i = from; i < source.Length; i++)
        {
            var c = source[i];
            if (c == '"')
                quoted = !quoted;
            if (quoted)
                continue;
            if (c is '(' or '[' or '{')
                depth++;
            if (c is ')' or ']' or '}' && depth-- == 0)
                return source[from..i];
            if (c == ',' && depth == 0)
                return source[from..i];
        }

        return source[from..];
    }

    private static string WithoutConditions(string argument) => Condition().Replace(argument, "");

    [GeneratedRegex(@"\b(T|[wW]ords|Words\.T)(\[|\.Count\()|\bSentence\(", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Asks();

    [GeneratedRegex(@"(?<dollar>\$?)""(?<text>[^""]*)""\s*(?<plus>\+?)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Literals();

    [GeneratedRegex(
        @"(==|!=|\bis( not)?|\bor|=>)\s*""[^""]*""(?=\s*[?|&)]|\s+or\b)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Condition();

    [GeneratedRegex(
        """
            new\ Problem\(ProblemKind\.\w+,\s*"(?<key>[^"]+)"
            | Problem\.(NotFound|Forbidden|Conflict)\(\s*"(?<key>[^"]+)"
            | Problem\.Invalid\(\s*"\w+",\s*"(?<key>[^"]+)"
            | \.Add\(\s*"\w+",\s*"(?<key>[a-z_]+\.[\w.]+)"
            | \.AddIf\([^;]*?,\s*"\w+",\s*"(?<key>[a-z_]+\.[\w.]+)"
            | new\ Field\(\s*"[^"]*",\s*"(?<key>[^"]+)"
            | \b(Hint|Label)\s*=\s*"(?<key>[^"]+)"
            """,
        RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace,
        1000
    )]
    private static partial Regex Named();
}
