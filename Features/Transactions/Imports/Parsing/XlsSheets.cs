using System.Globalization;
using System.Text;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Reads the workbooks of Excel 97 to 2003.</summary>
/// <remarks>
/// The library gets the workbook's records alone, and looked through: given a whole damaged file it allocates gigabytes
/// or never ends.
/// </remarks>
internal static class XlsSheets
{
    private const int MaxSheets = 100;

    public static IEnumerable<Sheet> Read(byte[] bytes)
    {
        var file = new CompoundFile(bytes);
        if (file.Has("EncryptedPackage"))
            throw new RegisterFaultException(RegisterFault.Encrypted);

        var workbook =
            file.Part("Workbook")
            ?? file.Part("Book")
            ?? throw new RegisterFaultException(RegisterFault.UnreadableFile);
        var found = XlsRecords.Check(workbook);
        return Sheets(workbook, found).OrderBy(static sheet => sheet.IsHidden);
    }

    private static List<Sheet> Sheets(byte[] workbook, XlsRecords.Findings found)
    {
        using var reader = Open(workbook);
        var sheets = new List<Sheet>();
        do
        {
            var isHidden = !string.Equals(reader.VisibleState, "visible", StringComparison.OrdinalIgnoreCase);
            sheets.Add(new Sheet(reader.Name, Rows(workbook, sheets.Count, found)) { IsHidden = isHidden });
        } while (reader.NextResult() && sheets.Count < MaxSheets);
        return sheets;
    }

    private static IExcelDataReader Open(byte[] workbook)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        try
        {
            return ExcelReaderFactory.CreateBinaryReader(
                new LimitedStream(workbook),
                new ExcelReaderConfiguration { FallbackEncoding = Encoding.GetEncoding(1256) }
            );
        }
        catch (InvalidPasswordException)
        {
            throw new RegisterFaultException(RegisterFault.Encrypted);
        }
    }

    private static IEnumerable<RegisterRow> Rows(byte[] workbook, int sheet, XlsRecords.Findings found)
    {
        // A reader goes forward only; a sheet is looked at before it is read.
        using var reader = Open(workbook);
        for (var i = 0; i < sheet; i++)
            reader.NextResult();
        var width = Math.Min(reader.FieldCount, RegisterFile.MaxColumns + 1);
        var formats = new Dictionary<string, CellFormat>(StringComparer.Ordinal);
        var fill = new MergedCells([
            .. (reader.MergeCells ?? [])
                .Where(static merge => merge.ToRow > merge.FromRow)
                .Select(static merge => new MergedDown(merge.FromColumn, merge.FromRow + 1, merge.ToRow + 1))
                .OrderBy(static merge => merge.First),
        ]);
        for (var number = 1; reader.Read(); number++)
        {
            // One cell at the bottom of a sheet brings 65 535 blank rows above it.
            if (Enumerable.Range(0, width).All(column => reader.IsDBNull(column) && Error(column, number) is null))
                continue;
            yield return fill.Into(
                new RegisterRow(
                    number,
                    [
                        .. Enumerable
                            .Range(0, width)
                            .Select(column => Cell(reader, column, formats, Error(column, number), found.Since1904)),
                    ]
                )
            );
        }

        byte? Error(int column, int number) =>
            found.Errors.TryGetValue((sheet, number - 1, column), out var code) ? code : null;
    }

    private static RegisterCell Cell(
        IExcelDataReader reader,
        int column,
        Dictionary<string, CellFormat> formats,
        byte? error,
        bool since1904
    )
    {
        if (error is { } code)
            return SheetCells.Error(Shown(code));
        return reader.GetValue(column) switch
        {
            null => RegisterCell.Empty,
            string text => SheetCells.Text(text),
            double number => Number(number),
            int number => Number(number),
            DateTime { Year: < 1900 } time => SheetCells.Time(time.TimeOfDay),
            DateTime date => SheetCells.Date(date),
            bool truth => new RegisterCell(truth ? "TRUE" : "FALSE"),
            var other => SheetCells.Text(Convert.ToString(other, CultureInfo.InvariantCulture) ?? string.Empty),
        };

        RegisterCell Number(double number) =>
            SheetCells.Number(number, Format(reader.GetNumberFormatString(column))) with
            {
                Since1904 = since1904,
            };

        CellFormat Format(string? code)
        {
            if (string.IsNullOrEmpty(code))
                return CellFormat.General;
            if (!formats.TryGetValue(code, out var format))
                formats[code] = format = CellFormat.Of(code);
            return format;
        }
    }

    private static string Shown(byte code) =>
        code switch
        {
            0x00 => "#NULL!",
            0x07 => "#DIV/0!",
            0x0F => "#VALUE!",
            0x17 => "#REF!",
            0x1D => "#NAME?",
            0x24 => "#NUM!",
            _ => "#N/A",
        };

    /// <summary>Ends what a damaged file can make of its reader: walking in circles through the same sectors.</summary>
    private sealed class LimitedStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        private const int MaxReads = 2_000_000;

        private readonly long most = 50L * RegisterFile.MaxBytes;
        private long read;
        private int reads;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var got = base.Read(buffer, offset, count);
            read += got;
            return ++reads > MaxReads || read > most
                ? throw new RegisterFaultException(RegisterFault.UnreadableFile)
                : got;
        }
    }
}
