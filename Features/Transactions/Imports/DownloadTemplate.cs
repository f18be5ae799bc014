using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Exports;
using MdcTts.Infrastructure.Ui;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>An empty register with headings that the import knows, in the reader's language.</summary>
public static class DownloadTemplate
{
    private const int ColumnWidth = 20;

    public static void Map(RouteGroupBuilder pages) => pages.MapGet("/template.xlsx", Download);

    public static async Task<Stream> Handle(CancellationToken stop)
    {
        var words = Words.T;
        var columns = Enum.GetValues<RegisterField>()
            // A new transaction has no number of ours.
            .Where(f => f != RegisterField.Number)
            .Select(f => new ExportColumn<object>(words[ShowImport.FieldKey(f)], ColumnWidth, _ => default))
            .ToList();
        var workbook = new MemoryStream();
        await XlsxExport.Write(
            workbook,
            words["transactions.title"],
            words.IsArabic,
            columns,
            AsyncEnumerable.Empty<object>(),
            stop
        );
        workbook.Position = 0;
        return workbook;
    }

    private static async Task<FileStreamHttpResult> Download(CancellationToken stop) =>
        TypedResults.Stream(await Handle(stop), DownloadRejected.Xlsx, "register.xlsx");
}
