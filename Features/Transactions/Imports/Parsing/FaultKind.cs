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
    TypeMissing,
    UnknownType,
    UnknownCategory,
    UnknownPriority,
    UnknownStatus,
    AmountNotANumber,
    AmountNegative,
    AmountTooLarge,
    UnknownCurrency,

    /// <summary>The amount names one currency and the column beside it another.</summary>
    CurrenciesDiffer,
    DateImpossible,
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
}
