namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>One sheet of a file, read while it is walked through.</summary>
internal sealed record Sheet(string? Name, IEnumerable<RegisterRow> Rows);
