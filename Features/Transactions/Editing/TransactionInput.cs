using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
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
    /// <param name="stop">Ends it.</param>
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
            Title = errors.Text("title", Title, Transaction.TitleMaxLength, required: true, multiline: true) ?? "",
            ReferenceNumber = errors.Text(
                "referenceNumber",
                ReferenceNumber,
                Transaction.ReferenceMaxLength,
                multiline: true
            ),
            Description = errors.Text("description", Description, Transaction.DescriptionMaxLength, multiline: true),
            InternalNotes = errors.Text("internalNotes", InternalNotes, Transaction.NotesMaxLength, multiline: true),
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
        return errors.Any ? Problem.Invalid(errors) : new Understood(fields, client!, assigneeId);
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

    private static DateOnly? Date(string name, string? text, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (text.Length <= 40 && Dates.TryParse(text, out var date))
            return date;
        errors.Add(name, "error.date");
        return null;
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
        var currency =
            string.IsNullOrWhiteSpace(Currency) ? "SAR"
            : Currency.Length <= 20 ? Amounts.CurrencyCode(Currency)
            : null;
        errors.AddIf(currency is null, "currency", "error.currency");
        currency ??= "SAR";
        if (string.IsNullOrWhiteSpace(Amount))
            return (null, currency);
        if (Amount.Length > 40 || !Amounts.TryParse(Amount, out var minor, out var named))
        {
            errors.Add("amount", "error.amount");
            return (null, currency);
        }

        errors
            .AddIf(minor < 0, "amount", "error.amount_negative")
            .AddIf(minor > Transaction.AmountMax, "amount", "error.amount_too_large");
        return (minor, named ?? currency);
    }

    private (HolderKind, string?) ReadHolder(FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(Holder))
            return (
                HolderKind.Us,
                errors.Text("holderName", HolderName, Transaction.HolderNameMaxLength, multiline: true)
            );
        var kind = Keys.Find<HolderKind>(Holder.Trim());
        errors.AddIf(kind is null, "holder", "error.not_in_list");
        return (
            kind ?? HolderKind.Us,
            kind == HolderKind.Client
                ? null
                : errors.Text(
                    "holderName",
                    HolderName,
                    Transaction.HolderNameMaxLength,
                    required: kind == HolderKind.Authority,
                    multiline: true
                )
        );
    }

    private List<string> ReadTags(FieldErrors errors)
    {
        var tags = Tags.Select(t => PlainText.HasForbidden(t) ? "\0" : PlainText.Trimmed(t))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToList();
        errors
            .AddIf(tags.Count > Transaction.TagsMost, "tags", "error.too_many", Transaction.TagsMost)
            .AddIf(
                tags.Any(t => t.Length > Transaction.TagMaxLength),
                "tags",
                "error.too_long",
                Transaction.TagMaxLength
            )
            .AddIf(tags.Contains("\0"), "tags", "error.forbidden_characters");
        return tags;
    }

    private List<AuthorityNumber> ReadAuthorities(FieldErrors errors)
    {
        const string name = "authorityReferences";
        errors.AddIf(
            AuthorityReferences.Count > Transaction.AuthorityReferencesMost,
            name,
            "error.too_many",
            Transaction.AuthorityReferencesMost
        );
        return
        [
            .. AuthorityReferences
                .Take(Transaction.AuthorityReferencesMost)
                .Select(a => new AuthorityNumber(
                    errors.Text(name, a.Name, AuthorityReference.AuthorityMaxLength, required: true, multiline: true)
                        ?? "",
                    errors.Text(name, a.Number, AuthorityReference.NumberMaxLength, required: true, multiline: true)
                        ?? "",
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
