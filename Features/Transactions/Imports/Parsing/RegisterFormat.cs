namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>The kinds of file that a register comes in.</summary>
public enum RegisterFormat
{
    Csv,
    Xlsx,
    Xls,
    Ods,

    /// <summary>What the API and our own export answer.</summary>
    Json,
}
