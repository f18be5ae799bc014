namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>One sheet of a file, read while it is walked through.</summary>
internal sealed record Sheet(string? Name, IEnumerable<RegisterRow> Rows)
{
    public bool IsHidden { get; init; }

    /// <summary>The workbook brings programs, which are never looked at.</summary>
    public bool HasMacros { get; init; }
}
