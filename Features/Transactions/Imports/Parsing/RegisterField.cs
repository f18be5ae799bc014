namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>What a column of a register may hold.</summary>
public enum RegisterField
{
    Reference,
    Title,
    Client,
    Type,
    Category,
    Priority,
    Status,
    Amount,
    Currency,
    DueDate,
    Assignee,
    Description,
    Tags,
    Project,
    Department,
    InternalNotes,
    CreatedDate,
    SubmittedDate,
    CompletedDate,

    /// <summary>Who has the ball, by name.</summary>
    Holder,

    /// <summary>Whether that is us, the client or an authority.</summary>
    HolderKind,

    /// <summary>The day from which they have it.</summary>
    HolderSince,

    AuthorityReferences,

    /// <summary>
    /// Our own number, as an export has it: finds the transaction that is here already. It is never taken over.
    /// </summary>
    Number,
}
