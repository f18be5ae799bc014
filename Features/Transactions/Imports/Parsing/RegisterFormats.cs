namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Tells the formats apart by their first bytes.</summary>
internal static class RegisterFormats
{
    private static ReadOnlySpan<byte> Zip => [0x50, 0x4B, 0x03, 0x04];

    private static ReadOnlySpan<byte> CompoundFile => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

    public static RegisterFormat Detect(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Zip))
            return RegisterFormat.Xlsx;
        return bytes.StartsWith(CompoundFile) ? RegisterFormat.Xls : RegisterFormat.Csv;
    }
}
