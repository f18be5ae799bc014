namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Why a whole file cannot be read as a register.</summary>
public enum RegisterFault
{
    /// <summary>Neither a workbook nor text in columns, or a broken one.</summary>
    UnreadableFile,

    /// <summary>The file has no bytes.</summary>
    EmptyFile,

    /// <summary>The file has more bytes, or its cells more text, than a register needs.</summary>
    TooLarge,

    /// <summary>A small file that unpacks to a huge one.</summary>
    Bomb,

    /// <summary>A workbook that asks for a password.</summary>
    Encrypted,

    /// <summary>No row of any sheet looks like the headings of a register.</summary>
    NoHeader,

    /// <summary>Headings, and nothing under them.</summary>
    NoRows,

    /// <summary>More data rows than <see cref="RegisterFile.MaxRows"/>.</summary>
    TooManyRows,

    /// <summary>More columns than <see cref="RegisterFile.MaxColumns"/>.</summary>
    TooManyColumns,

    /// <summary>A quotation mark in a text file that is never closed, and so swallows the rows after it.</summary>
    UnclosedQuote,
}
