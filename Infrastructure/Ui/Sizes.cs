using System.Globalization;

namespace MdcTts.Infrastructure.Ui;

/// <summary>Sizes of files as people read them.</summary>
public static class Sizes
{
    private const int Step = 1024;
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>Such as <c>12 B</c> or <c>4.2 MB</c>, the same in both languages.</summary>
    public static string Shown(long bytes)
    {
        var size = (double)bytes;
        var unit = 0;
        while (size >= Step && unit < Units.Length - 1)
        {
            size /= Step;
            unit++;
        }

        return size.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
