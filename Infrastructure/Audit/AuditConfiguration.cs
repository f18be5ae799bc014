using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Infrastructure.Audit;

internal sealed class AuditConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> t)
    {
        t.ToTable("Audit");
        t.Property(x => x.Action).HasMaxLength(60);
        t.Property(x => x.EntityType).HasMaxLength(40);
        t.Property(x => x.EntityKey).HasMaxLength(60);
        t.Property(x => x.RequestId).HasMaxLength(60);
        t.Property(x => x.Salt).HasMaxLength(16);
        t.Property(x => x.Commitment).HasMaxLength(32);
        t.Property(x => x.Signature).HasMaxLength(48);
        t.HasIndex(x => x.Signature).IsUnique();
        t.HasIndex(x => new
        {
            x.EntityType,
            x.EntityKey,
            x.Id,
        });
        t.HasIndex(x => new { x.ActorId, x.Id });
        t.HasIndex(x => new { x.Action, x.Id });
        t.HasIndex(x => x.At);
    }
}

internal sealed class AuditSealConfiguration : IEntityTypeConfiguration<AuditSeal>
{
    public void Configure(EntityTypeBuilder<AuditSeal> t)
    {
        t.ToTable("AuditSeals");
        t.HasKey(x => x.Sequence);
        t.Property(x => x.Sequence).ValueGeneratedNever();
        t.Property(x => x.Seal).HasMaxLength(32);
        t.HasIndex(x => x.EntryId).IsUnique();
    }
}

internal sealed class AuditPendingConfiguration : IEntityTypeConfiguration<AuditPending>
{
    public void Configure(EntityTypeBuilder<AuditPending> t)
    {
        t.ToTable("AuditPending");
        t.HasKey(x => x.EntryId);
        t.Property(x => x.EntryId).ValueGeneratedNever();
    }
}

internal sealed class AuditErasureConfiguration : IEntityTypeConfiguration<AuditErasure>
{
    public void Configure(EntityTypeBuilder<AuditErasure> t)
    {
        t.ToTable("AuditErasures");
        t.HasKey(x => x.UserId);
        t.Property(x => x.UserId).ValueGeneratedNever();
    }
}
