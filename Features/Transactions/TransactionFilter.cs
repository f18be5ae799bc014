using System.Collections.Frozen;
using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary>The filters of a list as sent: every value a string, because filter forms send empty ones.</summary>
public sealed class TransactionQuery
{
    public string? Q { get; init; }
    public string[]? Status { get; init; }
    public string[]? Priority { get; init; }
    public string[]? Type { get; init; }
    public string[]? Category { get; init; }
    public string[]? Department { get; init; }
    public string[]? Client { get; init; }
    public string[]? Project { get; init; }
    public string[]? Assignee { get; init; }
    public string[]? CreatedBy { get; init; }
    public string[]? Holder { get; init; }
    public string[]? Tag { get; init; }
    public string? CreatedFrom { get; init; }
    public string? CreatedTo { get; init; }
    public string? CompletedFrom { get; init; }
    public string? CompletedTo { get; init; }
    public string? DueFrom { get; init; }
    public string? DueTo { get; init; }
    public string? UpdatedSince { get; init; }
    public string? Overdue { get; init; }
    public string? Import { get; init; }
    public string? Sort { get; init; }
    public string? Page { get; init; }
    public string? PageSize { get; init; }

    /// <summary><c>open</c>: the page shows all filters.</summary>
    public string? Filters { get; init; }

    /// <summary>The filters of an address, such as a form carries along: <c>?client=3&amp;sort=title</c>.</summary>
    public static TransactionQuery Parse(string? address)
    {
        var sent = QueryHelpers.ParseQuery(address);
        string? One(string name) => sent.TryGetValue(name, out var values) ? values[0] : null;
        string[]? Many(string name) => sent.TryGetValue(name, out var values) ? [.. values.OfType<string>()] : null;
        return new()
        {
            Q = One("q"),
            Status = Many("status"),
            Priority = Many("priority"),
            Type = Many("type"),
            Category = Many("category"),
            Department = Many("department"),
            Client = Many("client"),
            Project = Many("project"),
            Assignee = Many("assignee"),
            CreatedBy = Many("createdBy"),
            Holder = Many("holder"),
            Tag = Many("tag"),
            CreatedFrom = One("createdFrom"),
            CreatedTo = One("createdTo"),
            CompletedFrom = One("completedFrom"),
            CompletedTo = One("completedTo"),
            DueFrom = One("dueFrom"),
            DueTo = One("dueTo"),
            UpdatedSince = One("updatedSince"),
            Overdue = One("overdue"),
            Import = One("import"),
            Sort = One("sort"),
            Page = One("page"),
            PageSize = One("pageSize"),
        };
    }

    /// <summary>The names the contract knows; anything else in the address is refused under <c>/api</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "q",
        "status",
        "priority",
        "type",
        "category",
        "department",
        "client",
        "project",
        "assignee",
        "createdBy",
        "holder",
        "tag",
        "createdFrom",
        "createdTo",
        "completedFrom",
        "completedTo",
        "dueFrom",
        "dueTo",
        "updatedSince",
        "overdue",
        "import",
        "sort",
        "page",
        "pageSize",
        "after",
        "limit",
        "format",
    ];
}

/// <summary>
/// The filters understood: keys checked, dates read, page clamped. Writes itself back as the address that makes the
/// same list.
/// </summary>
public sealed record TransactionFilter
{
    /// <summary>From here on a search matches many: see <see cref="TransactionQueries.Matching"/>.</summary>
    public const int ManyMatches = 2_000;
    private const int ValuesMax = 50;
    public const string DefaultSort = "-updatedAt";

    /// <summary>The sorts offered, without the minus that turns them round.</summary>
    public static IReadOnlyList<string> Sorts { get; } =
    [
        "updatedAt",
        "createdAt",
        "dueDate",
        "number",
        "referenceNumber",
        "title",
        "priority",
        "status",
        "type",
        "holder",
        "amount",
        "client",
        "assignee",
    ];

    public string? Search { get; init; }
    public IReadOnlyList<string> Statuses { get; init; } = [];
    public IReadOnlyList<Priority> Priorities { get; init; } = [];
    public IReadOnlyList<string> Types { get; init; } = [];
    public IReadOnlyList<string> Categories { get; init; } = [];
    public IReadOnlyList<string> Departments { get; init; } = [];

    /// <summary>What it names: to be shown by name, and offered again.</summary>
    public Choices.Chosen Named() =>
        new()
        {
            Clients = Clients,
            Projects = Projects,
            People = Choices.Chosen.Ids([.. Assignees, .. Creators]),
        };

    public IReadOnlyList<int> Clients { get; init; } = [];
    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>Ids, <c>me</c> or <c>none</c>.</summary>
    public IReadOnlyList<string> Assignees { get; init; } = [];
    public IReadOnlyList<string> Creators { get; init; } = [];
    public IReadOnlyList<HolderKind> Holders { get; init; } = [];
    public IReadOnlyList<string> Tags { get; init; } = [];
    public DateOnly? CreatedFrom { get; init; }
    public DateOnly? CreatedTo { get; init; }
    public DateOnly? CompletedFrom { get; init; }
    public DateOnly? CompletedTo { get; init; }
    public DateOnly? DueFrom { get; init; }
    public DateOnly? DueTo { get; init; }
    public DateTime? UpdatedSince { get; init; }
    public bool Overdue { get; init; }
    public int? Import { get; init; }
    public IReadOnlyList<string> Sort { get; init; } = [DefaultSort];
    public PageRequest Page { get; init; } = new(1, PageRequest.SizeDefault);

    /// <summary>Dates that cannot be read, by field, as they were typed: the page shows them as wrong.</summary>
    public IReadOnlyDictionary<string, string> Unread { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>
    /// Reads what was sent. Unknown keys are refused with the allowed ones; page and size are clamped.
    /// </summary>
    /// <param name="keepsUnread">Dates that cannot be read are told and left out, not refused.</param>
    public static Result<TransactionFilter> From(
        TransactionQuery query,
        CatalogueEntries catalogue,
        bool keepsUnread = false
    )
    {
        var unread = new Dictionary<string, string>(StringComparer.Ordinal);
        Problem? problem = null;
        IReadOnlyList<T> Many<T>(
            string name,
            string[]? values,
            Func<string, (bool Ok, T Value)> read,
            IEnumerable<string> allowed
        )
        {
            var found = new List<T>();
            foreach (
                var text in (values ?? [])
                    .Where(v => !string.IsNullOrWhiteSpace(v))
                    .Distinct(StringComparer.Ordinal)
                    .Take(ValuesMax)
            )
            {
                var (ok, value) = PlainText.HasForbidden(text) ? default : read(text.Trim());
                if (ok)
                    found.Add(value);
                else
                    problem ??= Problem.NotAllowed(name, text, allowed);
            }

            return found;
        }

        IReadOnlyList<string> Listed(string name, string[]? values, ListKind kind) =>
            Many(name, values, v => (catalogue.Find(kind, v) is not null, v), catalogue.Of(kind).Select(i => i.Key));

        DateOnly? Date(string name, string? text)
        {
            if (string.IsNullOrWhiteSpace(text))
                return null;
            if (Dates.TryParse(text, out var date))
                return date;
            if (keepsUnread && text.Length <= DateEcho.TextMaxLength && !PlainText.HasForbidden(text))
                unread[name] = text;
            else
                problem ??= Problem.NotAllowed(name, text, ["YYYY-MM-DD"]);
            return null;
        }

        problem = ListSearch.Refuse(query.Q) ?? problem;
        var filter = new TransactionFilter
        {
            Search = string.IsNullOrWhiteSpace(query.Q) ? null : query.Q.Trim(),
            Statuses = Many(
                "status",
                query.Status,
                v => (catalogue.Workflow.Has(v), v),
                catalogue.Workflow.Statuses.Select(s => s.Key)
            ),
            Priorities = Many(
                "priority",
                query.Priority,
                v => (Keys.Find<Priority>(v) is not null, Keys.Find<Priority>(v) ?? default),
                Keys.All<Priority>()
            ),
            Types = Listed("type", query.Type, ListKind.Type),
            Categories = Listed("category", query.Category, ListKind.Category),
            Departments = Listed("department", query.Department, ListKind.Department),
            Clients = Many(
                "client",
                query.Client,
                v => (int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var id), id),
                ["id"]
            ),
            Projects = Many("project", query.Project, v => (v.Length <= 20, v.ToUpperInvariant()), ["PRJ-YYYY-NNN"]),
            Assignees = Many(
                "assignee",
                query.Assignee,
                v => (v is "me" or "none" || IsId(v), v),
                ["id", "me", "none"]
            ),
            Creators = Many("createdBy", query.CreatedBy, v => (v is "me" || IsId(v), v), ["id", "me"]),
            Holders = Many(
                "holder",
                query.Holder,
                v => (Keys.Find<HolderKind>(v) is not null, Keys.Find<HolderKind>(v) ?? default),
                Keys.All<HolderKind>()
            ),
            Tags = Many(
                "tag",
                query.Tag,
                v => (v.Length <= Transaction.TagMaxLength, v),
                [$"≤ {Transaction.TagMaxLength}"]
            ),
            CreatedFrom = Date("createdFrom", query.CreatedFrom),
            CreatedTo = Date("createdTo", query.CreatedTo),
            CompletedFrom = Date("completedFrom", query.CompletedFrom),
            CompletedTo = Date("completedTo", query.CompletedTo),
            DueFrom = Date("dueFrom", query.DueFrom),
            DueTo = Date("dueTo", query.DueTo),
            UpdatedSince = Instant(query.UpdatedSince),
            Overdue = Flag("overdue", query.Overdue),
            Import = Many<int?>(
                "import",
                [query.Import ?? ""],
                v => (int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out var id), id),
                ["id"]
            )
                is [var import, ..]
                ? import
                : null,
            Sort = Many("sort", query.Sort?.Split(','), v => (Sorts.Contains(v.StartsWith('-') ? v[1..] : v), v), Sorts)
                is { Count: > 0 } sort
                ? [.. sort.Take(3)]
                : [DefaultSort],
            Page = PageRequest.From(query.Page, query.PageSize),
            Unread = unread,
        };
        return problem is null ? filter : problem;

        DateTime? Instant(string? text)
        {
            if (string.IsNullOrWhiteSpace(text))
                return null;
            if (
                DateTime.TryParse(
                    text,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
                    out var at
                ) && at.Year is >= Dates.FirstYear and <= Dates.LastYear
            )
                return at;
            problem ??= Problem.NotAllowed("updatedSince", text, ["2026-11-22T09:30:00Z"]);
            return null;
        }

        bool Flag(string name, string? text)
        {
            if (text is null or "" or "true" or "false")
                return text == "true";
            problem ??= Problem.NotAllowed(name, text, ["true", "false"]);
            return false;
        }
    }

    /// <summary>Narrows a query to this filter; sorting and paging come after.</summary>
    public IQueryable<Transaction> Apply(
        IQueryable<Transaction> t,
        AppDb db,
        CurrentUser user,
        DateOnly today,
        bool matchesMany = false
    )
    {
        if (Statuses.Count > 0)
            t = t.WhereIn(Statuses, x => x.Status);
        if (Priorities.Count > 0)
            t = t.WhereIn(Priorities, x => x.Priority);
        if (Types.Count > 0)
            t = t.WhereIn(Types, x => x.Type);
        if (Categories.Count > 0)
            t = t.WhereIn(Categories, x => x.Category!);
        if (Departments.Count > 0)
            t = t.WhereIn(Departments, x => x.Department!);
        if (Clients.Count > 0)
            t = t.WhereIn(Clients, x => x.ClientId);
        if (Projects.Count > 0)
            t = t.WhereIn(Projects, x => x.Project!.Code);
        if (Assignees.Count > 0)
        {
            var (ids, none) = (People(Assignees, user), Assignees.Contains("none"));
            t = none
                ? t.Where(x => x.AssigneeId == null || ids.Contains(x.AssigneeId.Value))
                : t.WhereIn([.. ids.Select(id => (int?)id)], x => x.AssigneeId);
        }

        if (Creators.Count > 0)
            t = t.WhereIn(People(Creators, user), x => x.CreatedById);
        if (Holders.Count > 0)
            t = t.WhereIn(Holders, x => x.HolderKind);
        if (Tags.Count > 0)
            t = t.Where(x => x.Tags.Any(tag => Tags.Contains(tag.Name)));
        if (CreatedFrom is { } createdFrom)
            t = t.Where(x => x.CreatedAt >= Clock.StartOf(createdFrom));
        if (CreatedTo is { } createdTo)
            t = t.Where(x => x.CreatedAt < Clock.StartOf(createdTo.AddDays(1)));
        if (CompletedFrom is { } completedFrom)
            t = t.Where(x => x.CompletedAt >= Clock.StartOf(completedFrom));
        if (CompletedTo is { } completedTo)
            t = t.Where(x => x.CompletedAt < Clock.StartOf(completedTo.AddDays(1)));
        if (DueFrom is { } dueFrom)
            t = t.Where(x => x.DueDate >= dueFrom);
        if (DueTo is { } dueTo)
            t = t.Where(x => x.DueDate <= dueTo);
        if (UpdatedSince is { } since)
            t = user.IsClient ? t.Where(x => x.OutsideUpdatedAt >= since) : t.Where(x => x.UpdatedAt >= since);
        if (Overdue)
            t = t.Overdue(today);
        if (Import is { } import)
            t = t.Where(x => x.ImportId == import);
        return Search is null ? t : t.Matching(db, TransactionQueries.WordsOf(Search), matchesMany);
    }

    // Zero for every row, so it changes no order; but no index can give it, so the planner must find the rows first
    // and sort them afterwards. A constant would not do: the planner drops it.
    private static readonly Expression<Func<Transaction, int>> InNoIndex = x => x.Id - x.Id;

    /// <summary>
    /// One list after the other, in the order asked for: by assignee, those who have one and those who have none. In
    /// one query neither engine could take the people from their index, because some rows have nobody.
    /// </summary>
    public IReadOnlyList<IQueryable<Transaction>> Parts(IQueryable<Transaction> t, CurrentUser user)
    {
        if (user.IsClient || Sort[0].TrimStart('-') != "assignee")
            return [t];
        // A comparison that fails for nobody, by which both engines know that the join may begin at the people.
        var given = NameOrder.IsArabic
            ? t.Where(x => x.Assignee!.OrderAr.CompareTo("") >= 0)
            : t.Where(x => x.Assignee!.OrderEn.CompareTo("") >= 0);
        var free = t.Where(x => x.AssigneeId == null);
        return Sort[0][0] == '-' ? [free, given] : [given, free];
    }

    /// <summary>Orders by the sorts asked for; the id comes last, so that pages never overlap.</summary>
    /// <param name="t">What to order.</param>
    /// <param name="user">Who reads it.</param>
    /// <param name="isFew">
    /// Few rows are known to match. PostgreSQL guesses from a sample how many contain a word; where it guesses too many
    /// it would walk the sort's index to its end, so that index is taken away from it.
    /// </param>
    public IQueryable<Transaction> Order(IQueryable<Transaction> t, CurrentUser user, bool isFew = false)
    {
        var ordered = isFew ? t.OrderBy(InNoIndex) : null;
        foreach (var sort in Sort)
        {
            var down = sort[0] == '-';
            ordered = sort.TrimStart('-') switch
            {
                "createdAt" => By(x => x.CreatedAt),
                "dueDate" => By(x => x.DueDate),
                "number" => By(x => x.Id),
                "referenceNumber" => By(x => x.ReferenceNumber),
                "title" => By(x => x.Title),
                "priority" => By(x => x.Priority),
                "status" => By(x => x.Status),
                "type" => By(x => x.Type),
                "amount" => By(x => x.AmountMinor),
                "holder" => ByHolder(),
                "client" when NameOrder.IsArabic => InGroups(x => x.Client.OrderAr, x => x.ClientId),
                "client" => InGroups(x => x.Client.OrderEn, x => x.ClientId),
                // Who is in charge is staff's business; the order would tell it.
                "assignee" when !user.IsClient && NameOrder.IsArabic => InGroups(
                    x => x.Assignee!.OrderAr,
                    x => x.AssigneeId
                ),
                "assignee" when !user.IsClient => InGroups(x => x.Assignee!.OrderEn, x => x.AssigneeId),
                // A client's list must not move because of what only staff may know.
                _ when user.IsClient => By(x => x.OutsideUpdatedAt),
                _ => By(x => x.UpdatedAt),
            };

            IOrderedQueryable<Transaction> ByHolder()
            {
                ordered = By(x => x.HolderKind);
                return By(x => x.HolderName);
            }

            // The newest of each first, whichever way the names go: so the index on the key's owner gives them.
            IOrderedQueryable<Transaction> InGroups<TKey>(
                Expression<Func<Transaction, string>> name,
                Expression<Func<Transaction, TKey>> id
            )
            {
                ordered = By(name);
                ordered = By(id);
                return ordered.ThenByDescending(x => x.UpdatedAt);
            }

            IOrderedQueryable<Transaction> By<TKey>(Expression<Func<Transaction, TKey>> key) =>
                ordered is null
                    ? down
                        ? t.OrderByDescending(key)
                        : t.OrderBy(key)
                    : down
                        ? ordered.ThenByDescending(key)
                        : ordered.ThenBy(key);
        }

        return Sort[0][0] == '-' ? ordered!.ThenByDescending(x => x.Id) : ordered!.ThenBy(x => x.Id);
    }

    /// <summary>
    /// The query string that makes this list, without what is the default. Starts with <c>?</c> unless empty.
    /// </summary>
    public string ToQueryString(bool paging = true)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Parts(paging))
            text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return text.ToString();
    }

    /// <summary>The same as names and values, for a form's hidden fields.</summary>
    public IReadOnlyList<(string Name, string Value)> Parts(bool paging = true)
    {
        var parts = new List<(string Name, string Value)>();
        // Plain loops: a page of the list asks this for each of its links, and most of the lists are empty.
        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                parts.Add((name, value));
        }

        void Each<T>(string name, IReadOnlyList<T> values, Func<T, string> text)
        {
            for (var i = 0; i < values.Count; i++)
                Add(name, text(values[i]));
        }

        Add("q", Search);
        Each("status", Statuses, Same);
        Each("priority", Priorities, Keys.Of);
        Each("type", Types, Same);
        Each("category", Categories, Same);
        Each("department", Departments, Same);
        Each("client", Clients, id => id.ToString());
        Each("project", Projects, Same);
        Each("assignee", Assignees, Same);
        Each("createdBy", Creators, Same);
        Each("holder", Holders, Keys.Of);
        Each("tag", Tags, Same);
        Add("createdFrom", Dates.Iso(CreatedFrom));
        Add("createdTo", Dates.Iso(CreatedTo));
        Add("completedFrom", Dates.Iso(CompletedFrom));
        Add("completedTo", Dates.Iso(CompletedTo));
        Add("dueFrom", Dates.Iso(DueFrom));
        Add("dueTo", Dates.Iso(DueTo));
        Add("updatedSince", UpdatedSince?.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
        Add("overdue", Overdue ? "true" : null);
        Add("import", Import?.ToString());
        if (Sort is not [DefaultSort])
            Add("sort", string.Join(',', Sort));
        if (paging && Page.Size != PageRequest.SizeDefault)
            Add("pageSize", Page.Size.ToString());
        if (paging && Page.Page > 1)
            Add("page", Page.Page.ToString());
        return parts;
    }

    /// <summary>The same list from its first page.</summary>
    public TransactionFilter FromStart() => this with { Page = Page with { Page = 1 } };

    /// <summary>What is in the list, whatever its order and page.</summary>
    public TransactionFilter Unsorted() => this with { Sort = [DefaultSort], Page = new(1, PageRequest.SizeDefault) };

    /// <summary>True when anything but sort and page narrows the list.</summary>
    public bool IsNarrowed => Unsorted().ToQueryString().Length > 0;

    /// <summary>It says <c>me</c>, so that it is another list for everybody.</summary>
    public bool IsPersonal => Assignees.Contains("me") || Creators.Contains("me");

    private static List<int> People(IEnumerable<string> values, CurrentUser user) =>
        [
            .. values
                .Where(v => v != "none")
                .Select(v => v == "me" ? user.Id : int.Parse(v, CultureInfo.InvariantCulture)),
        ];

    private static bool IsId(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string Same(string text) => text;
}
