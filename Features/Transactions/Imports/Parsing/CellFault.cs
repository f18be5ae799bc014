namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>A fault and where it stands.</summary>
/// <param name="Field">The field that the cell was read as.</param>
/// <param name="Column">The heading as the file writes it; empty where the file has no such column.</param>
/// <param name="Value">The beginning of what the cell holds.</param>
/// <param name="Kind">What is wrong.</param>
public sealed record CellFault(RegisterField Field, string Column, string Value, FaultKind Kind);
