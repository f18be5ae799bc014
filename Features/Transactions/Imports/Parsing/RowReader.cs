using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Turns the rows of one register into drafts of transactions.</summary>
public sealed class RowReader(RegisterFile file, RegisterNames names)
{
    private const int QuotedLength = 100;
    private const int FirstDateSerial = 15_000;
    private const int LastDateSerial = 110_000;

    private static readonly char[] TagSeparators = [';', ',', '،', '؛', '|', '\n'];

    private readonly Dictionary<RegisterField, RegisterColumn> columns = file
        .Columns.Where(static column => column.Field is not null)
        .ToDictionary(static column => column.Field!.Value);

    /// <summary>Reads a row and reports all its faults together.</summary>
    public RowReading Read(RegisterRow row)
    {
        var cells = new Cells(row, columns);
        var (amount, currency) = Amount(cells);
        var client = Client(cells);

        var draft = new RowDraft
        {
            Row = row.Number,
            Reference = Text(cells, RegisterField.Reference, FieldRules.Reference),
            Title = Text(cells, RegisterField.Title, FieldRules.Title) ?? string.Empty,
            Client = client.Id,
            ClientName = client.Name,
            Type = Type(cells),
            Category = Named(cells, RegisterField.Category, names.Categories, FaultKind.UnknownCategory),
            Priority =
                Named(cells, RegisterField.Priority, RegisterNames.Priorities, FaultKind.UnknownPriority) ?? "normal",
            Status = Named(cells, RegisterField.Status, names.Statuses, FaultKind.UnknownStatus) ?? names.DefaultStatus,
            AmountMinor = amount,
            Currency = currency,
            DueDate = Date(cells, RegisterField.DueDate),
            Assignee = Assignee(cells),
            Description = Text(cells, RegisterField.Description, FieldRules.Description),
            Tags = Tags(cells),
            Project = Named(cells, RegisterField.Project, names.Projects, FaultKind.UnknownProject),
            Department = Named(cells, RegisterField.Department, names.Departments, FaultKind.UnknownDepartment),
            InternalNotes = Text(cells, RegisterField.InternalNotes, FieldRules.InternalNotes),
            CreatedDate = Date(cells, RegisterField.CreatedDate),
        };

        return cells.Faults.Count == 0
            ? new RowReading(draft, [])
            : new RowReading(Draft: null, [.. cells.Faults.OrderBy(static fault => fault.Field)]);
    }

    private (string? Id, string Name) Client(Cells cells)
    {
        var name = Text(cells, RegisterField.Client, FieldRules.ClientName) ?? string.Empty;
        var id = names.Clients.GetValueOrDefault(ArabicText.Fold(name));
        if (id is null && name.Length > 0 && !names.MayCreateClients)
            cells.Reject(RegisterField.Client, FaultKind.UnknownClient);
        return (id, name);
    }

    private string Type(Cells cells)
    {
        var type = Named(cells, RegisterField.Type, names.Types, FaultKind.UnknownType) ?? names.DefaultType;
        if (type is null && cells.Raw(RegisterField.Type).IsBlank)
            cells.Reject(RegisterField.Type, FaultKind.TypeMissing);
        return type ?? string.Empty;
    }

    private static (long? Minor, string? Currency) Amount(Cells cells)
    {
        var cell = cells.Raw(RegisterField.Amount);
        var (minor, named, flaw) = cell.Number is { } number ? OfNumber(number) : FieldRules.Amount(cell.Text);
        cells.Reject(RegisterField.Amount, flaw);
        var (code, flawOfCurrency) = FieldRules.Currency(cells.Raw(RegisterField.Currency).Text, named);
        cells.Reject(RegisterField.Currency, flawOfCurrency);
        return (minor, minor is null ? null : code);
    }

    private static (long? Minor, string? Currency, Flaw? Flaw) OfNumber(decimal number) =>
        Amounts.TryFromDecimal(number, out var minor)
            ? (minor, null, FieldRules.AmountFlaw(minor))
            : (null, null, Flaw.Unreadable);

    private static DateOnly? Date(Cells cells, RegisterField field)
    {
        var cell = cells.Raw(field);
        // A date that has lost its format is stored in its cell as the day number that spreadsheets use.
        if (cell.Number is >= FirstDateSerial and <= LastDateSerial)
            cell = SheetCells.DateSerial((double)cell.Number, since1904: false);

        var (date, flaw) = cell.Date is { } stored ? (stored, FieldRules.DateFlaw(stored)) : FieldRules.Date(cell.Text);
        cells.Reject(field, flaw);
        return date;
    }

    private string? Assignee(Cells cells)
    {
        if (cells.Text(RegisterField.Assignee) is not { } text)
            return null;

        // Address books write "Sara Al Harbi <sara@…>".
        var open = text.LastIndexOf('<');
        var address = open >= 0 && text.EndsWith('>') ? text[(open + 1)..^1] : text;
        var id = names.Assignees.GetValueOrDefault(ArabicText.Fold(address));
        if (id is null)
            cells.Reject(RegisterField.Assignee, FaultKind.UnknownAssignee);
        return id;
    }

    private static IReadOnlyList<string> Tags(Cells cells)
    {
        if (cells.Text(RegisterField.Tags) is not { } text)
            return [];

        var (tags, flaw) = FieldRules.Tags(text.Split(TagSeparators));
        cells.Reject(RegisterField.Tags, flaw);
        return tags;
    }

    private static string? Named(
        Cells cells,
        RegisterField field,
        IReadOnlyDictionary<string, string> known,
        FaultKind unknown
    )
    {
        if (cells.Text(field) is not { } text)
            return null;

        var key = known.GetValueOrDefault(ArabicText.Fold(text));
        if (key is null)
            cells.Reject(field, unknown);
        return key;
    }

    private static string? Text(Cells cells, RegisterField field, TextRule rule)
    {
        var (text, flaw) = rule.Read(cells.Raw(field).Text);
        cells.Reject(field, flaw);
        return text;
    }

    private static FaultKind FaultOf(RegisterField field, Flaw flaw) =>
        (field, flaw) switch
        {
            (_, Flaw.ForbiddenCharacters) => FaultKind.ForbiddenCharacters,
            (RegisterField.Title, Flaw.Missing) => FaultKind.TitleMissing,
            (RegisterField.Title, _) => FaultKind.TitleTooLong,
            (RegisterField.Client, Flaw.Missing) => FaultKind.ClientMissing,
            (RegisterField.Client, _) => FaultKind.ClientTooLong,
            (RegisterField.Reference, _) => FaultKind.ReferenceTooLong,
            (RegisterField.Description, _) => FaultKind.DescriptionTooLong,
            (RegisterField.InternalNotes, _) => FaultKind.InternalNotesTooLong,
            (RegisterField.Tags, Flaw.TooMany) => FaultKind.TooManyTags,
            (RegisterField.Tags, _) => FaultKind.TagTooLong,
            (RegisterField.Amount, Flaw.Negative) => FaultKind.AmountNegative,
            (RegisterField.Amount, Flaw.TooLarge) => FaultKind.AmountTooLarge,
            (RegisterField.Amount, _) => FaultKind.AmountNotANumber,
            (RegisterField.Currency, Flaw.CurrenciesDiffer) => FaultKind.CurrenciesDiffer,
            (RegisterField.Currency, _) => FaultKind.UnknownCurrency,
            _ => FaultKind.DateImpossible,
        };

    /// <summary>The cells of one row by field, and the faults found in them.</summary>
    private sealed class Cells(RegisterRow row, Dictionary<RegisterField, RegisterColumn> columns)
    {
        public List<CellFault> Faults { get; } = [];

        public RegisterCell Raw(RegisterField field) =>
            columns.TryGetValue(field, out var column) ? row.Cell(column.Index) : RegisterCell.Empty;

        /// <summary>The text of a cell; null when it is blank, or rejected for what no field may hold.</summary>
        public string? Text(RegisterField field)
        {
            var cell = Raw(field);
            if (!PlainText.HasForbidden(cell.Text))
                return PlainText.Trimmed(cell.Text);

            Reject(field, FaultKind.ForbiddenCharacters);
            return null;
        }

        public void Reject(RegisterField field, Flaw? flaw)
        {
            if (flaw is { } found)
                Reject(field, FaultOf(field, found));
        }

        public void Reject(RegisterField field, FaultKind kind)
        {
            if (Faults.Exists(fault => fault.Field == field))
                return;

            var value = Raw(field).Text.Trim();
            if (value.Length > QuotedLength)
                value =
                    value[..(char.IsHighSurrogate(value[QuotedLength - 1]) ? QuotedLength - 1 : QuotedLength)] + "…";
            Faults.Add(
                new CellFault(
                    field,
                    columns.TryGetValue(field, out var column) ? column.Heading : string.Empty,
                    value,
                    kind
                )
            );
        }
    }
}
