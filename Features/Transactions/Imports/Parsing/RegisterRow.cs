namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// A row with the number that a spreadsheet shows beside it, and all of its cells in the file's order.
/// </summary>
public sealed record RegisterRow(int Number, IReadOnlyList<RegisterCell> Cells)
{
    public bool IsBlank => Cells.All(static cell => cell.IsBlank);

    /// <summary>The cell of a column; empty beyond the row's end.</summary>
    public RegisterCell Cell(int column) => column < Cells.Count ? Cells[column] : RegisterCell.Empty;
}
