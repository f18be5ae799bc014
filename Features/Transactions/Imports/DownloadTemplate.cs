using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Ui;
using Microsoft.AspNetCore.Http.HttpResults;
using MiniExcelLibs;
using MiniExcelLibs.OpenXml;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>An empty register with headings that the import knows, in the reader's language.</summary>
public static class DownloadTemplate
{
    public static void Map(RouteGroupBuilder pages) => pages.MapGet("/template.xlsx", Download);

    public static Stream Handle()
    {
        var words = Words.T;
        var headings = Enum.GetValues<RegisterField>()
            .Where(f => f != RegisterField.CreatedDate)
            .ToDictionary(f => f.ToString(), f => (object)words[ShowImport.FieldKey(f)], StringComparer.Ordinal);
        var workbook = new MemoryStream();
        workbook.SaveAs(
            new[] { headings },
            printHeader: false,
            sheetName: words["transactions.title"],
            configuration: new OpenXmlConfiguration
            {
                RightToLeft = words.IsArabic,
                AutoFilter = false,
                TableStyles = TableStyles.None,
            }
        );
        workbook.Position = 0;
        return workbook;
    }

    private static FileStreamHttpResult Download() =>
        TypedResults.Stream(Handle(), DownloadRejected.Xlsx, "register.xlsx");
}
