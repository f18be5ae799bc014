using System.Globalization;
using System.Text;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Reads the workbooks of Excel 97 to 2003.</summary>
internal static class XlsSheets
{
    /// <summary>The name of the part in which newer workbooks hide behind a password, as a compound file's directory spells it.</summary>
    private static readonly byte[] EncryptedPackage = Encoding.Unicode.GetBytes("EncryptedPackage");

    public static IEnumerable<Sheet> Read(byte[] bytes)
    {
        if (bytes.AsSpan().IndexOf(EncryptedPackage) >= 0) throw new RegisterFaultException(RegisterFault.Encrypted);

        return Sheets(bytes, hidden: false).Concat(Sheets(bytes, hidden: true));
    }

    private static IEnumerable<Sheet> Sheets(byte[] bytes, bool hidden)
    {
        using var reader = Open(bytes);
        do
        {
            var isHidden = !string.Equals(reader.VisibleState, "visible", StringComparison.OrdinalIgnoreCase);
            if (isHidden == hidden) yield return new Sheet(reader.Name, Rows(reader));
        }
        while (reader.NextResult());
    }

    private static IExcelDataReader Open(byte[] bytes)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        try
        {
            return ExcelReaderFactory.CreateBinaryReader(
                new MemoryStream(bytes, writable: false),
                new ExcelReaderConfiguration { FallbackEncoding = Encoding.GetEncoding(1256) });
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
            yield return new RegisterRow(number, [.. Enumerable.Range(0, width).Select(column => Cell(reader, column))]);
        }
    }

    private static RegisterCell Cell(IExcelDataReader reader, int column) => reader.GetValue(column) switch
    {
        null => RegisterCell.Empty,
        string text => SheetCells.Text(text),
        double number => SheetCells.Number(number),
        int number => SheetCells.Number(number),
        DateTime date => SheetCells.Date(date),
        bool truth => new RegisterCell(truth ? "TRUE" : "FALSE"),
        var other => SheetCells.Text(Convert.ToString(other, CultureInfo.InvariantCulture) ?? string.Empty),
    };
}
