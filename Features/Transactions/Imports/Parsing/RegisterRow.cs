namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>All cells of a row in the file's order.</summary>
/// <param name="Number">
/// Grows through all sheets that are read; <see cref="NumberIn"/> is what a spreadsheet shows beside the row.
/// </param>
/// <param name="Cells">From the first column on.</param>
public sealed record RegisterRow(int Number, IReadOnlyList<RegisterCell> Cells)
{
    /// <summary>The numbers of two sheets lie this far apart: more rows than a sheet can have.</summary>
    public const int SheetSpan = 2_000_000;

    /// <summary>A filter or a person has hidden it.</summary>
    public bool IsHidden { get; init; }

    public bool IsBlank => Cells.All(static cell => cell.IsBlank || cell.Sources.HasFlag(CellSources.Merged));

    /// <summary>The cell of a column; empty beyond the row's end.</summary>
    public RegisterCell Cell(int column) => column < Cells.Count ? Cells[column] : RegisterCell.Empty;

    /// <summary>The number that a spreadsheet shows beside a row.</summary>
    public static int NumberIn(int number) => number % SheetSpan;

    /// <summary>The place of the row's sheet among all of the file.</summary>
    public static int SheetOf(int number) => number / SheetSpan;
}
