using System.Buffers;

namespace MdcTts.Infrastructure.Exports;

/// <summary>
/// An apostrophe before a text that a spreadsheet would compute. A text that begins with apostrophes of its own before
/// such a sign gets one more, so that exactly the guard can be taken away again.
/// </summary>
public static class CsvGuard
{
    /// <summary>
    /// Signs that make a spreadsheet compute the cell that begins with one, also in their wide forms, which CsvHelper's
    /// own protection does not know.
    /// </summary>
    private static readonly SearchValues<char> Computed = SearchValues.Create("=+-@\t\r\n＝＋－＠−");

    public static string Guarded(string text) => IsComputed(text) ? "'" + text : text;

    /// <summary>The text that was guarded; any other as it is.</summary>
    public static string Undone(string text) => text.StartsWith('\'') && IsComputed(text) ? text[1..] : text;

    private static bool IsComputed(string text)
    {
        var bare = text.AsSpan().TrimStart('\'');
        return bare.Length > 0 && Computed.Contains(bare[0]);
    }
}
