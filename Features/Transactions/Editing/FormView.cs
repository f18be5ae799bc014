using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Projects;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;

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

    /// <summary>What a search for one of many found, by the field that asks.</summary>
    public (string Field, IReadOnlyList<Suggestion> Choices)? Found { get; init; }

    /// <summary>What else has its reference.</summary>
    public IReadOnlyList<KeepDraft.Known> Known { get; init; } = [];

    /// <summary>The key of its kept draft.</summary>
    public string DraftKey => Number ?? NewKey;

    /// <summary>Where a new transaction is kept while it is typed; another for each form that is opened.</summary>
    public string NewKey { get; init; } = FormDraft.New;

    /// <summary>
    /// Whether more than what every transaction needs is open: something was typed there, or is wrong there.
    /// </summary>
    public bool ShowsMore =>
        Number is not null
        || Found is not null && !Needed.Contains(Found.Value.Field)
        || (Errors?.Fields ?? []).Except(Needed).Any()
        || TransactionForm.Names.Except(Needed).Any(name => Form[name].Length > 0 && Form[name] != UsualOf(name));

    private static readonly List<string> Needed = ["client", "type", "title", "referenceNumber", "dueDate"];

    /// <summary>All fields as they stand on the page.</summary>
    public static IReadOnlyList<string> Fields { get; } =
    [
        .. Needed,
        "project",
        "assignee",
        "department",
        "priority",
        "category",
        "amount",
        "currency",
        "tags",
        "description",
        "holder",
        "holderName",
        "holderSince",
        "internalNotes",
        "authorityReferences",
    ];

    // What stands there before anybody types.
    private string UsualOf(string name) =>
        name switch
        {
            "currency" => "SAR",
            "priority" => "normal",
            "holder" => "us",
            "assignee" => User.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => "",
        };

    /// <summary>Other new transactions that the person began: offered, never filled in unasked.</summary>
    public IReadOnlyList<ListDrafts.Kept> Begun { get; init; } = [];
}

/// <summary>Makes the form of a transaction with all it offers.</summary>
public sealed class TransactionForms(
    CurrentUser user,
    CatalogueCache catalogues,
    CurrentChoices choices,
    SuggestClients clients,
    SuggestProjects projects,
    SuggestColleagues colleagues,
    TimeProvider clock
)
{
    /// <summary>The button of a search beside a field was pressed: the field offers what was found.</summary>
    public static bool IsSearch(IFormCollection posted) => posted["find"].Count > 0;

    /// <summary>The form as it was posted, one of its fields offering what its search found.</summary>
    public async Task<FormView> Search(IFormCollection posted, CancellationToken stop)
    {
        var form = TransactionForm.From(posted);
        var field = posted["find"].ToString();
        var q = posted[field + ".find"].ToString();
        var found = field switch
        {
            "client" => await clients.Handle(q, stop),
            "project" => await projects.Handle(q, form["client"], stop),
            "assignee" => await colleagues.Handle(q, stop),
            _ => [],
        };
        return await Show(form, errors: null, keptAt: null, stop) with { Found = (field, found) };
    }

    public async Task<FormView> Show(
        TransactionForm form,
        FieldErrors? errors,
        DateTime? keptAt,
        CancellationToken stop
    )
    {
        var chosen = new Choices.Chosen
        {
            Clients = Choices.Chosen.Ids(form["client"]),
            Projects = form["project"].Length > 0 ? [form["project"]] : [],
            People = Choices.Chosen.Ids(form["assignee"]),
        };
        var offered = await choices.Get(chosen, stop);
        return new(form, errors, offered, await catalogues.Get(stop), user, clock.Today()) { KeptAt = keptAt };
    }
}
