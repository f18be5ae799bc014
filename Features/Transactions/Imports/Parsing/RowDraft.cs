namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>A row understood: the values that a transaction is made of.</summary>
public sealed record RowDraft
{
    /// <summary>The number that a spreadsheet shows beside the row.</summary>
    public required int Row { get; init; }

    /// <summary>Our own number; null where the row names none.</summary>
    public string? Number { get; init; }

    public string? Reference { get; init; }

    public required string Title { get; init; }

    /// <summary>The client's id; null for a client that is to be created under <see cref="ClientName"/>.</summary>
    public string? Client { get; init; }

    public required string ClientName { get; init; }

    public required string Type { get; init; }

    public string? Category { get; init; }

    public required string Priority { get; init; }

    public required string Status { get; init; }

    public long? AmountMinor { get; init; }

    /// <summary>The amount's currency where the register names one; the caller knows the default.</summary>
    public string? Currency { get; init; }

    public DateOnly? DueDate { get; init; }

    public string? Assignee { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? Project { get; init; }

    public string? Department { get; init; }

    public string? InternalNotes { get; init; }

    /// <summary>Times in Riyadh; midnight where the register names only the day.</summary>
    public DateTime? CreatedAt { get; init; }

    public DateTime? SubmittedAt { get; init; }

    public DateTime? CompletedAt { get; init; }

    public HolderKind HolderKind { get; init; }

    public string? HolderName { get; init; }

    public DateOnly? HolderSince { get; init; }

    public IReadOnlyList<AuthorityNumber> AuthorityReferences { get; init; } = [];
}
