namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>A register, or why there is none.</summary>
public sealed record RegisterOpening(RegisterFile? File, RegisterFault? Fault);
