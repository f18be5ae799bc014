using System.Globalization;

namespace MdcTts.Features.Transactions.Live;

/// <summary>What a page of the register may want to hear of.</summary>
internal static class LiveTopics
{
    /// <summary>All transactions that the person sees.</summary>
    public const string List = "list";

    private const string Import = "import:";

    /// <summary>One transaction.</summary>
    public static string Of(string number) => $"transaction:{number}";

    /// <summary>One import; the caller has checked that the person may see it.</summary>
    public static string OfImport(int id) => Import + id.ToString(CultureInfo.InvariantCulture);

    /// <summary>The imports among topics.</summary>
    public static IEnumerable<int> ImportsIn(IEnumerable<string> topics) =>
        topics
            .Where(t => t.StartsWith(Import, StringComparison.Ordinal))
            .Select(t => int.Parse(t.AsSpan(Import.Length), NumberStyles.None, CultureInfo.InvariantCulture));
}
