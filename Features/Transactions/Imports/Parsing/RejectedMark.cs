using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using MdcTts.Infrastructure.Exports;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// What a file of rejected rows says of the import that it comes from. It stands in the properties of the workbook, and
/// in the heading of the reasons, which stays when somebody saves the file in another format.
/// </summary>
internal static partial class RejectedMark
{
    public const string Property = "MDC import";

    private const int MaxLength = 40;

    /// <summary>The id alone could be that of another installation's import.</summary>
    public static string Of(int importId, DateTime createdAt) =>
        string.Create(CultureInfo.InvariantCulture, $"{importId}-{createdAt:yyyyMMddHHmmss}");

    /// <summary>The heading of the reasons: <c>Reason (import 12-20261129144037)</c>.</summary>
    public static string Heading(string mark, bool isArabic) =>
        isArabic ? $"سبب الرفض (استيراد {mark})" : $"Reason (import {mark})";

    /// <summary>The mark among headings. Rows that were rejected twice bring two; the later import counts.</summary>
    public static string? In(IEnumerable<string> headings) =>
        headings
            .Select(static heading => Marked().Match(heading))
            .Where(static match => match.Success)
            .Select(static match => match.Groups["mark"].Value)
            .LastOrDefault();

    [GeneratedRegex(
        @"\((?:import|استيراد) (?<mark>\d{1,9}-\d{14})\)\s*$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 2_000
    )]
    private static partial Regex Marked();

    /// <summary>The id in a mark; null when it is none.</summary>
    public static int? IdIn(string mark) =>
        int.TryParse(mark.Split('-')[0], CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The mark in the properties of a workbook; null without one, and for whatever is no workbook.</summary>
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
