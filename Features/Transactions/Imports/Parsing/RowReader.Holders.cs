using System.Buffers;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

// Who has a transaction now, and the numbers that authorities gave it.
public sealed partial class RowReader
{
    /// <summary>The words that our own export uses, and those that people use for the same.</summary>
    private static readonly HashSet<string> ClientWords = Words("the client", "client", "العميل");
    private static readonly HashSet<string> OurWords = Words(
        "us",
        "our team",
        "with us",
        "mdc",
        "the firm",
        "نحن",
        "عندنا",
        "لدينا"
    );
    private static readonly HashSet<string> AuthorityWords = Words("authority", "an authority", "جهة", "جهة حكومية");

    private static HashSet<string> Words(params string[] words) =>
        [.. words.Select(static word => ArabicText.Fold(word))];

    private static readonly SearchValues<char> ReferenceSeparators = SearchValues.Create(";؛\n");

    private RowDraft WithHolder(Cells cells, RowDraft draft)
    {
        var text = cells.Text(RegisterField.Holder);
        var kind = cells.Text(RegisterField.HolderKind);
        draft = draft with { HolderSince = Date(cells, RegisterField.HolderSince)?.Date };
        var said = kind is null ? null : KindOf(ArabicText.Fold(kind));
        if (kind is not null && said is null)
            cells.Reject(RegisterField.HolderKind, FaultKind.UnknownHolder);
        if (said is null && text is null)
            return draft;
        var folded = ArabicText.Fold(text);
        return (said ?? KindByName(folded, draft)) switch
        {
            HolderKind.Client => draft with { HolderKind = HolderKind.Client },
            HolderKind.Us when IsOneOfUs(folded, draft) => draft,
            var held => Named(held),
        };

        RowDraft Named(HolderKind held)
        {
            var (name, flaw) = FieldRules.HolderName(held).Read(text);
            if (flaw is not null)
                cells.Reject(
                    RegisterField.Holder,
                    flaw == Flaw.Missing ? FaultKind.UnknownHolder : FaultKind.HolderTooLong
                );
            return draft with { HolderKind = held, HolderName = name };
        }
    }

    /// <summary>The firm as such, or the assignee, who has it anyway.</summary>
    private bool IsOneOfUs(string folded, RowDraft draft) =>
        folded.Length == 0
        || OurWords.Contains(folded)
        || (draft.Assignee is { } assignee && names.AssigneeNames.GetValueOrDefault(assignee) == folded);

    private static HolderKind? KindOf(string folded) =>
        OurWords.Contains(folded) ? HolderKind.Us
        : ClientWords.Contains(folded) ? HolderKind.Client
        : AuthorityWords.Contains(folded) ? HolderKind.Authority
        : null;

    /// <summary>
    /// Who has the ball by name alone: the word for the client or the client itself, one of ourselves, or else an
    /// authority.
    /// </summary>
    private HolderKind KindByName(string folded, RowDraft draft) =>
        ClientWords.Contains(folded) || folded == ArabicText.Fold(draft.ClientName) ? HolderKind.Client
        : OurWords.Contains(folded) || names.AssigneeNames.Values.Contains(folded, StringComparer.Ordinal)
            ? HolderKind.Us
        : HolderKind.Authority;

    /// <summary>
    /// "Balady 7133284; Civil Defence CD-5 (2026-10-01)": the number is the last word, or both stand in quotes.
    /// </summary>
    private static List<AuthorityNumber> Authorities(Cells cells)
    {
        if (cells.Text(RegisterField.AuthorityReferences) is not { } text)
            return [];

        var references = new List<AuthorityNumber>();
        for (var at = 0; at < text.Length; )
        {
            if (ReferenceSeparators.Contains(text[at]) || text[at] == ' ')
            {
                at++;
                continue;
            }

            var (name, number, date, next) = QuotedAuthority(text, at) ?? PlainAuthority(text, at);
            at = next;
            var authority = FieldRules.Authority.Read(name);
            var read = FieldRules.AuthorityNumber.Read(number);
            if (authority.Flaw is not null || read.Flaw is not null)
            {
                cells.Reject(RegisterField.AuthorityReferences, FaultKind.AuthorityUnreadable);
                return [];
            }

            references.Add(new(authority.Value!, read.Value!, date));
        }

        if (references.Count <= Transaction.AuthorityReferencesMax)
            return references;
        cells.Reject(RegisterField.AuthorityReferences, FaultKind.AuthorityUnreadable);
        return [];
    }

    private static (string? Name, string Number, DateOnly? Date, int Next)? QuotedAuthority(string text, int at)
    {
        if (CellLists.ReadQuoted(text, at) is not { } name)
            return null;
        if (CellLists.ReadQuoted(text, SkipSpaces(text, name.End)) is not { } number)
            return null;
        var end = EndOfReference(text, number.End);
        var rest = text[number.End..end].Trim();
        if (rest.Length == 0)
            return (name.Text, number.Text, null, end);
        return WithoutDate("x" + rest) is ("x", { } date) ? (name.Text, number.Text, date, end) : null;
    }

    private static (string? Name, string Number, DateOnly? Date, int Next) PlainAuthority(string text, int at)
    {
        var end = EndOfReference(text, at);
        var (rest, date) = WithoutDate(text[at..end].Trim());
        var space = rest.LastIndexOf(' ');
        return (space < 0 ? null : rest[..space].TrimEnd(' ', ':'), rest[(space + 1)..], date, end);
    }

    private static int SkipSpaces(string text, int at)
    {
        while (at < text.Length && text[at] == ' ')
            at++;
        return at;
    }

    private static int EndOfReference(string text, int at) =>
        text.AsSpan(at).IndexOfAny(ReferenceSeparators) is var end and >= 0 ? at + end : text.Length;

    private static (string Text, DateOnly? Date) WithoutDate(string text)
    {
        var open = text.LastIndexOf('(');
        return open > 0 && text.EndsWith(')') && WrittenDates.Read(text[(open + 1)..^1]) is { } read
            ? (text[..open].TrimEnd(), read.Date)
            : (text, null);
    }
}
