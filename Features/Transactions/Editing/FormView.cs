using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>The form of a transaction, new or edited, with all it offers and what is wrong with it.</summary>
public sealed record FormView(
    TransactionForm Form,
    FieldErrors? Errors,
    Choices Choices,
    CatalogueEntries Catalogue,
    CurrentUser User,
    DateOnly Today
)
{
    /// <summary>Null for a new transaction.</summary>
    public string? Number { get; init; }
    public string? Reference { get; init; }

    /// <summary>The version that the person began with.</summary>
    public int Version { get; init; }

    /// <summary>The fields as they were at that version, to tell later who changed what.</summary>
    public TransactionForm? Original { get; init; }

    /// <summary>When what is shown was kept as a draft; null when it is not a draft.</summary>
    public DateTime? KeptAt { get; init; }

    /// <summary>What else has its reference.</summary>
    public IReadOnlyList<KeepDraft.Known> Known { get; init; } = [];

    /// <summary>The key of its kept draft.</summary>
    public string DraftKey => Number ?? NewKey;

    /// <summary>Where a new transaction is kept while it is typed; another for each form that is opened.</summary>
    public string NewKey { get; init; } = FormDraft.New;

    /// <summary>Other new transactions that the person began: offered, never filled in unasked.</summary>
    public IReadOnlyList<ListDrafts.Kept> Begun { get; init; } = [];
}

/// <summary>Makes the form of a transaction with all it offers.</summary>
public sealed class TransactionForms(
    CurrentUser user,
    CatalogueCache catalogues,
    CurrentChoices choices,
    TimeProvider clock
)
{
    public async Task<FormView> Show(
        TransactionForm form,
        FieldErrors? errors,
        DateTime? keptAt,
        CancellationToken stop
    ) =>
        new(form, errors, await choices.Get(stop), await catalogues.Get(stop), user, clock.Today()) { KeptAt = keptAt };
}
