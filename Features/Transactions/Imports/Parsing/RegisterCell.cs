namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>A cell: its text as a person reads it, and the date or number that a spreadsheet keeps behind it.</summary>
public readonly record struct RegisterCell(string Text, DateOnly? Date = null, decimal? Number = null)
{
    public static RegisterCell Empty { get; } = new(string.Empty);

    /// <summary>The time of day that stands behind a date.</summary>
    public TimeOnly? Time { get; init; }

    /// <summary>The currency that the number format shows, as it is written there.</summary>
    public string? Currency { get; init; }

    /// <summary>The workbook counts its days from 1904.</summary>
    public bool Since1904 { get; init; }

    /// <summary>Why the text is not a value; such a cell is never taken.</summary>
    public CellTrouble Trouble { get; init; }

    /// <summary>Where the value comes from, if it was not typed into this very cell.</summary>
    public CellSources Sources { get; init; }

    public bool IsBlank =>
        (string.IsNullOrWhiteSpace(Text) && Trouble == CellTrouble.None) || Sources.HasFlag(CellSources.Placeholder);
}

/// <summary>What keeps a cell of a workbook from having a value.</summary>
public enum CellTrouble
{
    None,

    /// <summary>The cell shows an error such as <c>#REF!</c>.</summary>
    Error,

    /// <summary>A formula that no spreadsheet has computed yet.</summary>
    NoResult,

    /// <summary>A number of more digits than a spreadsheet keeps.</summary>
    DigitsLost,
}

/// <summary>Where the value of a cell comes from.</summary>
[Flags]
public enum CellSources
{
    None = 0,
    Formula = 1,

    /// <summary>The number format adds what is shown: zeros, a prefix, a currency.</summary>
    Format = 2,

    /// <summary>The cell is covered by a merged one above it.</summary>
    Merged = 4,

    /// <summary>A number without a date's format that was read as a day.</summary>
    Serial = 8,

    /// <summary>A dash or a word that says that there is nothing; the cell counts as empty.</summary>
    Placeholder = 16,
}
