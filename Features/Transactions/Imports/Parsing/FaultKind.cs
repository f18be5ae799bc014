namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>What is wrong with a cell, so that its row is rejected.</summary>
public enum FaultKind
{
    TitleMissing,
    TitleTooLong,
    ReferenceTooLong,
    ClientMissing,
    ClientTooLong,
    UnknownClient,

    /// <summary>An editor's file brings a client that only an admin can create.</summary>
    ClientForAdmins,
    TypeMissing,
    UnknownType,
    UnknownCategory,
    UnknownPriority,
    UnknownStatus,

    /// <summary>An editor's file carries a status that only an admin can set.</summary>
    StatusForAdmins,

    AmountNotANumber,
    AmountNegative,
    AmountTooLarge,
    UnknownCurrency,

    /// <summary>The amount names one currency and the column beside it another.</summary>
    CurrenciesDiffer,
    DateImpossible,

    /// <summary>The date may exist; its form is not known.</summary>
    DateNotUnderstood,

    /// <summary>The month stands before the day.</summary>
    DateMonthFirst,

    /// <summary>What was created, submitted or completed lies ahead.</summary>
    DateAhead,

    /// <summary>It was submitted or completed before it was created.</summary>
    DateBeforeCreation,
    UnknownAssignee,
    DescriptionTooLong,
    InternalNotesTooLong,
    TooManyTags,
    TagTooLong,
    UnknownProject,

    /// <summary>The project is known, and belongs to another client than the row names.</summary>
    ProjectOfAnotherClient,
    UnknownDepartment,
    ForbiddenCharacters,

    /// <summary>The cell shows an error such as <c>#REF!</c>.</summary>
    ErrorCell,

    /// <summary>A formula that no spreadsheet has computed.</summary>
    FormulaWithoutResult,

    /// <summary>A number of more digits than a spreadsheet keeps.</summary>
    DigitsLost,

    HolderTooLong,

    /// <summary>Neither us, the client nor an authority.</summary>
    UnknownHolder,

    /// <summary>An authority and its number are needed.</summary>
    AuthorityUnreadable,

    /// <summary>Bytes of a damaged file stood here.</summary>
    CharactersLost,

    /// <summary>A row of a text file has more cells than there are headings.</summary>
    RowTooLong,
}
