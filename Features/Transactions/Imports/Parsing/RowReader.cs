using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Turns the rows of one register into drafts of transactions.</summary>
public sealed class RowReader(RegisterFile file, RegisterNames names)
{
    public const int TitleMaxLength = Transaction.TitleMaxLength;
    public const int ReferenceMaxLength = Transaction.ReferenceMaxLength;
    public const int ClientMaxLength = Clients.Client.NameMaxLength;
    public const int TextMaxLength = Transaction.DescriptionMaxLength;
    public const int MaxTags = Transaction.TagsMost;
    public const int TagMaxLength = Transaction.TagMaxLength;

    private const int QuotedLength = 100;
    private const int FirstDateSerial = 15_000;
    private const int LastDateSerial = 110_000;

    private static readonly char[] TagSeparators = [';', ',', '،', '؛', '|', '\n'];

    private readonly Dictionary<RegisterField, RegisterColumn> columns = file
        .Columns.Where(static column => column.Field is not null)
        .ToDictionary(static column => column.Field!.Value);

    /// <summary>Reads a row; every fault of it is told at once.</summary>
    public RowReading Read(RegisterRow row)
    {
        var cells = new Cells(row, columns);
        var (amount, currency) = Amount(cells);
        var client = Client(cells);

        var draft = new RowDraft
        {
            Row = row.Number,
            Reference = Line(cells, RegisterField.Reference, ReferenceMaxLength, FaultKind.ReferenceTooLong),
            Title = Required(
                cells,
                RegisterField.Title,
                FaultKind.TitleMissing,
                TitleMaxLength,
                FaultKind.TitleTooLong
            ),
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
            Description = Text(cells, RegisterField.Description, FaultKind.DescriptionTooLong),
            Tags = Tags(cells),
            Project = Named(cells, RegisterField.Project, names.Projects, FaultKind.UnknownProject),
            Department = Named(cells, RegisterField.Department, names.Departments, FaultKind.UnknownDepartment),
            InternalNotes = Text(cells, RegisterField.InternalNotes, FaultKind.InternalNotesTooLong),
            CreatedDate = Date(cells, RegisterField.CreatedDate),
        };

        return cells.Faults.Count == 0
            ? new RowReading(draft, [])
            : new RowReading(Draft: null, [.. cells.Faults.OrderBy(static fault => fault.Field)]);
    }

    private (string? Id, string Name) Client(Cells cells)
    {
        var name = Required(
            cells,
            RegisterField.Client,
            FaultKind.ClientMissing,
            ClientMaxLength,
            FaultKind.ClientTooLong
        );
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
        if (cells.Text(RegisterField.Amount) is not { } text)
            return (null, null);

        string? currency = null;
        var isRead = cell.Number is { } number
            ? Amounts.TryFromDecimal(number, out var minor)
            : Amounts.TryParse(text, out minor, out currency);
        if (!isRead)
            cells.Reject(RegisterField.Amount, FaultKind.AmountNotANumber);
        else if (minor < 0)
            cells.Reject(RegisterField.Amount, FaultKind.AmountNegative);
        else if (minor > Transaction.AmountMax)
            cells.Reject(RegisterField.Amount, FaultKind.AmountTooLarge);

        if (cells.Text(RegisterField.Currency) is not { } named)
            return (minor, currency);

        var code = Amounts.CurrencyCode(named);
        if (code is null)
            cells.Reject(RegisterField.Currency, FaultKind.UnknownCurrency);
        else if (currency is not null && !string.Equals(code, currency, StringComparison.Ordinal))
            cells.Reject(RegisterField.Currency, FaultKind.CurrenciesDiffer);
        return (minor, code);
    }

    private static DateOnly? Date(Cells cells, RegisterField field)
    {
        var cell = cells.Raw(field);
        if (cells.Text(field) is not { } text)
            return null;

        // A date whose format got lost stands in its cell as the number of days that spreadsheets count.
        if (cell.Number is >= FirstDateSerial and <= LastDateSerial)
            cell = SheetCells.DateSerial((double)cell.Number, since1904: false);

        var date = cell.Date is { } stored
            ? stored.Year is >= Dates.FirstYear and <= Dates.LastYear
                ? stored
                : (DateOnly?)null
            : Dates.TryParse(text, out var read)
                ? read
                : null;
        if (date is null)
            cells.Reject(field, FaultKind.DateImpossible);
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

    private static List<string> Tags(Cells cells)
    {
        if (cells.Text(RegisterField.Tags) is not { } text)
            return [];

        var tags = text.Split(TagSeparators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .DistinctBy(ArabicText.Fold, StringComparer.Ordinal)
            .ToList();
        if (tags.Exists(static tag => tag.Length > TagMaxLength))
            cells.Reject(RegisterField.Tags, FaultKind.TagTooLong);
        else if (tags.Count > MaxTags)
            cells.Reject(RegisterField.Tags, FaultKind.TooManyTags);
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

    private static string Required(Cells cells, RegisterField field, FaultKind missing, int most, FaultKind tooLong)
    {
        var isBlank = cells.Raw(field).IsBlank;
        if (isBlank)
            cells.Reject(field, missing);
        return Line(cells, field, most, tooLong) ?? string.Empty;
    }

    /// <summary>A text of one line: breaks that a cell was given to look well become spaces.</summary>
    private static string? Line(Cells cells, RegisterField field, int most, FaultKind tooLong)
    {
        if (cells.Text(field) is not { } text)
            return null;

        var line = text.Replace('\n', ' ').Replace('\t', ' ');
        if (line.Length > most)
            cells.Reject(field, tooLong);
        return line;
    }

    private static string? Text(Cells cells, RegisterField field, FaultKind tooLong)
    {
        var text = cells.Text(field);
        if (text?.Length > TextMaxLength)
            cells.Reject(field, tooLong);
        return text;
    }

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
