namespace MdcTts.Infrastructure.Exports;

/// <summary>A cell by what it holds: exactly one is set, or none for an empty cell.</summary>
/// <param name="Minor">An amount in its smallest unit.</param>
public readonly record struct ExportCell(
    string? Text = null,
    long? Minor = null,
    DateOnly? Date = null,
    DateTime? RiyadhTime = null,
    decimal? Number = null
);

/// <summary>A column of a sheet.</summary>
/// <param name="Heading">In the reader's language.</param>
/// <param name="Width">In characters.</param>
/// <param name="Cell">Its value in a row.</param>
public sealed record ExportColumn<T>(string Heading, int Width, Func<T, ExportCell> Cell);
