namespace MdcTts.Infrastructure.Web;

/// <summary>Writes query strings.</summary>
public static class QueryText
{
    /// <summary>Names and values that are there, starting with <c>?</c>; empty when none is.</summary>
    public static string Of(params IEnumerable<(string Name, string? Value)> parts)
    {
        var text = string.Join(
            '&',
            parts.Where(p => !string.IsNullOrEmpty(p.Value)).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}")
        );
        return text.Length == 0 ? "" : "?" + text;
    }

    /// <summary>Yes or no, left out when it is not asked.</summary>
    public static string? Flag(bool? value) =>
        value switch
        {
            true => "true",
            false => "false",
            null => null,
        };

    /// <summary>A page's number, left out for the first.</summary>
    public static string? Page(int page) =>
        page > 1 ? page.ToString(System.Globalization.CultureInfo.InvariantCulture) : null;

    /// <summary>A page's size, left out for the default.</summary>
    public static string? Size(int size) =>
        size != Database.PageRequest.SizeDefault
            ? size.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : null;
}
