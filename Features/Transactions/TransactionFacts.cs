using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary>All fields of a transaction as read from the database, for its page, its PDF and the API.</summary>
public sealed record TransactionFacts(
    int Id,
    string Number,
    string? ReferenceNumber,
    string Title,
    string? Description,
    string Type,
    string? Category,
    Priority Priority,
    string Status,
    Meaning Meaning,
    long? AmountMinor,
    string Currency,
    int ClientId,
    string? ClientEn,
    string? ClientAr,
    string? ProjectCode,
    string? ProjectEn,
    string? ProjectAr,
    string? Department,
    int CreatedById,
    string CreatedBy,
    int? AssigneeId,
    string? Assignee,
    string? AssigneeEmail,
    DateOnly? DueDate,
    string? InternalNotes,
    HolderKind HolderKind,
    string? HolderName,
    DateOnly HolderSince,
    string TrackingToken,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    DateTime OutsideUpdatedAt,
    DateTime? SubmittedAt,
    DateTime? CompletedAt,
    int Version
) : ITracked
{
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<AuthorityNumber> AuthorityReferences { get; init; } = [];

    /// <summary>
    /// For a client without internal notes and the names of staff, with the date and the version of the last thing that
    /// they may read.
    /// </summary>
    public TransactionFacts ForReader(CurrentUser user) =>
        user.IsClient
            ? this with
            {
                InternalNotes = null,
                AssigneeId = null,
                Assignee = null,
                AssigneeEmail = null,
                CreatedById = 0,
                CreatedBy = Transactions.Holder.Firm(user),
                UpdatedAt = OutsideUpdatedAt,
                Version = OutsideVersion,
            }
            : this;

    // Grows with the date and says no more than it; the version itself would count comments and edits.
    private int OutsideVersion => 1 + (int)Math.Clamp((OutsideUpdatedAt - CreatedAt).TotalSeconds, 0, int.MaxValue - 1);
}

/// <summary>Reading <see cref="TransactionFacts"/>.</summary>
public static class TransactionFactsQuery
{
    /// <summary>
    /// Projects to facts. The caller narrows to what the reader may see first, and calls
    /// <see cref="TransactionFacts.ForReader"/> on what it read.
    /// </summary>
    public static IQueryable<TransactionFacts> AsFacts(this IQueryable<Transaction> transactions) =>
        transactions
            .AsSplitQuery()
            .Select(t => new TransactionFacts(
                t.Id,
                t.Number,
                t.ReferenceNumber,
                t.Title,
                t.Description,
                t.Type,
                t.Category,
                t.Priority,
                t.Status,
                t.Meaning,
                t.AmountMinor,
                t.Currency,
                t.ClientId,
                t.Client.NameEn,
                t.Client.NameAr,
                t.Project!.Code,
                t.Project.NameEn,
                t.Project.NameAr,
                t.Department,
                t.CreatedById,
                PersonName.Shown(t.CreatedBy.FullName, t.CreatedBy.NameAr),
                t.AssigneeId,
                PersonName.Shown(t.Assignee!.FullName, t.Assignee.NameAr),
                t.Assignee.Email,
                t.DueDate,
                t.InternalNotes,
                t.HolderKind,
                t.HolderName,
                t.HolderSince,
                t.TrackingToken,
                t.CreatedAt,
                t.UpdatedAt,
                t.OutsideUpdatedAt,
                t.SubmittedAt,
                t.CompletedAt,
                t.Version
            )
            {
                Tags = t.Tags.OrderBy(tag => tag.Name).Select(tag => tag.Name).ToList(),
                AuthorityReferences = t
                    .AuthorityReferences.OrderBy(a => a.Id)
                    .Select(a => new AuthorityNumber(a.Authority, a.Number, a.Date))
                    .ToList(),
            });

    /// <summary>The facts of one transaction the person may see, or null.</summary>
    public static async Task<TransactionFacts?> FactsOf(
        this IQueryable<Transaction> transactions,
        string number,
        CurrentUser user,
        CancellationToken stop
    ) =>
        (await transactions.Numbered(number, user).AsFacts().AsSingleQuery().SingleOrDefaultAsync(stop))?.ForReader(
            user
        );
}

/// <summary>A transaction as the API answers it to a client; staff get <see cref="StaffTransactionJson"/>.</summary>
public record TransactionJson(
    string Number,
    string? ReferenceNumber,
    string Title,
    string? Description,
    string Type,
    string TypeName,
    string? Category,
    string Priority,
    string Status,
    string StatusName,
    string? Amount,
    string Currency,
    TransactionJson.Named Client,
    TransactionJson.Coded? Project,
    string? Department,
    TransactionJson.Named CreatedBy,
    object? Assignee,
    TransactionJson.HeldBy Holder,
    IReadOnlyList<TransactionJson.Reference> AuthorityReferences,
    DateOnly? DueDate,
    string? DueDateHijri,
    bool IsOverdue,
    IReadOnlyList<string> Tags,
    string TrackingUrl,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    DateTime? SubmittedAt,
    DateTime? CompletedAt,
    int Version
)
{
    public sealed record Named(string Id, string Name);

    public sealed record Person(string Id, string Name, string? Email);

    public sealed record Coded(string Code, string Name);

    public sealed record HeldBy(string Kind, string Name, DateOnly Since);

    public sealed record Reference(string Authority, string Number, DateOnly? Date);

    /// <summary>As the reader may have it, names in the reader's language.</summary>
    public static TransactionJson From(
        TransactionFacts f,
        CatalogueEntries catalogue,
        CurrentUser user,
        TrackingLinks links,
        DateOnly today
    )
    {
        // Nobody outside reads who of the staff it is, not even by an id.
        var firm = user.IsClient ? new Named("firm", Transactions.Holder.Firm(user)) : null;
        var json = new TransactionJson(
            f.Number,
            f.ReferenceNumber,
            f.Title,
            f.Description,
            f.Type,
            catalogue.NameOf(ListKind.Type, f.Type),
            f.Category,
            Keys.Of(f.Priority),
            f.Status,
            catalogue.Workflow[f.Status].Name,
            f.AmountMinor is { } minor ? Amounts.ToDecimalString(minor) : null,
            f.Currency,
            new(f.ClientId.ToString(), Words.T.Pick(f.ClientEn, f.ClientAr)),
            f.ProjectCode is null ? null : new(f.ProjectCode, Words.T.Pick(f.ProjectEn, f.ProjectAr)),
            f.Department,
            firm ?? new(f.CreatedById.ToString(), f.CreatedBy),
            firm is not null ? firm
                : f.AssigneeId is { } assignee ? new Person(assignee.ToString(), f.Assignee!, f.AssigneeEmail)
                : null,
            new(
                Keys.Of(f.HolderKind),
                Transactions.Holder.Name(f.HolderKind, f.HolderName, f.Assignee, user),
                f.HolderSince
            ),
            [.. f.AuthorityReferences.Select(a => new Reference(a.Authority, a.Number, a.Date))],
            f.DueDate,
            f.DueDate is { } due ? HijriDate.ToIso(due) : null,
            f.IsOverdue(today),
            f.Tags,
            links.For(f.TrackingToken),
            f.CreatedAt,
            f.UpdatedAt,
            f.SubmittedAt,
            f.CompletedAt,
            f.Version
        );
        return user.IsClient ? json : new StaffTransactionJson(json, f.InternalNotes);
    }
}

/// <summary>With what only staff read.</summary>
public sealed record StaffTransactionJson : TransactionJson
{
    public StaffTransactionJson(TransactionJson json, string? internalNotes)
        : base(json) => InternalNotes = internalNotes;

    public string? InternalNotes { get; init; }
}
