using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>
/// What a person or a script sends for a transaction, before it is understood. Both faces fill it, so both are checked
/// by the same rules.
/// </summary>
public sealed record TransactionInput
{
    public string? ReferenceNumber { get; init; }
    public string? Title { get; init; }
    public string? Description { get; init; }
    public string? Type { get; init; }
    public string? Category { get; init; }
    public string? Priority { get; init; }
    public string? Amount { get; init; }
    public string? Currency { get; init; }
    public string? Client { get; init; }
    public string? Project { get; init; }
    public string? Department { get; init; }
    public string? Assignee { get; init; }
    public string? Holder { get; init; }
    public string? HolderName { get; init; }
    public string? HolderSince { get; init; }
    public string? DueDate { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<Authority> AuthorityReferences { get; init; } = [];
    public string? InternalNotes { get; init; }

    /// <summary>
    /// Fields that came back as a form showed them. The transaction keeps what it has in them, whatever the rules say
    /// today: to save a form unchanged changes nothing.
    /// </summary>
    public IReadOnlySet<string> Untouched { get; init; } = new HashSet<string>();

    /// <summary>An authority's reference as sent.</summary>
    public sealed record Authority(string? Name, string? Number, string? Date);

    /// <summary>Understood: the fields, and who it is assigned to.</summary>
    public sealed record Understood(TransactionFields Fields, Clients.Client Client, int? AssigneeId);

    /// <summary>
    /// Checks every field and looks up what it names. Everything wrong is answered at once, by field.
    /// </summary>
    /// <param name="existing">
    /// The transaction being edited: it may keep a client, project or list entry that is no longer offered.
    /// </param>
    /// <param name="db">Where clients, projects and people are looked up.</param>
    /// <param name="catalogue">The lists.</param>
    public async Task<Result<Understood>> Understand(
        Transaction? existing,
        AppDb db,
        CatalogueEntries catalogue,
        CancellationToken stop
    )
    {
        var errors = new FieldErrors();
        var client = await FindClient(existing, db, errors, stop);
        var projectId = await FindProject(existing, client, db, errors, stop);
        var assigneeId = await FindAssignee(db, errors, stop);
        var (holderKind, holderName) = ReadHolder(errors);
        var (amount, currency) = ReadAmount(errors);

        var fields = new TransactionFields
        {
            Title = Text("title", Title, FieldRules.Title, errors) ?? "",
            ReferenceNumber = Text("referenceNumber", ReferenceNumber, FieldRules.Reference, errors),
            Description = Text("description", Description, FieldRules.Description, errors),
            InternalNotes = Text("internalNotes", InternalNotes, FieldRules.InternalNotes, errors),
            Type = Listed("type", Type, ListKind.Type, existing?.Type, catalogue, errors, required: true) ?? "",
            Category = Listed("category", Category, ListKind.Category, existing?.Category, catalogue, errors),
            Department = Listed("department", Department, ListKind.Department, existing?.Department, catalogue, errors),
            Priority = ReadPriority(errors),
            AmountMinor = amount,
            Currency = currency,
            ClientId = client?.Id ?? 0,
            ProjectId = projectId,
            DueDate = Date("dueDate", DueDate, errors),
            HolderKind = holderKind,
            HolderName = holderName,
            HolderSince = Date("holderSince", HolderSince, errors),
            Tags = ReadTags(errors),
            AuthorityReferences = ReadAuthorities(errors),
        };
        if (existing is not null && Untouched.Count > 0)
        {
            var untouched = TrulyUntouched();
            fields = fields.Keeping(TransactionFields.Of(existing), untouched);
            errors = errors.Without(untouched);
        }

        return errors.Any ? Problem.Invalid(errors) : new Understood(fields, client!, assigneeId);
    }

    /// <summary>Fields that stand together are checked together: a project belongs to its client.</summary>
    private HashSet<string> TrulyUntouched()
    {
        string[][] together =
        [
            ["client", "project"],
            ["amount", "currency"],
            ["holder", "holderName", "holderSince"],
        ];
        return
        [
            .. Untouched.Where(name =>
                together.FirstOrDefault(names => names.Contains(name, StringComparer.Ordinal)) is not { } group
                || group.All(Untouched.Contains)
            ),
        ];
    }

    private static string? Listed(
        string name,
        string? key,
        ListKind kind,
        string? kept,
        CatalogueEntries catalogue,
        FieldErrors errors,
        bool required = false
    )
    {
        if (string.IsNullOrWhiteSpace(key))
        {
            errors.AddIf(required, name, "error.required");
            return null;
        }

        key = key.Trim();
        var isKnown = key == kept || catalogue.Find(kind, key) is { IsActive: true };
        errors.AddIf(!isKnown, name, "error.not_in_list");
        return key;
    }

    private static string? Text(string name, string? sent, TextRule rule, FieldErrors errors)
    {
        var (text, flaw) = rule.Read(sent);
        errors.AddFlaw(name, flaw, rule.MaxLength);
        return text;
    }

    private static DateOnly? Date(string name, string? sent, FieldErrors errors)
    {
        var (date, flaw) = FieldRules.Date(sent);
        errors.AddFlaw(name, flaw);
        return date;
    }

    private Priority ReadPriority(FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(Priority))
            return Transactions.Priority.Normal;
        var known = Keys.Find<Priority>(Priority.Trim());
        errors.AddIf(known is null, "priority", "error.not_in_list");
        return known ?? Transactions.Priority.Normal;
    }

    private (long? Minor, string Currency) ReadAmount(FieldErrors errors)
    {
        var (minor, named, flaw) = FieldRules.Amount(Amount);
        errors.AddFlaw("amount", flaw, unreadable: "error.amount");
        var (currency, flawOfCurrency) = FieldRules.Currency(Currency, named);
        errors.AddFlaw("currency", flawOfCurrency, unreadable: "error.currency");
        return (minor, currency ?? "SAR");
    }

    private (HolderKind, string?) ReadHolder(FieldErrors errors)
    {
        var kind = string.IsNullOrWhiteSpace(Holder) ? HolderKind.Us : Keys.Find<HolderKind>(Holder.Trim());
        errors.AddIf(kind is null, "holder", "error.not_in_list");
        // The client has a name already.
        return kind == HolderKind.Client
            ? (HolderKind.Client, null)
            : (
                kind ?? HolderKind.Us,
                Text("holderName", HolderName, FieldRules.HolderName(kind ?? HolderKind.Us), errors)
            );
    }

    private IReadOnlyList<string> ReadTags(FieldErrors errors)
    {
        var (tags, flaw) = FieldRules.Tags(Tags);
        errors.AddFlaw("tags", flaw, Transaction.TagMaxLength);
        return tags;
    }

    private List<AuthorityNumber> ReadAuthorities(FieldErrors errors)
    {
        const string name = "authorityReferences";
        errors.AddIf(
            AuthorityReferences.Count > Transaction.AuthorityReferencesMax,
            name,
            "error.too_many",
            Transaction.AuthorityReferencesMax
        );
        return
        [
            .. AuthorityReferences
                .Take(Transaction.AuthorityReferencesMax)
                .Select(a => new AuthorityNumber(
                    Text(name, a.Name, FieldRules.Authority, errors) ?? "",
                    Text(name, a.Number, FieldRules.AuthorityNumber, errors) ?? "",
                    Date(name, a.Date, errors)
                )),
        ];
    }

    private async Task<Clients.Client?> FindClient(
        Transaction? existing,
        AppDb db,
        FieldErrors errors,
        CancellationToken stop
    )
    {
        if (string.IsNullOrWhiteSpace(Client))
        {
            errors.Add("client", "error.required");
            return null;
        }

        var client = Id(Client) is { } id
            ? await db
                .Clients.AsNoTracking()
                .SingleOrDefaultAsync(
                    c => c.Id == id && (c.IsActive || c.Id == (existing == null ? 0 : existing.ClientId)),
                    stop
                )
            : null;
        errors.AddIf(client is null, "client", "error.not_in_list");
        return client;
    }

    private async Task<int?> FindProject(
        Transaction? existing,
        Clients.Client? client,
        AppDb db,
        FieldErrors errors,
        CancellationToken stop
    )
    {
        if (string.IsNullOrWhiteSpace(Project))
            return null;
        var code = Project.Trim().ToUpperInvariant();
        var project =
            code.Length > Projects.Project.CodeMaxLength || PlainText.HasForbidden(code)
                ? null
                : await db
                    .Projects.Where(p => p.Code == code)
                    .Select(p => new
                    {
                        p.Id,
                        p.ClientId,
                        p.IsActive,
                    })
                    .SingleOrDefaultAsync(stop);
        if (project is null || (!project.IsActive && project.Id != existing?.ProjectId))
            errors.Add("project", "error.not_in_list");
        else
            errors.AddIf(
                client is not null && project.ClientId != client.Id,
                "project",
                "error.project_of_other_client"
            );
        return project?.Id;
    }

    private async Task<int?> FindAssignee(AppDb db, FieldErrors errors, CancellationToken stop)
    {
        if (string.IsNullOrWhiteSpace(Assignee))
            return null;
        var id = Id(Assignee);
        var isStaff = id is not null && await db.Users.Staff().AnyAsync(u => u.Id == id, stop);
        errors.AddIf(!isStaff, "assignee", "error.not_in_list");
        return id;
    }

    private static int? Id(string text) =>
        text.Length <= 12 && int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;
}
