using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Projects;

internal sealed class ProjectConfiguration : IEntityTypeConfiguration<Project>
{
    public void Configure(EntityTypeBuilder<Project> t)
    {
        t.Property(x => x.Code).HasMaxLength(Project.CodeMaxLength);
        t.Property(x => x.NameEn).HasMaxLength(Project.NameMaxLength);
        t.Property(x => x.NameAr).HasMaxLength(Project.NameMaxLength);
        t.Property(x => x.Version).IsConcurrencyToken();
        t.HasIndex(x => x.Code).IsUnique();
        t.HasOne(x => x.Client).WithMany().HasForeignKey(x => x.ClientId).OnDelete(DeleteBehavior.Restrict);
        t.HasNameOrder();
    }
}
