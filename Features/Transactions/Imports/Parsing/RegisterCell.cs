namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>A cell: its text as a person reads it, and the date or number that a spreadsheet keeps behind it.</summary>
public readonly record struct RegisterCell(string Text, DateOnly? Date = null, decimal? Number = null)
{
    public static RegisterCell Empty { get; } = new(string.Empty);

    public bool IsBlank => string.IsNullOrWhiteSpace(Text);
}
