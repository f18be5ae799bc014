using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Catalogue;

internal sealed class WorkflowStatusConfiguration : IEntityTypeConfiguration<WorkflowStatus>
{
    public void Configure(EntityTypeBuilder<WorkflowStatus> t)
    {
        t.HasKey(x => x.Key);
        t.Property(x => x.Key).HasMaxLength(WorkflowStatus.KeyMaxLength);
        t.Property(x => x.NameEn).HasMaxLength(80);
        t.Property(x => x.NameAr).HasMaxLength(80);
        t.Property(x => x.Meaning).HasConversion<string>().HasMaxLength(10);
        t.Ignore(x => x.Name);
        t.Ignore(x => x.Css);
    }
}

internal sealed class WorkflowMoveConfiguration : IEntityTypeConfiguration<WorkflowMove>
{
    public void Configure(EntityTypeBuilder<WorkflowMove> t)
    {
        t.Property(x => x.From).HasMaxLength(WorkflowStatus.KeyMaxLength);
        t.Property(x => x.To).HasMaxLength(WorkflowStatus.KeyMaxLength);
        t.Property(x => x.Meaning).HasConversion<string>().HasMaxLength(10);
        t.HasIndex(x => new { x.From, x.To }).IsUnique();
    }
}
