using System.Buffers;
using System.Globalization;
using System.Text;

namespace MdcTts.Features.Transactions;

/// <summary>
/// Several values in one cell of a sheet: with a semicolon between them, and in quotation marks where a value holds a
/// separator itself. What is written here is read back as it was.
/// </summary>
public static class CellLists
{
    private const char Quote = '"';
    private static readonly SearchValues<char> TagSigns = SearchValues.Create(";,،؛|\n");
    private static readonly SearchValues<char> AuthoritySigns = SearchValues.Create(";؛\n()\"");

    public static string Tags(IEnumerable<string> tags) => string.Join("; ", tags.Select(Tag));

    /// <summary>One tag, in quotation marks where it holds a sign that stands between two.</summary>
    public static string Tag(string tag) => tag[0] == Quote || Holds(tag, TagSigns) ? Quoted(tag) : tag;

    /// <summary>"Balady 7133284 (2026-10-01)"; both in quotes where the number is not simply the last word.</summary>
    public static string Authorities(IEnumerable<AuthorityNumber> references) =>
        string.Join("; ", references.Select(Authority));

    /// <summary>The tags of a cell.</summary>
    public static List<string> ReadTags(string text)
    {
        var tags = new List<string>();
        var at = 0;
        while (at < text.Length)
        {
            if (IsTagSign(text[at]) || char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            if (ReadQuoted(text, at) is { } quoted && EndsAt(text, quoted.End))
            {
                tags.Add(quoted.Text);
                at = quoted.End;
                continue;
            }

            var end = text.AsSpan(at).IndexOfAny(TagSigns);
            var next = end < 0 ? text.Length : at + end;
            tags.Add(text[at..next]);
            at = next;
        }

        return tags;

        static bool EndsAt(string text, int at) =>
            text.AsSpan(at).TrimStart(' ') is var rest && (rest.IsEmpty || IsTagSign(rest[0]));
    }

    /// <summary>
    /// The text between the quotation mark at a place and the one that closes it, and the place behind that; null when
    /// there is none. Two marks stand for one.
    /// </summary>
    public static (string Text, int End)? ReadQuoted(string text, int at)
    {
        if (at >= text.Length || text[at] != Quote)
            return null;
        var read = new StringBuilder();
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] != Quote)
                read.Append(text[i]);
            else if (i + 1 < text.Length && text[i + 1] == Quote)
                read.Append(text[i++]);
            else
                return (read.ToString(), i + 1);
        }

        return null;
    }

    private static string Authority(AuthorityNumber reference)
    {
        var isPlain =
            !Holds(reference.Authority, AuthoritySigns)
            && !reference.Authority.EndsWith(':')
            && !Holds(reference.Number, AuthoritySigns)
            && !reference.Number.Any(char.IsWhiteSpace);
        var names = isPlain
            ? $"{reference.Authority} {reference.Number}"
            : $"{Quoted(reference.Authority)} {Quoted(reference.Number)}";
        return reference.Date is { } date
            ? string.Create(CultureInfo.InvariantCulture, $"{names} ({date:yyyy-MM-dd})")
            : names;
    }

    /// <summary>In quotation marks; those within are doubled.</summary>
    public static string Quoted(string text) => Quote + text.Replace("\"", "\"\"", StringComparison.Ordinal) + Quote;

    private static bool Holds(string text, SearchValues<char> signs) => text.AsSpan().IndexOfAny(signs) >= 0;

    private static bool IsTagSign(char letter) => TagSigns.Contains(letter);
}
