using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Audit;

internal sealed class AuditConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> t)
    {
        t.ToTable("Audit");
        t.Property(x => x.Action).HasMaxLength(60);
        t.Property(x => x.EntityType).HasMaxLength(40);
        t.Property(x => x.EntityKey).HasMaxLength(60);
        t.Property(x => x.Address).HasMaxLength(45);
        t.Property(x => x.RequestId).HasMaxLength(60);
        t.HasIndex(x => new { x.EntityType, x.EntityKey, x.Id });
    }
}
