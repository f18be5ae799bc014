using System.Text.Json;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Transactions;

internal sealed class TransactionConfiguration : IEntityTypeConfiguration<Transaction>
{
    public void Configure(EntityTypeBuilder<Transaction> t)
    {
        t.Property(x => x.Number).HasMaxLength(Transaction.NumberMaxLength);
        t.Property(x => x.ReferenceNumber).HasMaxLength(Transaction.ReferenceMaxLength);
        t.Property(x => x.Title).HasMaxLength(Transaction.TitleMaxLength);
        t.Property(x => x.Description).HasMaxLength(Transaction.DescriptionMaxLength);
        t.Property(x => x.InternalNotes).HasMaxLength(Transaction.NotesMaxLength);
        t.Property(x => x.Type).HasMaxLength(ListItem.KeyMaxLength);
        t.Property(x => x.Category).HasMaxLength(ListItem.KeyMaxLength);
        t.Property(x => x.Department).HasMaxLength(ListItem.KeyMaxLength);
        t.Property(x => x.Status).HasMaxLength(WorkflowStatus.KeyMaxLength);
        t.Property(x => x.Meaning).HasConversion<string>().HasMaxLength(10);
        t.Property(x => x.Currency).HasMaxLength(3);
        t.Property(x => x.HolderName).HasMaxLength(Transaction.HolderNameMaxLength);
        t.Property(x => x.DeleteReason).HasMaxLength(Transaction.ReasonMaxLength);
        t.Property(x => x.TrackingToken).HasMaxLength(40);
        t.Property(x => x.Version).IsConcurrencyToken();

        t.HasIndex(x => x.Number).IsUnique();
        t.HasIndex(x => x.TrackingToken).IsUnique();
        t.HasIndex(x => new { x.ImportId, x.ImportRow }).IsUnique();

        // One index for every sort the list offers, then for every filter with the default sort behind it.
        t.HasIndex(x => new { x.UpdatedAt, x.Id });
        t.HasIndex(x => new { x.CreatedAt, x.Id });
        t.HasIndex(x => new { x.DueDate, x.Id });
        t.HasIndex(x => new { x.ReferenceNumber, x.Id });
        t.HasIndex(x => new { x.Title, x.Id });
        t.HasIndex(x => new { x.Priority, x.Id });
        t.HasIndex(x => new { x.AmountMinor, x.Id });
        t.HasIndex(x => new
        {
            x.HolderKind,
            x.HolderName,
            x.Id,
        });
        t.HasIndex(x => new { x.Status, x.UpdatedAt });
        t.HasIndex(x => new { x.AssigneeId, x.UpdatedAt });
        t.HasIndex(x => new { x.CreatedById, x.UpdatedAt });
        t.HasIndex(x => new { x.ClientId, x.UpdatedAt });
        t.HasIndex(x => new { x.ClientId, x.OutsideUpdatedAt });
        t.HasIndex(x => new { x.ProjectId, x.UpdatedAt });
        t.HasIndex(x => new { x.Type, x.UpdatedAt });
        t.HasIndex(x => new { x.Category, x.UpdatedAt });
        t.HasIndex(x => new { x.Department, x.UpdatedAt });
        t.HasIndex(x => new { x.HolderKind, x.UpdatedAt });
        t.HasIndex(x => x.CompletedAt);
        // Overdue and soon due transactions, among the few that are still open.
        t.HasIndex(x => new { x.Meaning, x.DueDate });

        t.HasOne(x => x.Client).WithMany().HasForeignKey(x => x.ClientId).OnDelete(DeleteBehavior.Restrict);
        t.HasOne(x => x.Project).WithMany().HasForeignKey(x => x.ProjectId).OnDelete(DeleteBehavior.Restrict);
        t.HasOne(x => x.CreatedBy).WithMany().HasForeignKey(x => x.CreatedById).OnDelete(DeleteBehavior.Restrict);
        t.HasOne(x => x.Assignee).WithMany().HasForeignKey(x => x.AssigneeId).OnDelete(DeleteBehavior.Restrict);
        t.HasMany(x => x.Tags).WithOne().HasForeignKey(x => x.TransactionId);
        t.HasMany(x => x.AuthorityReferences).WithOne().HasForeignKey(x => x.TransactionId);
        t.HasMany(x => x.History).WithOne().HasForeignKey(x => x.TransactionId);
    }
}

internal sealed class TransactionTagConfiguration : IEntityTypeConfiguration<TransactionTag>
{
    public void Configure(EntityTypeBuilder<TransactionTag> t)
    {
        t.HasKey(x => new { x.TransactionId, x.Name });
        t.Property(x => x.Name).HasMaxLength(Transaction.TagMaxLength);
        t.HasIndex(x => new { x.Name, x.TransactionId });
    }
}

internal sealed class AuthorityReferenceConfiguration : IEntityTypeConfiguration<AuthorityReference>
{
    public void Configure(EntityTypeBuilder<AuthorityReference> t)
    {
        t.Property(x => x.Authority).HasMaxLength(AuthorityReference.AuthorityMaxLength);
        t.Property(x => x.Number).HasMaxLength(AuthorityReference.NumberMaxLength);
        t.Ignore(x => x.Value);
    }
}

internal sealed class HistoryEntryConfiguration : IEntityTypeConfiguration<HistoryEntry>
{
    public void Configure(EntityTypeBuilder<HistoryEntry> t)
    {
        t.ToTable("History");
        t.Property(x => x.FromStatus).HasMaxLength(WorkflowStatus.KeyMaxLength);
        t.Property(x => x.ToStatus).HasMaxLength(WorkflowStatus.KeyMaxLength);
        t.Property(x => x.ToMeaning).HasConversion<string>().HasMaxLength(10);
        t.Property(x => x.Text).HasMaxLength(Transaction.CommentMaxLength);
        t.Property(x => x.Changes)
            .HasConversion(
                changes => changes.Count == 0 ? null : JsonSerializer.Serialize(changes, JsonSerializerOptions.Web),
                text =>
                    text == null
                        ? new()
                        : JsonSerializer.Deserialize<List<FieldChange>>(text, JsonSerializerOptions.Web)!,
                new ValueComparer<List<FieldChange>>(
                    (a, b) => ReferenceEquals(a, b),
                    changes => changes.Count,
                    changes => changes
                )
            )
            .IsRequired(false);
        t.HasIndex(x => new { x.TransactionId, x.Id });
        // The last moves: an import adds thousands of entries of other kinds at one time.
        t.HasIndex(x => new
        {
            x.Kind,
            x.At,
            x.Id,
        });
        t.HasOne(x => x.By).WithMany().HasForeignKey(x => x.ById).OnDelete(DeleteBehavior.Restrict);
        t.HasOne(x => x.Event).WithOne().HasForeignKey<EventRow>(e => e.HistoryId).OnDelete(DeleteBehavior.SetNull);
    }
}
