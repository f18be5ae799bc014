using System.Buffers;
using System.Globalization;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Turns the rows of one register into drafts of transactions.</summary>
public sealed class RowReader(RegisterFile file, RegisterNames names)
{
    private const int QuotedLength = 100;
    private const int DatesKept = 10_000;
    private const int FirstDateSerial = 15_000;
    private const int LastDateSerial = 110_000;

    private static readonly SearchValues<char> ReferenceSeparators = SearchValues.Create(";؛\n");

    private static readonly SearchValues<char> OfSerials = SearchValues.Create("0123456789.");

    /// <summary>The words that our own export uses, and those that people use for the same.</summary>
    private static readonly HashSet<string> ClientWords = Words("the client", "client", "العميل");
    private static readonly HashSet<string> OurWords = Words(
        "us",
        "our team",
        "with us",
        "mdc",
        "the firm",
        "نحن",
        "عندنا",
        "لدينا"
    );
    private static readonly HashSet<string> AuthorityWords = Words("authority", "an authority", "جهة", "جهة حكومية");

    private static HashSet<string> Words(params string[] words) =>
        [.. words.Select(static word => ArabicText.Fold(word))];

    private readonly Dictionary<RegisterField, RegisterColumn> columns = file
        .Columns.Where(static column => column.Field is not null)
        .ToDictionary(static column => column.Field!.Value);

    private readonly Dictionary<(string Text, bool MonthFirst), (DateOnly, TimeOnly?)?> _written = [];

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
        if (id is null && !names.MayCreateClients)
            cells.Reject(RegisterField.Client, FaultKind.UnknownClient);
        if (id != RegisterMeanings.NewClient)
            return (id, name);
        if (!names.MayCreateChosenClients)
            cells.Reject(RegisterField.Client, FaultKind.ClientForAdmins);
        return (null, name);
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
        var end = text.TrimEnd();
        return end.EndsWith("/-", StringComparison.Ordinal) || end.EndsWith("/=", StringComparison.Ordinal)
            ? end[..^2]
            : text;
    }

    private static (long? Minor, string? Currency, Flaw? Flaw) OfNumber(decimal number) =>
        Amounts.TryFromDecimal(number, out var minor)
            ? (minor, null, FieldRules.AmountFlaw(minor))
            : (null, null, Flaw.Unreadable);

    private (DateOnly Date, TimeOnly? Time)? Date(Cells cells, RegisterField field)
    {
        var cell = cells.Raw(field);
        if (cell.Date is null && cell.Number is null && Serial(cell.Text) is { } serial)
            cell = cell with { Number = serial };
        // A date that has lost its format is stored in its cell as the day number that spreadsheets use.
        if (cell.Number is >= FirstDateSerial and <= LastDateSerial)
            cell = SheetCells.DateSerial((double)cell.Number, cell.Since1904);
        if (cell.Date is { } stored)
        {
            if (FieldRules.DateFlaw(stored) is not null)
                cells.Reject(field, FaultKind.DateImpossible);
            return (stored, cell.Time);
        }

        if (PlainText.HasForbidden(cell.Text))
        {
            cells.Reject(field, FaultKind.ForbiddenCharacters);
            return null;
        }

        if (PlainText.Trimmed(cell.Text) is not { } text)
            return null;
        var read = Written(text, cells.MonthFirst(field));
        if (read is null)
            cells.Reject(field, cell.Number is null ? WrittenDates.Fault(text) : FaultKind.DateImpossible);
        return read;
    }

    /// <summary>A register names the same days again and again, and reading one is slow.</summary>
    private (DateOnly Date, TimeOnly? Time)? Written(string text, bool monthFirst)
    {
        if (_written.TryGetValue((text, monthFirst), out var known))
            return known;
        var read = WrittenDates.Read(text, monthFirst);
        if (_written.Count < DatesKept)
            _written[(text, monthFirst)] = read;
        return read;
    }

    /// <summary>The day number of a spreadsheet in a text file, with the time as its fraction.</summary>
    private static decimal? Serial(string text) =>
        text.Trim() is { Length: >= 5 and <= 20 } trimmed
        && trimmed.AsSpan().IndexOfAnyExcept(OfSerials) < 0
        && decimal.TryParse(trimmed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        && number is >= FirstDateSerial and <= LastDateSerial
            ? number
            : null;

    private DateTime? Moment(Cells cells, RegisterField field)
    {
        if (Date(cells, field) is not { } read)
            return null;
        var moment = read.Date.ToDateTime(read.Time ?? TimeOnly.MinValue);
        if (moment > names.Now)
            cells.Reject(field, FaultKind.DateAhead);
        return moment;
    }

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

    private RowDraft WithHolder(Cells cells, RowDraft draft)
    {
        var text = cells.Text(RegisterField.Holder);
        var kind = cells.Text(RegisterField.HolderKind);
        draft = draft with { HolderSince = Date(cells, RegisterField.HolderSince)?.Date };
        var said = kind is null ? null : KindOf(ArabicText.Fold(kind));
        if (kind is not null && said is null)
            cells.Reject(RegisterField.HolderKind, FaultKind.UnknownHolder);
        if (said is null && text is null)
            return draft;
        var folded = ArabicText.Fold(text);
        return (said ?? KindByName(folded, draft)) switch
        {
            HolderKind.Client => draft with { HolderKind = HolderKind.Client },
            HolderKind.Us when IsOneOfUs(folded, draft) => draft,
            var held => Named(held),
        };

        RowDraft Named(HolderKind held)
        {
            var (name, flaw) = FieldRules.HolderName(held).Read(text);
            if (flaw is not null)
                cells.Reject(
                    RegisterField.Holder,
                    flaw == Flaw.Missing ? FaultKind.UnknownHolder : FaultKind.HolderTooLong
                );
            return draft with { HolderKind = held, HolderName = name };
        }
    }

    /// <summary>The firm as such, or the assignee, who has it anyway.</summary>
    private bool IsOneOfUs(string folded, RowDraft draft) =>
        folded.Length == 0
        || OurWords.Contains(folded)
        || (draft.Assignee is { } assignee && names.AssigneeNames.GetValueOrDefault(assignee) == folded);

    private static HolderKind? KindOf(string folded) =>
        OurWords.Contains(folded) ? HolderKind.Us
        : ClientWords.Contains(folded) ? HolderKind.Client
        : AuthorityWords.Contains(folded) ? HolderKind.Authority
        : null;

    /// <summary>
    /// Who has the ball by name alone: the word for the client or the client itself, one of ourselves, or else an
    /// authority.
    /// </summary>
    private HolderKind KindByName(string folded, RowDraft draft) =>
        ClientWords.Contains(folded) || folded == ArabicText.Fold(draft.ClientName) ? HolderKind.Client
        : OurWords.Contains(folded) || names.AssigneeNames.Values.Contains(folded, StringComparer.Ordinal)
            ? HolderKind.Us
        : HolderKind.Authority;

    /// <summary>
    /// "Balady 7133284; Civil Defence CD-5 (2026-10-01)": the number is the last word, or both stand in quotes.
    /// </summary>
    private static List<AuthorityNumber> Authorities(Cells cells)
    {
        if (cells.Text(RegisterField.AuthorityReferences) is not { } text)
            return [];

        var references = new List<AuthorityNumber>();
        for (var at = 0; at < text.Length; )
        {
            if (ReferenceSeparators.Contains(text[at]) || text[at] == ' ')
            {
                at++;
                continue;
            }

            var (name, number, date, next) = QuotedAuthority(text, at) ?? PlainAuthority(text, at);
            at = next;
            var authority = FieldRules.Authority.Read(name);
            var read = FieldRules.AuthorityNumber.Read(number);
            if (authority.Flaw is not null || read.Flaw is not null)
            {
                cells.Reject(RegisterField.AuthorityReferences, FaultKind.AuthorityUnreadable);
                return [];
            }

            references.Add(new(authority.Value!, read.Value!, date));
        }

        if (references.Count <= Transaction.AuthorityReferencesMax)
            return references;
        cells.Reject(RegisterField.AuthorityReferences, FaultKind.AuthorityUnreadable);
        return [];
    }

    private static (string? Name, string Number, DateOnly? Date, int Next)? QuotedAuthority(string text, int at)
    {
        if (CellLists.ReadQuoted(text, at) is not { } name)
            return null;
        if (CellLists.ReadQuoted(text, SkipSpaces(text, name.End)) is not { } number)
            return null;
        var end = EndOfReference(text, number.End);
        var rest = text[number.End..end].Trim();
        if (rest.Length == 0)
            return (name.Text, number.Text, null, end);
        return WithoutDate("x" + rest) is ("x", { } date) ? (name.Text, number.Text, date, end) : null;
    }

    private static (string? Name, string Number, DateOnly? Date, int Next) PlainAuthority(string text, int at)
    {
        var end = EndOfReference(text, at);
        var (rest, date) = WithoutDate(text[at..end].Trim());
        var space = rest.LastIndexOf(' ');
        return (space < 0 ? null : rest[..space].TrimEnd(' ', ':'), rest[(space + 1)..], date, end);
    }

    private static int SkipSpaces(string text, int at)
    {
        while (at < text.Length && text[at] == ' ')
            at++;
        return at;
    }

    private static int EndOfReference(string text, int at) =>
        text.AsSpan(at).IndexOfAny(ReferenceSeparators) is var end and >= 0 ? at + end : text.Length;

    private static (string Text, DateOnly? Date) WithoutDate(string text)
    {
        var open = text.LastIndexOf('(');
        return open > 0 && text.EndsWith(')') && WrittenDates.Read(text[(open + 1)..^1]) is { } read
            ? (text[..open].TrimEnd(), read.Date)
            : (text, null);
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

        /// <summary>The cell; empty when it is rejected for what it is, whatever it says.</summary>
        public RegisterCell Raw(RegisterField field)
        {
            var cell = Whole(field);
            // So large a number is no amount anyway, and the amount's own fault says it better.
            var isSound =
                cell.Trouble == CellTrouble.None
                || (cell.Trouble == CellTrouble.DigitsLost && field == RegisterField.Amount);
            var isLost = isSound && LosesCharacters(field, cell);
            if (isSound && !isLost)
                return cell;
            Reject(
                field,
                isLost
                    ? FaultKind.CharactersLost
                    : cell.Trouble switch
                    {
                        CellTrouble.Error => FaultKind.ErrorCell,
                        CellTrouble.NoResult => FaultKind.FormulaWithoutResult,
                        _ => FaultKind.DigitsLost,
                    }
            );
            return RegisterCell.Empty;
        }

        public bool MonthFirst(RegisterField field) => columns.GetValueOrDefault(field) is { MonthFirst: true };

        /// <summary>A fault of no column of the register.</summary>
        public void RejectRow(string value, FaultKind kind) =>
            Faults.Add(new CellFault(default, string.Empty, PlainText.Shortened(value.Trim(), QuotedLength), kind));

        private RegisterCell Whole(RegisterField field) =>
            columns.TryGetValue(field, out var column) ? row.Cell(column.Index) : RegisterCell.Empty;

        // In what people read, the sign for a lost character shows that one is missing; a number or a name is spoilt.
        private static bool LosesCharacters(RegisterField field, RegisterCell cell) =>
            field is RegisterField.Reference or RegisterField.Client && cell.Text.Contains('\uFFFD');

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

            var value = PlainText.Shortened(Whole(field).Text.Trim(), QuotedLength);
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
