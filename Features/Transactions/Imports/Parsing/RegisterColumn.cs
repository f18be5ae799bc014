namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>A column as the file has it.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Heading">As written.</param>
/// <param name="Field">What it is read as; null when it is not read.</param>
public sealed record RegisterColumn(int Index, string Heading, RegisterField? Field)
{
    /// <summary>Why the column is not read, or read otherwise than its heading says.</summary>
    public ColumnReason? Reason { get; init; }

    /// <summary>The currency that the heading names for amounts that name none themselves.</summary>
    public string? Currency { get; init; }

    /// <summary>The heading says that its dates have the month first.</summary>
    public bool MonthFirst { get; init; }
}

/// <summary>Why a column is not read, or read otherwise than its heading says.</summary>
public enum ColumnReason
{
    /// <summary>Its heading names no field.</summary>
    UnknownHeading,

    /// <summary>It has no heading.</summary>
    NoHeading,

    /// <summary>Another column names the same field more plainly.</summary>
    FieldTaken,

    /// <summary>A person or a script said so.</summary>
    LeftOut,

    /// <summary>It is read as a person or a script said of this file.</summary>
    Said,

    /// <summary>The register keeps it itself: the transaction number, the last change, a person's name.</summary>
    KeptByRegister,

    /// <summary>It is read as a person chose at an earlier import.</summary>
    Remembered,

    /// <summary>It is not read, as a person chose at an earlier import.</summary>
    LeftOutBefore,
}

/// <summary>A sheet of the file.</summary>
/// <param name="Name">Null for a text file.</param>
/// <param name="Rows">Its data rows; of a sheet that is not read, those that are not blank.</param>
/// <param name="IsRead">Its rows are among the register's.</param>
public sealed record RegisterSheet(string? Name, int Rows, bool IsRead);
