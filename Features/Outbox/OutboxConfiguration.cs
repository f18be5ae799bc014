using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Outbox;

internal sealed class OutboxConfiguration : IEntityTypeConfiguration<OutboxMessage>
{
    public void Configure(EntityTypeBuilder<OutboxMessage> t)
    {
        t.ToTable("Outbox");
        t.Property(x => x.Event).HasMaxLength(60);
        t.Property(x => x.TransactionNumber).HasMaxLength(20);
        t.Property(x => x.Error).HasMaxLength(500);
        t.Property(x => x.Address).HasMaxLength(254);
        t.Property(x => x.RequestId).HasMaxLength(64);
        t.Property(x => x.Secret).HasMaxLength(1000);
        t.HasIndex(x => new
        {
            x.SentAt,
            x.ParkedAt,
            x.DueAt,
        });
        t.HasIndex(x => new { x.RecipientId, x.Id });
    }
}
