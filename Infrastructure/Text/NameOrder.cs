using System.Globalization;

namespace MdcTts.Infrastructure.Text;

/// <summary>What has a name in one or two languages and stands in lists by it.</summary>
public interface IInNameOrder
{
    int Id { get; }

    /// <summary>The name for readers of English, as <see cref="NameOrder.Key"/> folds it.</summary>
    string OrderEn { get; }

    /// <summary>The name for readers of Arabic, folded in the same way.</summary>
    string OrderAr { get; }
}

/// <summary>The order of names in the language of the page, as the database can keep it in an index.</summary>
public static class NameOrder
{
    /// <summary>Characters of a key; names that are alike so far stand in the order of their ids.</summary>
    public const int KeyMaxLength = 100;

    /// <summary>
    /// The name as it is sorted, sign by sign: without case, accents and the different forms of one Arabic letter.
    /// </summary>
    public static string Key(string? name, string? otherwise)
    {
        var folded = ArabicText.Fold(string.IsNullOrEmpty(name) ? otherwise : name);
        if (folded.Length <= KeyMaxLength)
            return folded;
        return folded[..(char.IsHighSurrogate(folded[KeyMaxLength - 1]) ? KeyMaxLength - 1 : KeyMaxLength)];
    }

    public static bool IsArabic => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ar";

    public static IOrderedQueryable<T> ByName<T>(this IQueryable<T> rows)
        where T : class, IInNameOrder =>
        (IsArabic ? rows.OrderBy(r => r.OrderAr) : rows.OrderBy(r => r.OrderEn)).ThenBy(r => r.Id);
}
