using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Transactions;

/// <summary>
/// What a transaction counted as before a change, or counts as since: the columns that lists are filtered by. Triggers
/// of the database write it (<see cref="RowChanges"/>), so no statement can forget it; <see cref="ListCounts"/> adds it
/// up.
/// </summary>
public sealed class CountedChange : ITracked
{
    public long Id { get; private set; }

    /// <summary>PostgreSQL: the transaction that wrote it. SQLite: 0, where ids come in the order of commits.</summary>
    public long Writer { get; private set; }

    /// <summary>1 since the change, −1 before it.</summary>
    public int Sign { get; private set; }
    public string Type { get; private set; } = "";
    public string? Category { get; private set; }
    public string? Department { get; private set; }
    public Priority Priority { get; private set; }
    public string Status { get; private set; } = "";
    public Meaning Meaning { get; private set; }
    public int ClientId { get; private set; }
    public int? ProjectId { get; private set; }
    public int CreatedById { get; private set; }
    public int? AssigneeId { get; private set; }
    public HolderKind HolderKind { get; private set; }
    public DateOnly? DueDate { get; private set; }
    public DateTime CreatedAt { get; private set; }
    public DateTime UpdatedAt { get; private set; }
    public DateTime OutsideUpdatedAt { get; private set; }
    public DateTime? SubmittedAt { get; private set; }
    public DateTime? CompletedAt { get; private set; }
    public DateTime? DeletedAt { get; private set; }
    public int? ImportId { get; private set; }
}

internal sealed class CountedChangeConfiguration : IEntityTypeConfiguration<CountedChange>
{
    public void Configure(EntityTypeBuilder<CountedChange> t)
    {
        t.ToTable("TransactionChanges");
        t.Property(x => x.Type).HasMaxLength(ListItem.KeyMaxLength);
        t.Property(x => x.Category).HasMaxLength(ListItem.KeyMaxLength);
        t.Property(x => x.Department).HasMaxLength(ListItem.KeyMaxLength);
        t.Property(x => x.Status).HasMaxLength(WorkflowStatus.KeyMaxLength);
        t.Property(x => x.Meaning).HasConversion<string>().HasMaxLength(10);
    }
}
