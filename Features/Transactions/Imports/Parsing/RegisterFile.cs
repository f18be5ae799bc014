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
    public const int MaxBytes = 10 * 1024 * 1024;
    public const int MaxRows = 10_000;
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

    private RegisterFile(
        RegisterFormat format,
        string? sheet,
        int headerRow,
        IReadOnlyList<RegisterColumn> columns,
        IReadOnlyList<RegisterRow> rows
    )
    {
        (Format, Sheet, HeaderRow, Columns, Rows) = (format, sheet, headerRow, columns, rows);
        Missing = [.. new[] { RegisterField.Title, RegisterField.Client }.Where(field => Column(field) is null)];
    }

    public RegisterFormat Format { get; }

    /// <summary>The sheet that holds the register; null for a text file.</summary>
    public string? Sheet { get; }

    /// <summary>The number of the row that holds the headings.</summary>
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
    /// <param name="stop">Cancels; the only thing that makes this throw.</param>
    public static RegisterOpening Open(
        Stream file,
        IReadOnlyDictionary<string, RegisterField?>? mapping = null,
        CancellationToken stop = default
    )
    {
        try
        {
            var names = mapping
                ?.GroupBy(static named => Headings.Key(named.Key), StringComparer.Ordinal)
                .ToDictionary(static group => group.Key, static group => group.First().Value, StringComparer.Ordinal);
            return new(Read(Bytes(file, stop), names ?? [], stop), Fault: null);
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

    private static RegisterFile Read(byte[] bytes, Dictionary<string, RegisterField?> mapping, CancellationToken stop)
    {
        var format = RegisterFormats.Detect(bytes);
        var sheets = format switch
        {
            RegisterFormat.Xlsx => XlsxSheets.Read(bytes),
            RegisterFormat.Xls => XlsSheets.Read(bytes),
            _ => TextSheet.Read(bytes, candidate => Score(candidate, mapping)),
        };

        var hasHeader = false;
        foreach (var sheet in sheets)
        {
            using var rows = sheet.Rows.GetEnumerator();
            var first = FirstRows(rows);
            if (Header(first, mapping) is not { } header)
                continue;

            hasHeader = true;
            var columns = ColumnsOf(header, mapping);
            var data = Data(first.SkipWhile(row => row.Number <= header.Number), rows, columns, stop);
            if (data.Count > 0)
                return new RegisterFile(format, sheet.Name, header.Number, columns, data);
        }

        throw new RegisterFaultException(hasHeader ? RegisterFault.NoRows : RegisterFault.NoHeader);
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
    private static (int Fields, int Width) Score(
        IEnumerable<RegisterRow> candidate,
        Dictionary<string, RegisterField?> mapping
    )
    {
        using var rows = candidate.GetEnumerator();
        var first = FirstRows(rows);
        return first.Count == 0
            ? (0, 0)
            : first.Max(row => (CountFields(row, mapping), row.Cells.Count(static cell => !cell.IsBlank)));
    }

    /// <summary>
    /// The row that names the most fields: a block of words above a register may name one or two as well.
    /// </summary>
    private static RegisterRow? Header(List<RegisterRow> first, Dictionary<string, RegisterField?> mapping)
    {
        var best = first
            .Select(row => (Row: row, Fields: CountFields(row, mapping)))
            .Where(static scored => scored.Fields >= HeaderMinFields)
            .OrderByDescending(static scored => scored.Fields)
            .FirstOrDefault();
        if (best.Row is null)
            return null;

        var tooWide = best.Row.Cells.Skip(MaxColumns).Any(static cell => !cell.IsBlank);
        return tooWide ? throw new RegisterFaultException(RegisterFault.TooManyColumns) : best.Row;
    }

    private static List<RegisterColumn> ColumnsOf(RegisterRow header, Dictionary<string, RegisterField?> mapping)
    {
        var width = header.Cells.Count - header.Cells.Reverse().TakeWhile(static cell => cell.IsBlank).Count();
        var named = header.Cells.Take(width).Select((cell, at) => (At: at, Named: Named(cell, mapping))).ToList();
        var chosen = named
            .Where(static column => column.Named is not null)
            .GroupBy(static column => column.Named!.Value.Field)
            .ToDictionary(
                static columns => columns.MinBy(static column => column.Named!.Value.Rank).At,
                static columns => columns.Key
            );

        return
        [
            .. named.Select(column => new RegisterColumn(
                column.At,
                header.Cells[column.At].Text.Trim(),
                chosen.TryGetValue(column.At, out var field) ? field : null
            )),
        ];
    }

    private static int CountFields(RegisterRow row, Dictionary<string, RegisterField?> mapping) =>
        row.Cells.Select(cell => Named(cell, mapping)?.Field).OfType<RegisterField>().Distinct().Count();

    private static (RegisterField Field, int Rank)? Named(RegisterCell cell, Dictionary<string, RegisterField?> mapping)
    {
        if (cell.IsBlank || !mapping.TryGetValue(Headings.Key(cell.Text), out var mapped))
            return Headings.Find(cell.Text);
        return mapped is { } field ? (field, -1) : null;
    }

    private static List<RegisterRow> Data(
        IEnumerable<RegisterRow> buffered,
        IEnumerator<RegisterRow> rest,
        List<RegisterColumn> columns,
        CancellationToken stop
    )
    {
        int[] known =
        [
            .. columns.Where(static column => column.Field is not null).Select(static column => column.Index),
        ];
        var data = new List<RegisterRow>();
        long characters = 0;

        foreach (var row in buffered)
            Add(row);
        while (rest.MoveNext())
            Add(rest.Current);
        return data;

        void Add(RegisterRow row)
        {
            stop.ThrowIfCancellationRequested();

            // Registers come with running numbers filled in far below the last transaction: such a row is blank too.
            if (Array.TrueForAll(known, column => row.Cell(column).IsBlank))
                return;
            if (data.Count == MaxRows)
                throw new RegisterFaultException(RegisterFault.TooManyRows);

            characters += row.Cells.Sum(static cell => (long)cell.Text.Length);
            if (characters > MaxCharacters)
                throw new RegisterFaultException(RegisterFault.TooLarge);
            data.Add(row.Cells.Count <= MaxColumns ? row : row with { Cells = [.. row.Cells.Take(MaxColumns)] });
        }
    }
}
