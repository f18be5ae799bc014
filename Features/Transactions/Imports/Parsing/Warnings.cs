using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// What a register says otherwise than by cells that were typed: nothing of it is wrong, and none of it goes unsaid.
/// </summary>
internal static class Warnings
{
    private const int ValueLength = 60;

    /// <summary>One for each kind, with the first place where it occurs.</summary>
    public static IReadOnlyList<ImportWarning> Of(RegisterFile file)
    {
        var found = new Dictionary<WarningKind, ImportWarning>();
        if (file.HasMacros)
            Add(WarningKind.MacrosIgnored, 0, string.Empty, string.Empty);
        foreach (var row in file.Rows)
        {
            if (row.IsHidden)
                Add(WarningKind.HiddenRows, row.Number, string.Empty, string.Empty);
            foreach (var column in file.Columns)
            {
                var cell = row.Cell(column.Index);
                if (cell.Sources.HasFlag(CellSources.Placeholder))
                    Add(WarningKind.Placeholders, row.Number, column.Heading, cell.Text);
                else if (column.Field is { } field && !cell.IsBlank)
                    Look(row, column, field, cell);
            }

            for (var at = file.Columns.Count; at < row.Cells.Count && file.Format != RegisterFormat.Csv; at++)
            {
                if (!row.Cells[at].IsBlank)
                    Add(WarningKind.BesideColumns, row.Number, string.Empty, row.Cells[at].Text);
            }
        }

        return [.. found.OrderBy(static each => each.Key).Select(static each => each.Value)];

        void Look(RegisterRow row, RegisterColumn column, RegisterField field, RegisterCell cell)
        {
            if (cell.Sources.HasFlag(CellSources.Merged))
                Add(WarningKind.MergedCells, row.Number, column.Heading, cell.Text);
            if (cell.Sources.HasFlag(CellSources.Formula))
                Add(WarningKind.Formulas, row.Number, column.Heading, cell.Text);
            var isShown = field == RegisterField.Amount ? cell.Currency is not null : cell.Currency is null;
            if (cell.Sources.HasFlag(CellSources.Format) && isShown)
                Add(WarningKind.Formats, row.Number, column.Heading, cell.Text + " " + cell.Currency);
            if (field == RegisterField.Reference && cell.Date is not null)
                Add(WarningKind.DateAsReference, row.Number, column.Heading, cell.Text);
            if (field == RegisterField.Number && !TransactionNumber.IsOurs(cell.Text.Trim()))
                Add(WarningKind.ForeignNumbers, row.Number, column.Heading, cell.Text);
            if (cell.Text.Contains('\uFFFD', StringComparison.Ordinal))
                Add(WarningKind.LostCharacters, row.Number, column.Heading, cell.Text);
        }

        void Add(WarningKind kind, int row, string column, string value) =>
            found[kind] = found.TryGetValue(kind, out var known)
                ? known with
                {
                    Count = known.Count + 1,
                }
                : new(Keys.Of(kind), 1, row, column, PlainText.Shortened(value.Trim(), ValueLength));
    }

    private enum WarningKind
    {
        LostCharacters,
        MergedCells,
        Formulas,
        Formats,
        DateAsReference,
        ForeignNumbers,
        Placeholders,
        HiddenRows,
        BesideColumns,
        MacrosIgnored,
    }
}
