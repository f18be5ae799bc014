namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>A draft, or the faults for which the row is rejected.</summary>
public sealed record RowReading(RowDraft? Draft, IReadOnlyList<CellFault> Faults);
