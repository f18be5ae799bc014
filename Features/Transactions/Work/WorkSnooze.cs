using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Transactions.Work;

/// <summary>A person does not want to see a transaction in their work before a day. Nobody else is concerned.</summary>
public sealed class WorkSnooze
{
    public int UserId { get; set; }
    public int TransactionId { get; set; }

    /// <summary>The first day on which it is shown again.</summary>
    public DateOnly Until { get; set; }
}

internal sealed class WorkSnoozeConfiguration : IEntityTypeConfiguration<WorkSnooze>
{
    public void Configure(EntityTypeBuilder<WorkSnooze> t)
    {
        t.HasKey(x => new { x.UserId, x.TransactionId });
        t.HasOne<Transaction>().WithMany().HasForeignKey(x => x.TransactionId).OnDelete(DeleteBehavior.Cascade);
        t.HasOne<Accounts.User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
