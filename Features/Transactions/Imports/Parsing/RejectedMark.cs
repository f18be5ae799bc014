using System.Globalization;
using System.Xml;
using MdcTts.Infrastructure.Exports;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// What a workbook of rejected rows says of the import that it comes from. Programs keep it while somebody edits the
/// workbook; a text file has none.
/// </summary>
internal static class RejectedMark
{
    public const string Property = "MDC import";

    private const int MaxLength = 40;

    /// <summary>The id alone could be that of another installation's import.</summary>
    public static string Of(int importId, DateTime createdAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{importId}-{createdAt:yyyyMMddHHmmss}");

    /// <summary>The id in a mark; null when it is none.</summary>
    public static int? IdIn(string mark) =>
        int.TryParse(mark.Split('-')[0], CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The mark of a file; null without one, and for whatever is no workbook.</summary>
    public static string? Find(byte[] file)
    {
        try
        {
            if (RegisterFormats.Detect(file) != RegisterFormat.Xlsx)
                return null;
            using var xml = new XlsxParts(file).Open(XlsxExport.PropertiesPart);
            var isOurs = false;
            while (xml is not null && XlsxParts.Next(xml))
            {
                if (xml is { NodeType: XmlNodeType.Element, LocalName: "property" })
                    isOurs = xml.GetAttribute("name") == Property;
                else if (isOurs && xml.NodeType == XmlNodeType.Text && xml.Value.Trim() is { Length: > 0 } mark)
                    return mark.Length <= MaxLength ? mark : null;
            }

            return null;
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            // Reading the register says what is wrong with the file.
            return null;
        }
    }
}
