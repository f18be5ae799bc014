using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions;

/// <summary>Why a value cannot be kept; form, API and import each say it in their own words.</summary>
public enum Flaw
{
    Missing,
    ForbiddenCharacters,
    TooLong,
    TooMany,
    Unreadable,
    Negative,
    TooLarge,

    /// <summary>The amount names one currency and the currency beside it is another.</summary>
    CurrenciesDiffer,
}

/// <summary>The rule of a text field.</summary>
public sealed record TextRule(int MaxLength)
{
    public bool IsRequired { get; init; }

    /// <summary>Line breaks and tabs become spaces.</summary>
    public bool IsOneLine { get; init; }

    /// <summary>The text as it is kept, or null; a flaw when it cannot be kept.</summary>
    public (string? Value, Flaw? Flaw) Read(string? sent)
    {
        if (PlainText.HasForbidden(sent))
            return (null, Flaw.ForbiddenCharacters);
        if (PlainText.Trimmed(sent) is not { } text)
            return (null, IsRequired ? Flaw.Missing : null);
        if (text.Length > MaxLength)
            return (null, Flaw.TooLong);
        return (IsOneLine ? text.Replace('\n', ' ').Replace('\t', ' ') : text, null);
    }
}

/// <summary>
/// The one place that says what each field of a transaction may hold. Form, API and import ask it; how a spreadsheet's
/// cells become texts, and how names become keys, is theirs.
/// </summary>
public static class FieldRules
{
    public static readonly TextRule Title = new(Transaction.TitleMaxLength) { IsRequired = true, IsOneLine = true };
    public static readonly TextRule Reference = new(Transaction.ReferenceMaxLength) { IsOneLine = true };
    public static readonly TextRule Description = new(Transaction.DescriptionMaxLength);
    public static readonly TextRule InternalNotes = new(Transaction.NotesMaxLength);

    /// <summary>The name of a client that an import makes.</summary>
    public static readonly TextRule ClientName = new(Client.NameMaxLength) { IsRequired = true, IsOneLine = true };

    public static readonly TextRule Authority = new(AuthorityReference.AuthorityMaxLength)
    {
        IsRequired = true,
        IsOneLine = true,
    };

    public static readonly TextRule AuthorityNumber = new(AuthorityReference.NumberMaxLength)
    {
        IsRequired = true,
        IsOneLine = true,
    };

    private static readonly TextRule Tag = new(Transaction.TagMaxLength) { IsOneLine = true };

    private static readonly TextRule NameOfHolder = new(Transaction.HolderNameMaxLength) { IsOneLine = true };

    /// <summary>An authority is known by its name only.</summary>
    public static TextRule HolderName(HolderKind kind) =>
        NameOfHolder with
        {
            IsRequired = kind == HolderKind.Authority,
        };

    /// <summary>An amount in minor units, and the currency where the text names one.</summary>
    public static (long? Minor, string? Currency, Flaw? Flaw) Amount(string? sent)
    {
        if (PlainText.HasForbidden(sent))
            return (null, null, Flaw.ForbiddenCharacters);
        if (PlainText.Trimmed(sent) is not { } text)
            return (null, null, null);
        return Amounts.TryParse(text, out var minor, out var currency)
            ? (minor, currency, AmountFlaw(minor))
            : (null, null, Flaw.Unreadable);
    }

    /// <summary>The bounds of an amount in minor units.</summary>
    public static Flaw? AmountFlaw(long minor) =>
        minor < 0 ? Flaw.Negative
        : minor > Transaction.AmountMax ? Flaw.TooLarge
        : null;

    /// <summary>The ISO code of a currency; null where neither the field nor the amount names one.</summary>
    /// <param name="sent">The field.</param>
    /// <param name="named">What the amount itself names.</param>
    public static (string? Code, Flaw? Flaw) Currency(string? sent, string? named)
    {
        if (PlainText.HasForbidden(sent))
            return (null, Flaw.ForbiddenCharacters);
        if (PlainText.Trimmed(sent) is not { } text)
            return (named, null);
        if (Amounts.CurrencyCode(text) is not { } code)
            return (null, Flaw.Unreadable);
        return named is not null && named != code ? (null, Flaw.CurrenciesDiffer) : (code, null);
    }

    /// <summary>A date, Gregorian or Hijri.</summary>
    public static (DateOnly? Date, Flaw? Flaw) Date(string? sent)
    {
        if (PlainText.HasForbidden(sent))
            return (null, Flaw.ForbiddenCharacters);
        if (PlainText.Trimmed(sent) is not { } text)
            return (null, null);
        return Dates.TryParse(text, out var date) ? (date, DateFlaw(date)) : (null, Flaw.Unreadable);
    }

    /// <summary>The bounds of a date.</summary>
    public static Flaw? DateFlaw(DateOnly date) =>
        date.Year is >= Dates.FirstYear and <= Dates.LastYear ? null : Flaw.Unreadable;

    /// <summary>The tags, each once however it is spelled; the first spelling stays.</summary>
    public static (IReadOnlyList<string> Tags, Flaw? Flaw) Tags(IEnumerable<string?> sent)
    {
        var tags = new List<string>();
        foreach (var each in sent)
        {
            var (tag, flaw) = Tag.Read(each);
            if (flaw is not null)
                return ([], flaw);
            if (tag is not null)
                tags.Add(tag);
        }

        tags = [.. tags.DistinctBy(Spelling, StringComparer.Ordinal)];
        return tags.Count > Transaction.TagsMax ? ([], Flaw.TooMany) : (tags, null);
    }

    // Of a tag of marks alone, folding leaves nothing.
    private static string Spelling(string tag) => ArabicText.Fold(tag) is { Length: > 0 } folded ? folded : tag;
}

/// <summary>How forms and the API say what is wrong with a value.</summary>
internal static class FlawWords
{
    /// <param name="most">The characters that the field takes.</param>
    /// <param name="unreadable">Text key for what cannot be understood.</param>
    public static void AddFlaw(
        this FieldErrors errors,
        string name,
        Flaw? flaw,
        int most = 0,
        string unreadable = "error.date"
    )
    {
        if (flaw is null)
            return;
        _ = flaw switch
        {
            Flaw.Missing => errors.Add(name, "error.required"),
            Flaw.ForbiddenCharacters => errors.Add(name, "error.forbidden_characters"),
            Flaw.TooLong => errors.Add(name, "error.too_long", most),
            Flaw.TooMany => errors.Add(name, "error.too_many", Transaction.TagsMax),
            Flaw.Negative => errors.Add(name, "error.amount_negative"),
            Flaw.TooLarge => errors.Add(name, "error.amount_too_large"),
            Flaw.CurrenciesDiffer => errors.Add(name, "error.currencies_differ"),
            _ => errors.Add(name, unreadable),
        };
    }
}
