using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MdcTts.Features.Transactions.Listing;

/// <summary>Where a walk over everything goes on: opaque to scripts, an id inside.</summary>
public static class Cursor
{
    private const int MaxLength = 40;

    public static string Write(int id) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes("t" + id.ToString(CultureInfo.InvariantCulture)));

    /// <summary>An absent or empty one starts at the beginning; false for one we did not write.</summary>
    public static bool TryRead(string? cursor, out int id)
    {
        id = 0;
        if (string.IsNullOrEmpty(cursor))
            return true;
        if (cursor.Length > MaxLength || !Base64Url.IsValid(cursor))
            return false;
        var text = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor));
        return text.Length > 1
            && text[0] == 't'
            && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out id);
    }
}
