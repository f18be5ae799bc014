namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>A column as the file has it.</summary>
public sealed record RegisterColumn(int Index, string Heading, RegisterField? Field);
