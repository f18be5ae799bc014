using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Features.Transactions.Imports.Parsing;

[Trait("runs", "once")]
public sealed class RowReaderTests
{
    private static readonly RegisterNames Names = new()
    {
        Types = Of(("payment", ["Payment", "دفعة"]), ("document_review", ["Document review", "مراجعة مستندات"])),
        Categories = Of(("architecture", ["Architecture", "عمارة"])),
        Statuses = Of(("draft", ["Draft", "مسودة"]), ("under_review", ["Under review", "قيد المراجعة"])),
        DefaultStatus = "draft",
        Departments = Of(("design", ["Design", "التصميم"])),
        Assignees = Of(("7", ["Sara.Alharbi@mdc.example"])),
        Clients = Of(("3", ["MODON", "شركة مدن"])),
        Projects = Of(("5", ["PRJ-2026-003"])),
        WantsClients = true,
        MayCreateClients = true,
    };

    private static readonly Dictionary<string, object?> Good = new(StringComparer.Ordinal)
    {
        ["Title"] = "Review of drawings",
        ["Client"] = "MODON",
        ["Type"] = "Payment",
    };

    [Fact]
    public void A_full_row_is_understood()
    {
        var draft = Read(
            ("الرقم المرجعي", " RRM-4471/12 "),
            ("Category", "عماره"),
            ("Priority", "عاجلة"),
            ("Status", "قيد المراجعة"),
            ("Amount", "٥٠٬٠٠٠٫٥٠ ر.س"),
            ("Due Date", "21/06/1448 هـ"),
            ("Assigned To", "Sara <SARA.alharbi@mdc.example>"),
            ("Description", "one\r\ntwo"),
            ("Tags", "بلدية، phase-1;PHASE-1; ;2025"),
            ("Project", "prj-2026-003"),
            ("Department", "التصميم"),
            ("Internal Notes", "call first"),
            ("Created", "01.11.2026")
        ).Draft!;

        Assert.Equal((2, "RRM-4471/12", "Review of drawings"), (draft.Row, draft.Reference, draft.Title));
        Assert.Equal(("3", "MODON"), (draft.Client, draft.ClientName));
        Assert.Equal(
            ("payment", "architecture", "urgent", "under_review"),
            (draft.Type, draft.Category, draft.Priority, draft.Status)
        );
        Assert.Equal((5_000_050L, "SAR"), (draft.AmountMinor, draft.Currency));
        Assert.Equal((new DateOnly(2026, 12, 1), new DateTime(2026, 11, 1)), (draft.DueDate, draft.CreatedAt));
        Assert.Equal(("7", "one\ntwo", "call first"), (draft.Assignee, draft.Description, draft.InternalNotes));
        Assert.Equal(["بلدية", "phase-1", "2025"], draft.Tags);
        Assert.Equal(("5", "design"), (draft.Project, draft.Department));
    }

    [Fact]
    public void A_row_with_nothing_but_what_is_needed_gets_the_defaults()
    {
        var draft = Read().Draft!;

        Assert.Equal(("normal", "draft"), (draft.Priority, draft.Status));
        Assert.Null(draft.Reference);
        Assert.Null(draft.AmountMinor);
        Assert.Null(draft.DueDate);
        Assert.Null(draft.Assignee);
        Assert.Empty(draft.Tags);
    }

    [Theory]
    [InlineData("Title", " ", FaultKind.TitleMissing)]
    [InlineData("Title", "x*256", FaultKind.TitleTooLong)]
    [InlineData("Title", "a\u0001", FaultKind.ForbiddenCharacters)]
    [InlineData("Reference", "x*51", FaultKind.ReferenceTooLong)]
    [InlineData("Client", "", FaultKind.ClientMissing)]
    [InlineData("Client", "x*201", FaultKind.ClientTooLong)]
    [InlineData("Type", "Party", FaultKind.UnknownType)]
    [InlineData("Type", "", FaultKind.TypeMissing)]
    [InlineData("Category", "Poetry", FaultKind.UnknownCategory)]
    [InlineData("Priority", "Whenever", FaultKind.UnknownPriority)]
    [InlineData("Status", "بانتظار المدير", FaultKind.UnknownStatus)]
    [InlineData("Amount", "حسب العقد", FaultKind.AmountNotANumber)]
    [InlineData("Amount", "12,50,0x", FaultKind.AmountNotANumber)]
    [InlineData("Amount", "-1500.00", FaultKind.AmountNegative)]
    [InlineData("Due Date", "2025-02-31", FaultKind.DateImpossible)]
    [InlineData("Created", "someday", FaultKind.DateNotUnderstood)]
    [InlineData("Assignee", "nobody@mdc.example", FaultKind.UnknownAssignee)]
    [InlineData("Description", "x*4001", FaultKind.DescriptionTooLong)]
    [InlineData("Internal Notes", "x*4001", FaultKind.InternalNotesTooLong)]
    [InlineData("Tags", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21", FaultKind.TooManyTags)]
    [InlineData("Tags", "x*51", FaultKind.TagTooLong)]
    [InlineData("Project", "PRJ-1", FaultKind.UnknownProject)]
    [InlineData("Department", "Kitchen", FaultKind.UnknownDepartment)]
    public void A_fault_names_its_cell(string column, string value, FaultKind kind)
    {
        if (value.StartsWith("x*", StringComparison.Ordinal))
            value = new string('x', int.Parse(value[2..], System.Globalization.CultureInfo.InvariantCulture));
        var reading = Read((column, value));

        var fault = Assert.Single(reading.Faults);
        Assert.Null(reading.Draft);
        Assert.Equal((column, kind), (fault.Column, fault.Kind));
        Assert.StartsWith(fault.Value.TrimEnd('…'), value.Trim(), StringComparison.Ordinal);
        Assert.InRange(fault.Value.Length, 0, 101);
    }

    [Theory]
    [InlineData("Title", 255)]
    [InlineData("Reference", 50)]
    [InlineData("Client", 200)]
    [InlineData("Description", 4_000)]
    public void A_text_may_be_as_long_as_its_limit(string column, int length) =>
        Assert.NotNull(Read((column, new string('x', length))).Draft);

    [Fact]
    public void Every_fault_of_a_row_is_told()
    {
        var reading = Read(("Title", null), ("Amount", "-1"), ("Status", "?"));

        Assert.Equal(
            [FaultKind.TitleMissing, FaultKind.UnknownStatus, FaultKind.AmountNegative],
            reading.Faults.Select(fault => fault.Kind)
        );
    }

    [Fact]
    public void A_row_without_a_type_takes_the_default_one() =>
        Assert.Equal("payment", Read(Names with { DefaultType = "payment" }, ("Type", null)).Draft!.Type);

    [Fact]
    public void An_unknown_client_is_new_or_a_fault()
    {
        var draft = Read(("Client", "New  Client")).Draft!;
        var fault = Assert.Single(Read(Names with { WantsClients = false }, ("Client", "New Client")).Faults);

        Assert.Null(draft.Client);
        Assert.Equal("New  Client", draft.ClientName);
        Assert.Equal(FaultKind.UnknownClient, fault.Kind);
    }

    [Fact]
    public void A_missing_column_is_named_by_its_field()
    {
        var file = RegisterFile.Open(Workbooks.Utf8("Title;Amount\nA;1")).File!;

        var faults = new RowReader(file, Names).Read(file.Rows[0]).Faults;

        Assert.Equal(
            [(RegisterField.Client, string.Empty), (RegisterField.Type, string.Empty)],
            faults.Select(fault => (fault.Field, fault.Column))
        );
    }

    [Fact]
    public void Numbers_and_dates_of_cells_are_taken_as_they_are()
    {
        var draft = Read(("Amount", 333.335), ("Due Date", new DateOnly(2026, 12, 1)), ("Reference", 4471)).Draft!;

        Assert.Equal(33_334, draft.AmountMinor);
        Assert.Equal(new DateOnly(2026, 12, 1), draft.DueDate);
        Assert.Equal("4471", draft.Reference);
        Assert.Equal(new DateOnly(2026, 12, 1), Read(("Due Date", 46357)).Draft!.DueDate);
        Assert.Equal(FaultKind.DateImpossible, Read(("Due Date", 5)).Faults[0].Kind);
        Assert.Equal(FaultKind.DateImpossible, Read(("Due Date", new DateOnly(2500, 1, 1))).Faults[0].Kind);
        Assert.Equal(FaultKind.AmountNotANumber, Read(("Amount", 1e18)).Faults[0].Kind);
    }

    [Theory]
    [InlineData("100", "USD", "USD", null)]
    [InlineData("100 ر.س", "SAR", "SAR", null)]
    [InlineData("100", null, null, null)]
    [InlineData(null, "USD", "USD", null)]
    [InlineData("100", "beads", null, FaultKind.UnknownCurrency)]
    [InlineData("$100", "SAR", null, FaultKind.CurrenciesDiffer)]
    public void The_currency_stands_in_the_amount_or_beside_it(
        string? amount,
        string? beside,
        string? code,
        FaultKind? fault
    )
    {
        var reading = Read(("Amount", amount), ("Currency", beside));

        Assert.Equal(code, reading.Draft?.Currency);
        Assert.Equal(fault, reading.Faults.Count > 0 ? reading.Faults[0].Kind : null);
    }

    [Fact]
    public void Lines_within_a_title_become_spaces() =>
        Assert.Equal("one two", Read(("Title", "one\ntwo")).Draft!.Title);

    [Property]
    public void Reading_gives_a_draft_or_faults(string title, string client, string amount, string date, string tags)
    {
        var file = RegisterFile
            .Open(
                Workbooks.Xlsx(
                    (
                        "Register",
                        [
                            ["Title", "Client", "Amount", "Due Date", "Tags", "Type"],
                            ["x", "x", "x", "x", "x", "Payment"],
                        ]
                    )
                )
            )
            .File!;
        RegisterCell[] cells =
        [
            .. new[] { title, client, amount, date, tags, "Payment" }.Select(text => new RegisterCell(
                text ?? string.Empty
            )),
        ];

        var reading = new RowReader(file, Names).Read(new RegisterRow(2, cells));

        Assert.Equal(reading.Draft is null, reading.Faults.Count > 0);
    }

    private static RowReading Read(params (string Column, object? Value)[] cells) => Read(Names, cells);

    private static RowReading Read(RegisterNames names, params (string Column, object? Value)[] cells)
    {
        var row = new Dictionary<string, object?>(Good, StringComparer.Ordinal);
        foreach (var (column, value) in cells)
            row[column] = value;

        // Control characters are what this file format writes as _x0001_.
        object?[] values =
        [
            .. row.Values.Select(value =>
                value is string text ? text.Replace("\u0001", "_x0001_", StringComparison.Ordinal) : value
            ),
        ];
        var file = RegisterFile
            .Open(
                Workbooks.Xlsx(
                    (
                        "Register",
                        [
                            [.. row.Keys],
                            values,
                        ]
                    )
                )
            )
            .File!;
        return new RowReader(file, names).Read(file.Rows[0]);
    }

    private static IReadOnlyDictionary<string, string> Of(params (string Key, string[] Names)[] names) =>
        RegisterNames.Folded(
            names.Select(name => new KeyValuePair<string, IEnumerable<string?>>(name.Key, name.Names))
        );
}
