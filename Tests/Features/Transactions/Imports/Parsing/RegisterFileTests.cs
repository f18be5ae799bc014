using System.Text;
using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Features.Transactions.Imports.Parsing;

[Trait("runs", "once")]
public sealed class RegisterFileTests
{
    private static readonly object?[] Heading = ["Reference", "Title", "Client", "Amount", "Due Date"];
    private static readonly object?[] Row = ["RRM-1", "Review of drawings", "MODON", 1250.5, new DateOnly(2026, 12, 1)];

    [Fact]
    public void A_workbook_gives_its_rows_with_dates_and_numbers()
    {
        var file = Opened(Workbooks.Xlsx(("Register", [Heading, Row])));

        Assert.Equal((RegisterFormat.Xlsx, "Register", 1), (file.Format, file.Sheet, file.HeaderRow));
        Assert.Equal(
            [
                RegisterField.Reference,
                RegisterField.Title,
                RegisterField.Client,
                RegisterField.Amount,
                RegisterField.DueDate,
            ],
            file.Columns.Select(column => column.Field)
        );
        var row = Assert.Single(file.Rows);
        Assert.Equal(2, row.Number);
        Assert.Equal(new RegisterCell("RRM-1"), row.Cells[0]);
        Assert.Equal(new RegisterCell("1250.5", Number: 1250.5m), row.Cells[3]);
        Assert.Equal(new RegisterCell("2026-12-01", Date: new DateOnly(2026, 12, 1)), row.Cells[4]);
    }

    [Fact]
    public void An_old_workbook_gives_the_same_rows()
    {
        object?[] arabic = ["ع-1", "مراجعة مخططات", "شركة مدن", null, null];
        var file = Opened(Workbooks.Xls("سجل", Heading, Row, [null], arabic));

        Assert.Equal((RegisterFormat.Xls, "سجل", 1), (file.Format, file.Sheet, file.HeaderRow));
        Assert.Equal([2, 4], file.Rows.Select(row => row.Number));
        Assert.Equal(Opened(Workbooks.Xlsx(("Register", [Heading, Row]))).Rows[0].Cells, file.Rows[0].Cells);
        Assert.Equal("مراجعة مخططات", file.Rows[1].Cells[1].Text);
    }

    [Fact]
    public void A_time_without_a_day_is_what_the_sheet_shows()
    {
        var time = new RegisterCell("11:01:02");

        Assert.Equal(time, SheetCells.Time(TimeSpan.FromDays(0.4590509259259259)));
        Assert.Equal("12:00", SheetCells.Time(TimeSpan.FromHours(12)).Text);
        Assert.True(CellFormat.Of("h:mm").IsTime);
        Assert.False(CellFormat.Of("d/m h:mm").IsTime);
        Assert.False(CellFormat.Of("0.0\" h\"").IsTime);
    }

    [Theory]
    [InlineData(255u)]
    [InlineData(0u)]
    [InlineData(uint.MaxValue / 1024)]
    public void The_texts_of_an_old_workbook_are_counted_and_not_believed(uint claimed)
    {
        var file = Opened(
            Workbooks.XlsOfShared(
                ["Title", "Client", "عنوان", "MODON"],
                claimed,
                [
                    [0, 1],
                    [2, 3],
                ]
            )
        );

        Assert.Equal(["عنوان", "MODON"], Assert.Single(file.Rows).Cells.Select(cell => cell.Text));
    }

    [Fact]
    public void A_text_that_an_old_workbook_has_lost_is_an_error_and_not_empty()
    {
        var file = Opened(
            Workbooks.XlsOfShared(
                ["Title", "Client", "t"],
                9,
                [
                    [0, 1],
                    [2, 7],
                ]
            )
        );

        Assert.Equal(CellTrouble.Error, Assert.Single(file.Rows).Cells[1].Trouble);
    }

    [Fact]
    public void Headings_may_stand_under_a_title_and_blank_rows_keep_their_numbers()
    {
        var file = Opened(
            Workbooks.Xlsx(
                (
                    "سجل",
                    [
                        ["شركة MDC - سجل المعاملات 2025"],
                        [],
                        Heading,
                        Row,
                        [],
                        ["", " "],
                        Row,
                    ]
                )
            )
        );

        Assert.Equal(3, file.HeaderRow);
        Assert.Equal([4, 7], file.Rows.Select(row => row.Number));
    }

    [Fact]
    public void The_row_that_names_the_most_fields_is_the_heading()
    {
        var file = Opened(
            Workbooks.Xlsx(
                (
                    "Register",
                    [
                        ["Client", "MODON", "Project"],
                        Heading,
                        Row,
                    ]
                )
            )
        );

        Assert.Equal(2, file.HeaderRow);
    }

    [Fact]
    public void Rows_that_hold_only_what_no_column_of_ours_holds_are_blank()
    {
        var file = Opened(
            Workbooks.Xlsx(
                (
                    "Register",
                    [
                        ["م", .. Heading],
                        [1, .. Row],
                        [2],
                        [3],
                    ]
                )
            )
        );

        Assert.Equal([2], file.Rows.Select(row => row.Number));
        Assert.Null(file.Columns[0].Field);
        Assert.Equal("1", file.Rows[0].Cells[0].Text);
    }

    [Fact]
    public void The_sheet_that_holds_the_register_is_found()
    {
        var file = Opened(
            Workbooks.XlsxOf([
                ("Old", "state='hidden'", Workbooks.SheetXml(Heading, Row, Row)),
                (
                    "Notes",
                    string.Empty,
                    Workbooks.SheetXml([
                        ["هذه الورقة ليست من السجل"],
                    ])
                ),
                ("Template", string.Empty, Workbooks.SheetXml([Heading])),
                ("سجل المعاملات", string.Empty, Workbooks.SheetXml(Heading, Row)),
            ])
        );

        Assert.Equal("سجل المعاملات", file.Sheet);
        Assert.Single(file.Rows);
    }

    [Fact]
    public void A_cell_gives_what_a_person_sees_in_it()
    {
        const string shared =
            "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>one</t></si><si>"
            + "<r><t>ri</t></r><r><t>ch</t></r><rPh><t>unread</t></rPh></si><si/><si><t>"
            + "a_x000D__x005F_b</t></si></sst>";
        object?[] cells =
        [
            "<c t='s'><v>0</v></c>",
            "<c t='s'><v>1</v></c>",
            "<c t='s'><v>2</v></c>",
            "<c t='s'><v>3</v></c>",
            "<c t='s'><v>99</v></c>",
            "<c t='str'><f>A1&amp;B1</f><v>computed</v></c>",
            "<c><f>1+1</f><v>2</v></c>",
            "<c t='b'><v>1</v></c>",
            "<c t='e'><v>#REF!</v></c>",
            "<c t='d'><v>2026-12-01T00:00:00</v></c>",
            "<c s='2'><v>46357.75</v></c>",
            "<c s='3'><v>46357</v></c>",
            "<c><v>0.30000000000000004</v></c>",
            "<c><v>1E+20</v></c>",
        ];
        var file = Opened(
            Workbooks.XlsxOf(
                [("Register", string.Empty, Workbooks.SheetXml(Heading, ["R", "T", "C", .. cells]))],
                shared
            )
        );

        Assert.Equal(
            [
                "one",
                "rich",
                "",
                "a\r_b",
                "",
                "computed",
                "2",
                "TRUE",
                "#REF!",
                "2026-12-01",
                "2026-12-01",
                "46357",
                "0.3",
                "1E+20",
            ],
            file.Rows[0].Cells.Skip(3).Select(cell => cell.Text)
        );
    }

    [Fact]
    public void Cells_stand_where_their_address_says()
    {
        var file = Opened(
            Workbooks.XlsxOf([
                (
                    "Register",
                    string.Empty,
                    Workbooks.SheetXml(
                        "<row r='5'><c r='B5' t='str'><v>Title</v></c><c r='D5' t='str'><v>Client</v></c>"
                            + "</row><row r='1048576'><c r='D1048576' t='str'><v>MODON</v></c><c "
                            + "r='XFD1048576'><v>1</v></c></row>"
                    )
                ),
            ])
        );

        Assert.Equal(5, file.HeaderRow);
        Assert.Equal((1_048_576, "MODON"), (file.Rows[0].Number, file.Rows[0].Cells[3].Text));
    }

    [Fact]
    public void Dates_of_old_Macs_count_from_1904()
    {
        var file = Opened(
            Workbooks.XlsxOf(
                [
                    (
                        "Register",
                        string.Empty,
                        Workbooks.SheetXml(Heading, ["R", "T", "C", null, "<c s='1'><v>44895</v></c>"])
                    ),
                ],
                since1904: true
            )
        );

        Assert.Equal(new DateOnly(2026, 12, 1), file.Rows[0].Cells[4].Date);
    }

    [Theory]
    [InlineData(",", "utf-8")]
    [InlineData(";", "utf-8 with mark")]
    [InlineData("\t", "utf-16")]
    [InlineData(";", "utf-16 with mark")]
    [InlineData(",", "utf-16BE")]
    [InlineData(";", "utf-16BE with mark")]
    [InlineData("\t", "windows-1256")]
    [InlineData(",", "windows-1256")]
    public void A_text_file_is_read_whatever_its_delimiter_and_encoding(string delimiter, string encoding)
    {
        string[] lines =
        [
            "الرقم المرجعي|عنوان المعاملة|العميل|المبلغ|الوصف",
            "ع-1|مراجعة مخططات|شركة مدن|\"1250,50\"|\"سطر أول\nسطر, ثان; \"\"مقتبس\"\"\"",
            "",
            "ع-2|دفعة أولى|وزارة التعليم||",
        ];
        var text = string.Join("\r\n", lines).Replace("|", delimiter, StringComparison.Ordinal);
        var name = encoding.Split(' ')[0];
        var codec = string.Equals(name, "windows-1256", StringComparison.Ordinal)
            ? CodePagesEncodingProvider.Instance.GetEncoding(1256)!
            : Encoding.GetEncoding(name);

        var file = Opened(Workbooks.Text(text, codec, withMark: encoding.EndsWith("mark", StringComparison.Ordinal)));

        Assert.Equal(RegisterFormat.Csv, file.Format);
        Assert.Equal(5, file.Columns.Count);
        Assert.Equal([2, 4], file.Rows.Select(row => row.Number));
        Assert.Equal(
            ["ع-1", "مراجعة مخططات", "شركة مدن", "1250,50", "سطر أول\nسطر, ثان; \"مقتبس\""],
            file.Rows[0].Cells.Select(cell => cell.Text)
        );
    }

    [Fact]
    public void A_title_above_the_headings_of_a_text_file_and_a_hint_for_spreadsheets_are_understood()
    {
        var file = Opened(
            Workbooks.Utf8("sep=;\r\nRegister, of 2025, so far\r\n\r\nTitle;Client;Amount\r\nA;B;1,5\r\n")
        );

        Assert.Equal(3, file.HeaderRow);
        Assert.Equal([4], file.Rows.Select(row => row.Number));
        Assert.Equal("1,5", file.Rows[0].Cells[2].Text);
    }

    [Fact]
    public void A_mapping_overrules_what_headings_seem_to_say()
    {
        const string text = "Matter;Client;Notes;Description\nA;B;C;D";

        var plain = Opened(Workbooks.Utf8(text));
        var mapped = Opened(
            Workbooks.Utf8(text),
            new()
            {
                ["matter "] = RegisterField.Title,
                ["Notes"] = RegisterField.InternalNotes,
                ["Description"] = null,
            }
        );

        Assert.Equal(
            [null, RegisterField.Client, null, RegisterField.Description],
            plain.Columns.Select(column => column.Field)
        );
        Assert.Equal([RegisterField.Title], plain.Missing);
        Assert.Equal(
            [RegisterField.Title, RegisterField.Client, RegisterField.InternalNotes, null],
            mapped.Columns.Select(column => column.Field)
        );
        Assert.Empty(mapped.Missing);
    }

    [Theory]
    [InlineData("", RegisterFault.EmptyFile)]
    [InlineData("hello", RegisterFault.NoHeader)]
    [InlineData("Title;Client\n;\n", RegisterFault.NoRows)]
    [InlineData("Title;Client\nA;\"B\nC;D\n", RegisterFault.UnclosedQuote)]
    [InlineData("Title;Client\n\"A;B\nC;\"D d\"\n", RegisterFault.UnclosedQuote)]
    [InlineData("<html><table><tr><td>Title", RegisterFault.UnreadableFile)]
    [InlineData("Title;Client\0\0\0\0", RegisterFault.UnreadableFile)]
    public void What_is_no_register_is_refused_with_a_reason(string text, RegisterFault fault) =>
        Assert.Equal(fault, RegisterFile.Open(Workbooks.Utf8(text)).Fault);

    [Fact]
    public void A_stray_quotation_mark_harms_only_its_own_cell()
    {
        var file = Opened(Workbooks.Utf8("Title;Client\n5\" pipe;A\n\"B \"\"quoted\"\"\";\"two\nlines\"\nC;D\n"));

        Assert.Equal(["5\" pipe", "B \"quoted\"", "C"], file.Rows.Select(row => row.Cells[0].Text));
        Assert.Equal([2, 3, 4], file.Rows.Select(row => row.Number));
    }

    [Fact]
    public void A_register_has_so_many_rows_columns_and_bytes_and_no_more()
    {
        var most = "Title;Client\n" + string.Concat(Enumerable.Repeat("A;B\n", RegisterFile.MaxRows));
        var wide = "Title;Client;" + string.Join(';', Enumerable.Range(1, RegisterFile.MaxColumns - 2));

        Assert.Equal(RegisterFile.MaxRows, Opened(Workbooks.Utf8(most)).Rows.Count);
        Assert.Equal(RegisterFault.TooManyRows, RegisterFile.Open(Workbooks.Utf8(most + "A;B\n")).Fault);
        Assert.Equal(RegisterFile.MaxColumns, Opened(Workbooks.Utf8(wide + "\nA;B")).Columns.Count);
        Assert.Equal(RegisterFault.TooManyColumns, RegisterFile.Open(Workbooks.Utf8(wide + ";x\nA;B")).Fault);
        Assert.Equal(
            RegisterFault.TooLarge,
            RegisterFile.Open(new MemoryStream(new byte[RegisterFile.MaxBytes + 1])).Fault
        );
    }

    [Fact]
    public void A_very_long_cell_is_cut()
    {
        var text = new string('x', RegisterFile.CellMaxLength * 2);

        Assert.Equal(
            RegisterFile.CellMaxLength,
            Opened(Workbooks.Utf8("Title;Client\n" + text + ";B")).Rows[0].Cells[0].Text.Length
        );
        Assert.Equal(
            RegisterFile.CellMaxLength,
            Opened(Workbooks.Xlsx(("Register", [Heading, [text]]))).Rows[0].Cells[0].Text.Length
        );
    }

    [Fact]
    public void One_long_text_shared_by_many_cells_is_too_much_text()
    {
        var shared =
            "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>"
            + $"{new string('x', RegisterFile.CellMaxLength)}</t></si></sst>";
        var rows =
            "<row><c t='str'><v>Title</v></c><c t='str'><v>Client</v></c></row>"
            + string.Concat(Enumerable.Repeat("<row><c t='s'><v>0</v></c></row>", RegisterFile.MaxRows));

        Assert.Equal(
            RegisterFault.TooLarge,
            RegisterFile.Open(Workbooks.XlsxOf([("Register", string.Empty, Workbooks.SheetXml(rows))], shared)).Fault
        );
    }

    [Fact]
    public void A_workbook_that_unpacks_to_a_huge_one_is_refused()
    {
        var longText = Workbooks.SheetXml("<row><c t='str'><v>" + new string('x', 6_000_000) + "</v></c></row>");
        var deep = Workbooks.SheetXml(string.Concat(Enumerable.Repeat("<a>", 200)));
        Assert.All(
            [longText, deep],
            xml =>
                Assert.Equal(
                    RegisterFault.Bomb,
                    RegisterFile.Open(Workbooks.XlsxOf([("Register", string.Empty, xml)])).Fault
                )
        );
        Assert.Equal(
            RegisterFault.Bomb,
            RegisterFile
                .Open(
                    Workbooks.ZipOfRepeated("xl/workbook.xml", "<a>" + new string('x', 1_000_000) + "</a>", times: 260)
                )
                .Fault
        );
        Assert.Equal(
            RegisterFault.Bomb,
            RegisterFile.Open(Workbooks.Zip([.. Enumerable.Range(0, 1_001).Select(at => ($"../{at}", "x"))])).Fault
        );
    }

    [Theory]
    [InlineData("<row r='0'><c/></row>")]
    [InlineData("<row r='9999999'><c/></row>")]
    [InlineData("<row r='2'><c/></row><row r='1'><c/></row>")]
    [InlineData("<row r='1'><c r='ZZZZZZ1'/></row>")]
    [InlineData("<row r='1'><c>")]
    [InlineData("&xxe;")]
    public void A_workbook_whose_addresses_or_mark_up_are_broken_is_unreadable(string rows) =>
        Assert.Equal(
            RegisterFault.UnreadableFile,
            RegisterFile.Open(Workbooks.XlsxOf([("Register", string.Empty, Workbooks.SheetXml(rows))])).Fault
        );

    [Fact]
    public void A_document_type_is_never_read()
    {
        var xml = "<!DOCTYPE x [<!ENTITY a 'b'>]>" + Workbooks.SheetXml(Heading, Row);

        Assert.Equal(
            RegisterFault.UnreadableFile,
            RegisterFile.Open(Workbooks.XlsxOf([("Register", string.Empty, xml)])).Fault
        );
    }

    [Fact]
    public void Archives_and_compound_files_that_are_no_workbooks_are_told_apart()
    {
        Assert.Equal(
            RegisterFault.UnreadableFile,
            RegisterFile.Open(Workbooks.Zip([("word/document.xml", "<w/>")])).Fault
        );
        Assert.Equal(
            RegisterFault.UnreadableFile,
            RegisterFile.Open(Workbooks.Compound(new byte[5_000], "WordDocument")).Fault
        );
        Assert.Equal(
            RegisterFault.Encrypted,
            RegisterFile.Open(Workbooks.Compound(new byte[5_000], "EncryptedPackage")).Fault
        );
    }

    [Fact]
    public void An_old_workbook_behind_a_password_is_told_apart()
    {
        byte[] records = [0x09, 0x08, 16, 0, 0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x2F, 0, 2, 0, 0, 0];

        Assert.Equal(RegisterFault.Encrypted, RegisterFile.Open(Workbooks.Compound(records, "Workbook")).Fault);
    }

    [Fact]
    public void Cancelling_is_heard()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() =>
            RegisterFile.Open(Workbooks.Utf8("Title;Client\nA;B"), stop: source.Token)
        );
    }

    [Property]
    public void Random_bytes_are_a_register_or_a_fault(byte[] bytes) => IsAnswered(bytes);

    [Property]
    public void A_damaged_workbook_is_a_register_or_a_fault(byte[] noise, ushort at)
    {
        IsAnswered(Damaged(Workbooks.Xlsx(("Register", [Heading, Row, Row])), noise, at));
        IsAnswered(Damaged(Workbooks.Xls("Register", Heading, Row, Row), noise, at));
        IsAnswered(Damaged(Workbooks.Utf8("Title;Client\n\"A\";B\nC;\"D\"\"\n\""), noise, at));
    }

    private static byte[] Damaged(MemoryStream file, byte[] noise, int at)
    {
        var bytes = file.ToArray();
        for (var i = 0; i < noise.Length; i++)
            bytes[(at + (i * 7)) % bytes.Length] = noise[i];
        return bytes;
    }

    private static void IsAnswered(byte[] bytes)
    {
        var opening = RegisterFile.Open(new MemoryStream(bytes));

        Assert.True(opening.File is null == opening.Fault is not null);
    }

    private static RegisterFile Opened(Stream stream, Dictionary<string, RegisterField?>? mapping = null)
    {
        var (file, fault) = RegisterFile.Open(stream, mapping);

        Assert.Null(fault);
        return file!;
    }
}
