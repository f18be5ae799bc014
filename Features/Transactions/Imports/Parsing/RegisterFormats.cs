namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Tells the formats apart by their first bytes.</summary>
internal static class RegisterFormats
{
    private static ReadOnlySpan<byte> Zip => [0x50, 0x4B, 0x03, 0x04];

    private static ReadOnlySpan<byte> CompoundFile => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    public static RegisterFormat Detect(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Zip))
            return RegisterFormat.Xlsx;
        if (bytes.StartsWith(CompoundFile))
            return RegisterFormat.Xls;
        return IsJson(bytes) ? RegisterFormat.Json : RegisterFormat.Csv;
    }

    /// <summary>An array of objects, or an object; a heading in brackets is neither.</summary>
    private static bool IsJson(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Mark))
            bytes = bytes[Mark.Length..];
        bytes = bytes.TrimStart(" \t\r\n"u8);
        if (bytes.IsEmpty || bytes[0] is not ((byte)'[' or (byte)'{'))
            return false;
        var isArray = bytes[0] == '[';
        bytes = bytes[1..].TrimStart(" \t\r\n"u8);
        return !bytes.IsEmpty && bytes[0] == (isArray ? (byte)'{' : (byte)'"');
    }
}
