using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Turns the rows of one register into drafts of transactions.</summary>
public sealed partial class RowReader(RegisterFile file, RegisterNames names)
{
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
            Number = cells.Text(RegisterField.Number) is { } number && TransactionNumber.IsOurs(number) ? number : null,
            Reference = Text(cells, RegisterField.Reference, FieldRules.Reference),
            Title = Text(cells, RegisterField.Title, FieldRules.Title) ?? string.Empty,
            Client = client.Id,
            ClientName = client.Name,
            Type = Type(cells),
            Category = Named(cells, RegisterField.Category, names.Categories, FaultKind.UnknownCategory),
            Priority =
                Named(cells, RegisterField.Priority, RegisterNames.Priorities, FaultKind.UnknownPriority) ?? "normal",
            Status = Status(cells),
            AmountMinor = amount,
            Currency = currency,
            DueDate = Date(cells, RegisterField.DueDate)?.Date,
            Assignee = Assignee(cells),
            Description = Text(cells, RegisterField.Description, FieldRules.Description),
            Tags = Tags(cells),
            Project = Named(cells, RegisterField.Project, names.Projects, FaultKind.UnknownProject),
            Department = Named(cells, RegisterField.Department, names.Departments, FaultKind.UnknownDepartment),
            InternalNotes = Text(cells, RegisterField.InternalNotes, FieldRules.InternalNotes),
            CreatedAt = Moment(cells, RegisterField.CreatedDate),
            SubmittedAt = Moment(cells, RegisterField.SubmittedDate),
            CompletedAt = Moment(cells, RegisterField.CompletedDate),
        };
        draft = WithHolder(cells, draft) with { AuthorityReferences = Authorities(cells) };
        CheckOrder(cells, draft);
        CheckLength(cells, row);

        return cells.Faults.Count == 0
            ? new RowReading(draft, [])
            : new RowReading(Draft: null, [.. cells.Faults.OrderBy(static fault => fault.Field)]);
    }

    private (string? Id, string Name) Client(Cells cells)
    {
        var name = Text(cells, RegisterField.Client, FieldRules.ClientName) ?? string.Empty;
        var id = names.Clients.GetValueOrDefault(ArabicText.Fold(name));
        if (id is not null || name.Length == 0)
            return (id, name);
        id = names.Meanings.Find(RegisterField.Client, name);
        if (id is null && !names.WantsClients)
            cells.Reject(RegisterField.Client, FaultKind.UnknownClient);
        else if ((id is null or RegisterMeanings.NewClient) && !names.MayCreateClients)
            cells.Reject(RegisterField.Client, FaultKind.ClientForAdmins);
        return (id == RegisterMeanings.NewClient ? null : id, name);
    }

    private string Status(Cells cells)
    {
        var status = Named(cells, RegisterField.Status, names.Statuses, FaultKind.UnknownStatus) ?? names.DefaultStatus;
        if (names.StatusesOfEditors?.Contains(status) == false)
            cells.Reject(RegisterField.Status, FaultKind.StatusForAdmins);
        return status;
    }

    private string Type(Cells cells)
    {
        var type = Named(cells, RegisterField.Type, names.Types, FaultKind.UnknownType) ?? names.DefaultType;
        if (type is null && cells.Raw(RegisterField.Type).IsBlank)
            cells.Reject(RegisterField.Type, FaultKind.TypeMissing);
        return type ?? string.Empty;
    }

    private (long? Minor, string? Currency) Amount(Cells cells)
    {
        var cell = cells.Raw(RegisterField.Amount);
        var (minor, named, flaw) = cell.Number is { } number
            ? OfNumber(number)
            : FieldRules.Amount(WithoutDash(cell.Text));
        cells.Reject(RegisterField.Amount, flaw);
        if (cell is { Number: not null, Currency: { } shown })
        {
            named = Amounts.CurrencyCode(shown);
            if (named is null)
                cells.Reject(RegisterField.Amount, FaultKind.UnknownCurrency);
        }

        var (code, flawOfCurrency) = FieldRules.Currency(cells.Raw(RegisterField.Currency).Text, named);
        cells.Reject(RegisterField.Currency, flawOfCurrency);
        if (minor is not null)
            code ??= columns.GetValueOrDefault(RegisterField.Amount)?.Currency;
        return (minor, code);
    }

    /// <summary>Invoices of the region end an amount with <c>/-</c> or <c>/=</c>: no halalas.</summary>
    private static string WithoutDash(string text)
    {
        var at = text.IndexOf('/', StringComparison.Ordinal);
        return at > 0 && at + 1 < text.Length && text[at + 1] is ('-' or '=') ? text.Remove(at, 2) : text;
    }

    private static (long? Minor, string? Currency, Flaw? Flaw) OfNumber(decimal number) =>
        Amounts.TryFromDecimal(number, out var minor)
            ? (minor, null, FieldRules.AmountFlaw(minor))
            : (null, null, Flaw.Unreadable);

    /// <summary>A day without a time may be that of the creation.</summary>
    private static void CheckOrder(Cells cells, RowDraft draft)
    {
        if (draft.CreatedAt is not { } created)
            return;
        if (draft.SubmittedAt is { } submitted && submitted.Date < created.Date)
            cells.Reject(RegisterField.SubmittedDate, FaultKind.DateBeforeCreation);
        if (draft.CompletedAt is { } completed && completed.Date < created.Date)
            cells.Reject(RegisterField.CompletedDate, FaultKind.DateBeforeCreation);
    }

    /// <summary>
    /// In a text file a separator that nobody put in quotes moves what follows it into the wrong columns.
    /// </summary>
    private void CheckLength(Cells cells, RegisterRow row)
    {
        if (file.Format != RegisterFormat.Csv)
            return;
        for (var at = file.Columns.Count; at < row.Cells.Count; at++)
        {
            if (row.Cells[at].IsBlank)
                continue;
            cells.RejectRow(row.Cells[at].Text, FaultKind.RowTooLong);
            return;
        }
    }

    private string? Assignee(Cells cells)
    {
        if (cells.Text(RegisterField.Assignee) is not { } text)
            return null;

        // Address books write "Sara Al Harbi <sara@…>".
        var open = text.LastIndexOf('<');
        var address = open >= 0 && text.EndsWith('>') ? text[(open + 1)..^1] : text;
        var id =
            names.Assignees.GetValueOrDefault(ArabicText.Fold(address))
            ?? names.Meanings.Find(RegisterField.Assignee, text);
        if (id is null)
            cells.Reject(RegisterField.Assignee, FaultKind.UnknownAssignee);
        return id;
    }

    private static IReadOnlyList<string> Tags(Cells cells)
    {
        if (cells.Text(RegisterField.Tags) is not { } text)
            return [];

        var (tags, flaw) = FieldRules.Tags(CellLists.ReadTags(text));
        cells.Reject(RegisterField.Tags, flaw);
        return tags;
    }

    private string? Named(
        Cells cells,
        RegisterField field,
        IReadOnlyDictionary<string, string> known,
        FaultKind unknown
    )
    {
        if (cells.Text(field) is not { } text)
            return null;

        var key = RegisterNames.Find(known, text) ?? names.Meanings.Find(field, text);
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
}
