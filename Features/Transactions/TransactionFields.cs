using System.Globalization;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions;

/// <summary>The fields a person edits, understood and checked. Keys of data are those of the lists.</summary>
public sealed record TransactionFields
{
    public string? ReferenceNumber { get; init; }
    public required string Title { get; init; }
    public string? Description { get; init; }
    public required string Type { get; init; }
    public string? Category { get; init; }
    public Priority Priority { get; init; } = Priority.Normal;
    public long? AmountMinor { get; init; }
    public string Currency { get; init; } = "SAR";
    public required int ClientId { get; init; }
    public int? ProjectId { get; init; }
    public string? Department { get; init; }
    public DateOnly? DueDate { get; init; }
    public string? InternalNotes { get; init; }
    public HolderKind HolderKind { get; init; }
    public string? HolderName { get; init; }

    /// <summary>Since when; null keeps the day it has.</summary>
    public DateOnly? HolderSince { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<AuthorityNumber> AuthorityReferences { get; init; } = [];

    /// <summary>The present values of a transaction.</summary>
    public static TransactionFields Of(Transaction t) =>
        new()
        {
            ReferenceNumber = t.ReferenceNumber,
            Title = t.Title,
            Description = t.Description,
            Type = t.Type,
            Category = t.Category,
            Priority = t.Priority,
            AmountMinor = t.AmountMinor,
            Currency = t.Currency,
            ClientId = t.ClientId,
            ProjectId = t.ProjectId,
            Department = t.Department,
            DueDate = t.DueDate,
            InternalNotes = t.InternalNotes,
            HolderKind = t.HolderKind,
            HolderName = t.HolderName,
            HolderSince = t.HolderSince,
            Tags = [.. t.Tags.Select(tag => tag.Name)],
            AuthorityReferences = [.. t.AuthorityReferences.Select(a => a.Value)],
        };

    /// <summary>These fields, and some of them as they were.</summary>
    public TransactionFields Keeping(TransactionFields former, IReadOnlySet<string> names)
    {
        return this with
        {
            ReferenceNumber = Either("referenceNumber", f => f.ReferenceNumber),
            Title = Either("title", f => f.Title),
            Description = Either("description", f => f.Description),
            Type = Either("type", f => f.Type),
            Category = Either("category", f => f.Category),
            Priority = Either("priority", f => f.Priority),
            AmountMinor = Either("amount", f => f.AmountMinor),
            Currency = Either("currency", f => f.Currency),
            ClientId = Either("client", f => f.ClientId),
            ProjectId = Either("project", f => f.ProjectId),
            Department = Either("department", f => f.Department),
            DueDate = Either("dueDate", f => f.DueDate),
            InternalNotes = Either("internalNotes", f => f.InternalNotes),
            HolderKind = Either("holder", f => f.HolderKind),
            HolderName = Either("holderName", f => f.HolderName),
            HolderSince = Either("holderSince", f => f.HolderSince),
            Tags = Either("tags", f => f.Tags),
            AuthorityReferences = Either("authorityReferences", f => f.AuthorityReferences),
        };

        T Either<T>(string name, Func<TransactionFields, T> value) => value(names.Contains(name) ? former : this);
    }

    /// <summary>
    /// Each field as machine text (keys, ISO dates, plain numbers), in the order of the form; the timeline turns keys
    /// into names.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string?>> AsText() =>
        [
            new("referenceNumber", ReferenceNumber),
            new("title", Title),
            new("description", Description),
            new("type", Type),
            new("category", Category),
            new("priority", Keys.Of(Priority)),
            new("amount", AmountMinor is { } a ? Amounts.ToDecimalString(a) : null),
            new("currency", Currency),
            new("client", ClientId.ToString(CultureInfo.InvariantCulture)),
            new("project", ProjectId?.ToString(CultureInfo.InvariantCulture)),
            new("department", Department),
            new("dueDate", Dates.Iso(DueDate)),
            new("internalNotes", InternalNotes),
            new("holder", Keys.Of(HolderKind)),
            new("holderName", HolderName),
            new("holderSince", Dates.Iso(HolderSince)),
            new("tags", Tags.Count == 0 ? null : string.Join(", ", Tags)),
            new(
                "authorityReferences",
                AuthorityReferences.Count == 0 ? null : string.Join("\n", AuthorityReferences.Select(Line))
            ),
        ];

    // The parts stay apart: joined into one text, an Arabic name would turn the number behind it round.
    private static string Line(AuthorityNumber reference) =>
        reference.Date is { } date
            ? $"{reference.Authority} | {reference.Number} | {Dates.Iso(date)}"
            : $"{reference.Authority} | {reference.Number}";
}
