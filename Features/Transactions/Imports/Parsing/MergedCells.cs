namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>A cell that covers those below it, from its first to its last row; columns count from 0.</summary>
internal readonly record struct MergedDown(int Column, int First, int Last);

/// <summary>
/// Gives what a merged cell shows to every row that it covers. Rows come in their order.
/// </summary>
internal sealed class MergedCells(List<MergedDown> merges)
{
    private readonly List<(MergedDown Merge, RegisterCell Cell)> open = [];
    private int next;

    public RegisterRow Into(RegisterRow row)
    {
        if (merges.Count == 0)
            return row;

        open.RemoveAll(each => each.Merge.Last < row.Number);
        for (; next < merges.Count && merges[next].First <= row.Number; next++)
        {
            var cell = merges[next].First == row.Number ? row.Cell(merges[next].Column) : RegisterCell.Empty;
            if (!cell.IsBlank && merges[next].Column <= RegisterFile.MaxColumns)
                open.Add((merges[next], cell with { Sources = cell.Sources | CellSources.Merged }));
        }

        List<RegisterCell>? filled = null;
        foreach (var (merge, cell) in open)
        {
            if (merge.First == row.Number || !row.Cell(merge.Column).IsBlank)
                continue;
            filled ??= [.. row.Cells];
            while (filled.Count <= merge.Column)
                filled.Add(RegisterCell.Empty);
            filled[merge.Column] = cell;
        }

        return filled is null ? row : row with { Cells = filled };
    }
}
