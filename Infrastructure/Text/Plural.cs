namespace MdcTts.Infrastructure.Text;

/// <summary>Which form of a counted word to use, by the CLDR rules of English and Arabic for whole numbers.</summary>
public static class Plural
{
    /// <summary>
    /// <c>zero</c>, <c>one</c>, <c>two</c>, <c>few</c>, <c>many</c> or <c>other</c>; English knows only <c>one</c> and
    /// <c>other</c>.
    /// </summary>
    public static string Category(int n, string language)
    {
        var count = Math.Abs((long)n);
        if (!string.Equals(language, "ar", StringComparison.Ordinal))
            return count == 1 ? "one" : "other";

        return (count, count % 100) switch
        {
            (0, _) => "zero",
            (1, _) => "one",
            (2, _) => "two",
            (_, >= 3 and <= 10) => "few",
            (_, >= 11) => "many",
            _ => "other",
        };
    }
}
