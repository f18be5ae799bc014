namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// A register of transactions out of a spreadsheet or a text file: its headings and its data rows, whatever stood
/// above, between and beside them.
/// </summary>
/// <remarks>
/// What a file is shows in its first bytes; its name may say anything. Files come from outside: nothing in them makes
/// this throw.
/// </remarks>
public sealed class RegisterFile
{
    public const int MaxBytes = 25 * 1024 * 1024;
    public const int MaxRows = 50_000;
    public const int MaxColumns = 60;

    /// <summary>A cell's text is cut here, far above every field's own limit.</summary>
    public const int CellMaxLength = 10_000;

    /// <summary>
    /// How much text a register may hold altogether; one small string may fill thousands of cells of a workbook.
    /// </summary>
    private const int MaxCharacters = 60_000_000;

    /// <summary>How many rows that are not blank are looked at for headings.</summary>
    private const int HeaderSearchRows = 40;

    private const int HeaderMinFields = 2;

    /// <summary>How many fields a sheet that continues the register may lack.</summary>
    private const int FieldsMissing = 2;

    /// <summary>How many rows of a sheet that is not read are counted.</summary>
    private const int MaxCountedRows = 100_000;

    private RegisterFile(
        RegisterFormat format,
        Table main,
        IReadOnlyList<RegisterSheet> sheets,
        IReadOnlyList<RegisterRow> rows,
        bool hasMacros
    )
    {
        (Format, Sheet, HeaderRow, Columns) = (format, main.Sheet.Name, main.Header.Number, main.Columns);
        (Sheets, Rows, HasMacros) = (sheets, rows, hasMacros);
        Missing = [.. new[] { RegisterField.Title, RegisterField.Client }.Where(field => Column(field) is null)];
    }

    public RegisterFormat Format { get; }

    /// <summary>The sheet that holds the register, or its first part; null for a text file.</summary>
    public string? Sheet { get; }

    /// <summary>All sheets of the file; a row's <see cref="RegisterRow.SheetOf"/> is a place in this list.</summary>
    public IReadOnlyList<RegisterSheet> Sheets { get; }

    /// <summary>The workbook brings programs, which were not looked at.</summary>
    public bool HasMacros { get; }

    /// <summary>The number of the row that holds the headings, or the lower line of them.</summary>
    public int HeaderRow { get; }

    public IReadOnlyList<RegisterColumn> Columns { get; }

    /// <summary>The data rows in order; blank ones are left out and keep their numbers.</summary>
    public IReadOnlyList<RegisterRow> Rows { get; }

    /// <summary>Fields without which no row can be imported and for which no column was found.</summary>
    public IReadOnlyList<RegisterField> Missing { get; }

    /// <summary>The column that holds a field; null when there is none.</summary>
    public RegisterColumn? Column(RegisterField field) => Columns.FirstOrDefault(column => column.Field == field);

    /// <summary>Reads a file to its end.</summary>
    /// <param name="file">The bytes; read once, from where it stands, and left open.</param>
    /// <param name="mapping">
    /// Headings as the file writes them → field, where a person knows better than <see cref="Headings"/>; null as a
    /// field hides a column.
    /// </param>
    /// <param name="remembered">
    /// The same as people said it of earlier files: a heading that is known as it is comes before these.
    /// </param>
    /// <param name="stop">Cancels; the only thing that makes this throw.</param>
    public static RegisterOpening Open(
        Stream file,
        IReadOnlyDictionary<string, RegisterField?>? mapping = null,
        IReadOnlyDictionary<string, RegisterField?>? remembered = null,
        CancellationToken stop = default
    )
    {
        try
        {
            return new(Read(Bytes(file, stop), new HeadingMeanings(mapping, remembered), stop), Fault: null);
        }
        catch (RegisterFaultException stopped)
        {
            return new(File: null, stopped.Fault);
        }
        catch (Exception broken) when (broken is not OperationCanceledException)
        {
            // The readers of other people's formats throw many kinds of exception at a broken file; all of them say the
            // same.
            return new(File: null, RegisterFault.UnreadableFile);
        }
    }

    private static RegisterFile Read(byte[] bytes, HeadingMeanings meanings, CancellationToken stop)
    {
        var format = RegisterFormats.Detect(bytes);
        var parts = format == RegisterFormat.Xlsx ? new XlsxParts(bytes) : null;
        if (parts is not null && OdsSheets.IsOds(parts))
            format = RegisterFormat.Ods;
        var sheets = format switch
        {
            RegisterFormat.Ods => OdsSheets.Read(parts!),
            RegisterFormat.Xlsx => XlsxSheets.Read(parts!),
            RegisterFormat.Xls => XlsSheets.Read(bytes),
            RegisterFormat.Json => JsonSheet.Read(bytes),
            _ => TextSheet.Read(bytes, candidate => Score(candidate, meanings)),
        };

        var tables = sheets.Select((sheet, at) => Look(sheet, at, meanings)).ToList();
        var main = tables
            .Where(static table => table.HasHeader && table.HasData)
            // Lists and summaries name a field or two as well; the register names the most.
            .OrderByDescending(static table => table.IsRegister)
            .ThenBy(static table => table.Sheet.IsHidden)
            .ThenByDescending(static table => table.Fields.Count)
            .FirstOrDefault();
        if (main is null)
        {
            throw new RegisterFaultException(
                tables.Exists(static table => table.HasHeader) ? RegisterFault.NoRows : RegisterFault.NoHeader
            );
        }

        var (rows, counted) = (new List<RegisterRow>(), new List<RegisterSheet>());
        var budget = new Budget();
        foreach (var table in tables)
        {
            stop.ThrowIfCancellationRequested();
            var isRead = ReferenceEquals(table, main) || main.IsContinuedBy(table);
            var before = rows.Count;
            if (isRead)
                Data(table, main, rows, budget, stop);
            counted.Add(new(table.Sheet.Name, isRead ? rows.Count - before : CountRows(table, stop), isRead));
        }

        if (rows.Count == 0)
            throw new RegisterFaultException(RegisterFault.NoRows);
        return new RegisterFile(format, main, counted, rows, tables.Exists(static table => table.Sheet.HasMacros));
    }

    /// <summary>A sheet, its headings and its columns.</summary>
    private sealed record Table(Sheet Sheet, int Place, RegisterRow Header, IReadOnlyList<RegisterColumn> Columns)
    {
        public bool HasHeader => Columns.Count > 0;

        /// <summary>Something stands below the headings.</summary>
        public required bool HasData { get; init; }

        public HashSet<RegisterField> Fields { get; } =
            Columns.Select(static column => column.Field).OfType<RegisterField>().ToHashSet();

        /// <summary>Without a title and a client no row can be imported.</summary>
        public bool IsRegister => Fields.Contains(RegisterField.Title) && Fields.Contains(RegisterField.Client);

        /// <summary>
        /// Another visible sheet with the same fields, or without one or two of them: a register that goes on month by
        /// month.
        /// </summary>
        public bool IsContinuedBy(Table other) =>
            IsRegister
            && other is { HasHeader: true, IsRegister: true, Sheet.IsHidden: false }
            && other.Fields.IsSubsetOf(Fields)
            && other.Fields.Count + FieldsMissing >= Fields.Count;
    }

    private static Table Look(Sheet sheet, int place, HeadingMeanings meanings)
    {
        using var rows = sheet.Rows.GetEnumerator();
        var first = FirstRows(rows);
        if (Header(first, meanings) is not { } header)
            return new(sheet, place, new RegisterRow(0, []), []) { HasData = first.Count > 0 };
        var data = first.SkipWhile(row => row.Number <= header[^1].Number).ToList();
        return new(sheet, place, header[^1], ColumnsOf(header, data, meanings)) { HasData = data.Count > 0 };
    }

    private static int CountRows(Table table, CancellationToken stop)
    {
        var count = 0;
        foreach (var row in table.Sheet.Rows)
        {
            stop.ThrowIfCancellationRequested();
            if (row.Number > table.Header.Number && !row.IsBlank && ++count == MaxCountedRows)
                break;
        }

        return count;
    }

    private static byte[] Bytes(Stream file, CancellationToken stop)
    {
        using var copy = new MemoryStream();
        var buffer = new byte[81_920];
        int read;
        while ((read = file.Read(buffer, 0, buffer.Length)) > 0)
        {
            stop.ThrowIfCancellationRequested();
            if (copy.Length + read > MaxBytes)
                throw new RegisterFaultException(RegisterFault.TooLarge);
            copy.Write(buffer, 0, read);
        }

        return copy.Length > 0 ? copy.ToArray() : throw new RegisterFaultException(RegisterFault.EmptyFile);
    }

    private static List<RegisterRow> FirstRows(IEnumerator<RegisterRow> rows)
    {
        var first = new List<RegisterRow>();
        while (first.Count < HeaderSearchRows && rows.MoveNext())
        {
            if (!rows.Current.IsBlank)
                first.Add(rows.Current);
        }

        return first;
    }

    /// <summary>
    /// How much the first rows of a file look like a register: the most fields that one row names, then its width.
    /// </summary>
    private static (int Fields, int Width) Score(IEnumerable<RegisterRow> candidate, HeadingMeanings meanings)
    {
        using var rows = candidate.GetEnumerator();
        var first = FirstRows(rows);
        return first.Count == 0
            ? (0, 0)
            : first.Max(row => (CountFields(row, meanings), row.Cells.Count(static cell => !cell.IsBlank)));
    }

    /// <summary>
    /// The lines of headings: the row that names the most fields, for a block of words above a register may name one or
    /// two as well; and a line below it that names them in another language or divides them further.
    /// </summary>
    private static List<RegisterRow>? Header(List<RegisterRow> first, HeadingMeanings meanings)
    {
        var best = first
            .Select((row, at) => (Row: row, At: at, Fields: CountFields(row, meanings)))
            .Where(static scored => scored.Fields >= HeaderMinFields)
            .OrderByDescending(static scored => scored.Fields)
            .FirstOrDefault();
        if (best.Row is null)
            return null;

        var lines = new List<RegisterRow> { best.Row };
        if (best.At + 1 < first.Count && IsSecondLine(best.Row, first[best.At + 1], meanings))
            lines.Add(first[best.At + 1]);
        else if (best.At > 0 && IsSecondLine(first[best.At - 1], best.Row, meanings))
            lines.Insert(0, first[best.At - 1]);
        var tooWide = lines.Exists(static line => line.Cells.Skip(MaxColumns).Any(static cell => !cell.IsBlank));
        return tooWide ? throw new RegisterFaultException(RegisterFault.TooManyColumns) : lines;
    }

    /// <summary>
    /// Both lines stand directly below each other and consist of words; most of what the lower one adds are headings.
    /// </summary>
    private static bool IsSecondLine(RegisterRow upper, RegisterRow lower, HeadingMeanings meanings)
    {
        if (lower.Number != upper.Number + 1)
            return false;
        var own = lower.Cells.Where(static cell => !cell.IsBlank && !cell.Sources.HasFlag(CellSources.Merged)).ToList();
        var named = own.Count(cell => Named(cell, meanings) is not null);
        var above = CountFields(upper, meanings);
        return named > 0
            && above > 0
            && named * 2 > own.Count
            && own.TrueForAll(static cell => cell.Number is null && cell.Date is null)
            && (named >= HeaderMinFields || CountFields(Combined(upper, lower), meanings) > above);
    }

    /// <summary>The lower heading of each column, or the upper one where there is none below.</summary>
    private static RegisterRow Combined(RegisterRow upper, RegisterRow lower) =>
        lower with
        {
            Cells =
            [
                .. Enumerable
                    .Range(0, Math.Max(upper.Cells.Count, lower.Cells.Count))
                    .Select(at => lower.Cell(at).IsBlank ? upper.Cell(at) : lower.Cell(at)),
            ],
        };

    private static List<RegisterColumn> ColumnsOf(
        List<RegisterRow> lines,
        List<RegisterRow> data,
        HeadingMeanings meanings
    )
    {
        var header = lines.Count == 1 ? lines[0] : Headline(lines[0], lines[1], meanings);
        var width = header.Cells.Count - header.Cells.Reverse().TakeWhile(static cell => cell.IsBlank).Count();
        var named = header.Cells.Take(width).Select((cell, at) => (At: at, Named: Named(cell, meanings))).ToList();
        var chosen = named
            .Where(static column => column.Named is not null)
            .GroupBy(static column => column.Named!.Value.Field)
            .ToDictionary(
                // Of two columns with one heading, the one that holds something counts.
                columns => columns.MinBy(column => (column.Named!.Value.Rank, IsEmpty(column.At) ? 1 : 0)).At,
                static columns => columns.Key
            );

        return
        [
            .. named.Select(column =>
            {
                var heading = header.Cells[column.At].Text.Trim();
                RegisterField? field = chosen.TryGetValue(column.At, out var found) ? found : null;
                return new RegisterColumn(column.At, heading, field)
                {
                    Reason = meanings.ReasonOf(heading, field),
                    Currency = field == RegisterField.Amount ? Headings.Currency(heading) : null,
                    MonthFirst = field is not null && Headings.SaysMonthFirst(heading),
                };
            }),
        ];

        bool IsEmpty(int at) => data.TrueForAll(row => row.Cell(at).IsBlank);
    }

    /// <summary>
    /// Of two lines of headings the lower counts, where it names a field or the upper does not: it may also say the
    /// same in another language.
    /// </summary>
    private static RegisterRow Headline(RegisterRow upper, RegisterRow lower, HeadingMeanings meanings)
    {
        var cells = Combined(upper, lower).Cells.ToList();
        for (var at = 0; at < cells.Count; at++)
        {
            var isMapped = !upper.Cell(at).IsBlank && meanings.AreSaid(upper.Cell(at).Text);
            if (isMapped || (Named(cells[at], meanings) is null && Named(upper.Cell(at), meanings) is not null))
                cells[at] = upper.Cell(at);
            else if (
                Named(upper.Cell(at), meanings)?.Field == Named(cells[at], meanings)?.Field
                && !upper.Cell(at).IsBlank
            )
                cells[at] = upper.Cell(at);
        }

        return lower with
        {
            Cells = cells,
        };
    }

    private static int CountFields(RegisterRow row, HeadingMeanings meanings) =>
        row.Cells.Select(cell => Named(cell, meanings)?.Field).OfType<RegisterField>().Distinct().Count();

    private static (RegisterField Field, int Rank)? Named(RegisterCell cell, HeadingMeanings meanings)
    {
        if (cell.IsBlank || cell.Number is not null || cell.Date is not null)
            return null;
        return meanings.Of(cell.Text);
    }

    /// <summary>How much text has been read.</summary>
    private sealed class Budget
    {
        public long Characters { get; set; }
    }

    private static void Data(Table table, Table main, List<RegisterRow> data, Budget budget, CancellationToken stop)
    {
        int[] known =
        [
            .. table.Columns.Where(static column => column.Field is not null).Select(static column => column.Index),
        ];
        var number = main.Columns.FirstOrDefault(static column => column.Field == RegisterField.Number)?.Index;
        var places = ReferenceEquals(table, main) ? null : Places(table, main);
        foreach (var row in table.Sheet.Rows)
        {
            stop.ThrowIfCancellationRequested();
            if (row.Number <= table.Header.Number || IsBlank(row, known))
                continue;
            if (data.Count == MaxRows)
                throw new RegisterFaultException(RegisterFault.TooManyRows);

            budget.Characters += row.Cells.Sum(static cell => (long)cell.Text.Length);
            if (budget.Characters > MaxCharacters)
                throw new RegisterFaultException(RegisterFault.TooLarge);
            data.Add(
                row with
                {
                    Number = (table.Place * RegisterRow.SheetSpan) + row.Number,
                    Cells = Judged(
                        main.Columns,
                        places is not null ? [.. places.Select(at => at < 0 ? RegisterCell.Empty : row.Cell(at))]
                            : row.Cells.Count <= MaxColumns ? row.Cells
                            : [.. row.Cells.Take(MaxColumns)],
                        number
                    ),
                }
            );
        }
    }

    /// <summary>
    /// Marks texts that stand for nothing, or for an error. In what our own register wrote they are what they say.
    /// </summary>
    private static IReadOnlyList<RegisterCell> Judged(
        IReadOnlyList<RegisterColumn> columns,
        IReadOnlyList<RegisterCell> cells,
        int? numberAt
    )
    {
        if (numberAt is { } own && own < cells.Count && TransactionNumber.IsOurs(cells[own].Text.Trim()))
            return cells;
        List<RegisterCell>? marked = null;
        for (var at = 0; at < Math.Min(columns.Count, cells.Count); at++)
        {
            if (columns[at].Field is not { } field || cells[at].Trouble != CellTrouble.None)
                continue;
            var cell = cells[at];
            if (SheetErrors.Shows(cell.Text))
                cell = cell with { Trouble = CellTrouble.Error };
            else if (Placeholders.IsOne(field, cell))
                cell = cell with { Sources = cell.Sources | CellSources.Placeholder };
            else
                continue;
            marked ??= [.. cells];
            marked[at] = cell;
        }

        return marked ?? cells;
    }

    // Registers come with running numbers filled in far below the last transaction: such a row is blank too.
    private static bool IsBlank(RegisterRow row, int[] known) =>
        Array.TrueForAll(
            known,
            column => row.Cell(column) is var cell && (cell.IsBlank || cell.Sources.HasFlag(CellSources.Merged))
        );

    /// <summary>Where a later sheet has the columns of the first one; -1 for a column that it lacks.</summary>
    private static List<int> Places(Table table, Table main)
    {
        return [.. main.Columns.Select(Place)];

        int Place(RegisterColumn wanted) =>
            table
                .Columns.FirstOrDefault(column =>
                    wanted.Field is not null
                        ? column.Field == wanted.Field
                        : column.Field is null && Headings.Key(column.Heading) == Headings.Key(wanted.Heading)
                )
                ?.Index
            ?? -1;
    }
}
