using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>The rows of a file, each read with the names of today: a draft, or what is wrong with it.</summary>
internal sealed class CheckedRows(
    RegisterFile file,
    ImportNames names,
    IReadOnlyDictionary<int, Dictionary<RegisterField, string>> corrections
)
{
    public const int PreviewLines = 10;

    public RegisterFile File => file;

    public ImportNames Names => names;

    /// <summary>The rows with the corrections that people made here.</summary>
    public IReadOnlyList<RegisterRow> All { get; } =
        corrections.Count == 0
            ? file.Rows
            :
            [
                .. file.Rows.Select(row =>
                    corrections.TryGetValue(row.Number, out var cells) ? Corrected(file, row, cells) : row
                ),
            ];

    private readonly RowReader _reader = new(file, names.Names);

    public RowReading Read(RegisterRow row)
    {
        var reading = _reader.Read(row);
        if (reading.Draft is not { } draft || !names.IsProjectOfAnother(draft))
            return reading;
        var column = file.Column(RegisterField.Project)!;
        return new(
            Draft: null,
            [
                new CellFault(
                    RegisterField.Project,
                    column.Heading,
                    row.Cell(column.Index).Text.Trim(),
                    FaultKind.ProjectOfAnotherClient
                ),
            ]
        );
    }

    private static RegisterRow Corrected(RegisterFile file, RegisterRow row, Dictionary<RegisterField, string> texts)
    {
        var cells = row.Cells.ToList();
        foreach (var (field, text) in texts)
        {
            if (file.Column(field) is not { } column)
                continue;
            while (cells.Count <= column.Index)
                cells.Add(RegisterCell.Empty);
            cells[column.Index] = new(text);
        }

        return row with
        {
            Cells = cells,
        };
    }

    public static ImportReject Reject(int importId, RegisterRow row, IReadOnlyList<CellFault> faults) =>
        new()
        {
            ImportRunId = importId,
            Row = row.Number,
            Faults = FaultsOf(faults),
            Cells = ImportJson.Write(Stored(row)),
        };

    public static string FaultsOf(IReadOnlyList<CellFault> faults) =>
        ImportJson.Write(faults.Select(f => new ImportFault(Storable(f.Column), Storable(f.Value), Keys.Of(f.Kind))));

    public ImportPreview Preview() =>
        new(
            [.. file.Columns.Select(c => new ImportColumn(Storable(c.Heading), c.Field, c.Reason))],
            [
                .. file
                    .Rows.Take(PreviewLines)
                    .Select(row => new ImportLine(
                        row.Number,
                        [.. Stored(row).Select(text => text.Length <= 200 ? text : Storable(text[..200] + "…"))]
                    )),
            ]
        )
        {
            Sheets = file.Sheet is null ? [] : file.Sheets,
            Warnings =
            [
                .. Warnings.Of(file).Select(w => w with { Column = Storable(w.Column), Value = Storable(w.Value) }),
            ],
        };

    private static IEnumerable<string> Stored(RegisterRow row) => row.Cells.Select(cell => Storable(cell.Text));

    // What is wrong with a cell may be a character that no database keeps.
    public static string Storable(string text) =>
        PlainText.HasForbidden(text)
            ? string.Concat(text.EnumerateRunes().Where(rune => !PlainText.HasForbidden(rune.ToString())))
            : text;
}
