using System.Globalization;
using System.Text;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Reads the workbooks of Excel 97 to 2003.</summary>
/// <remarks>
/// The library gets the workbook's records alone, and looked through: given a whole damaged file it allocates gigabytes
/// or never ends.
/// It gives cells that show an error (#REF!) as empty ones.
/// </remarks>
internal static class XlsSheets
{
    public static IEnumerable<Sheet> Read(byte[] bytes)
    {
        var file = new CompoundFile(bytes);
        if (file.Has("EncryptedPackage"))
            throw new RegisterFaultException(RegisterFault.Encrypted);

        var workbook =
            file.Part("Workbook")
            ?? file.Part("Book")
            ?? throw new RegisterFaultException(RegisterFault.UnreadableFile);
        XlsRecords.Check(workbook);
        return Sheets(workbook, hidden: false).Concat(Sheets(workbook, hidden: true));
    }

    private static IEnumerable<Sheet> Sheets(byte[] workbook, bool hidden)
    {
        using var reader = Open(workbook);
        do
        {
            var isHidden = !string.Equals(reader.VisibleState, "visible", StringComparison.OrdinalIgnoreCase);
            if (isHidden == hidden)
                yield return new Sheet(reader.Name, Rows(reader));
        } while (reader.NextResult());
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

    private static IEnumerable<RegisterRow> Rows(IExcelDataReader reader)
    {
        var width = Math.Min(reader.FieldCount, RegisterFile.MaxColumns + 1);
        for (var number = 1; reader.Read(); number++)
        {
            // One cell at the bottom of a sheet brings 65 535 blank rows above it.
            if (Enumerable.Range(0, width).All(reader.IsDBNull))
                continue;
            yield return new RegisterRow(
                number,
                [.. Enumerable.Range(0, width).Select(column => Cell(reader, column))]
            );
        }
    }

    private static RegisterCell Cell(IExcelDataReader reader, int column) =>
        reader.GetValue(column) switch
        {
            null => RegisterCell.Empty,
            string text => SheetCells.Text(text),
            double number => SheetCells.Number(number),
            int number => SheetCells.Number(number),
            DateTime date => SheetCells.Date(date),
            bool truth => new RegisterCell(truth ? "TRUE" : "FALSE"),
            var other => SheetCells.Text(Convert.ToString(other, CultureInfo.InvariantCulture) ?? string.Empty),
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
