using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Accounts;

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> t)
    {
        t.ToTable("Users");
        t.Property(x => x.FullName).HasMaxLength(User.NameMaxLength);
        t.Property(x => x.Role).HasConversion<string>().HasMaxLength(10);
        t.Property(x => x.Status).HasConversion<string>().HasMaxLength(10);
        t.Property(x => x.Language).HasMaxLength(2);
        t.Property(x => x.Theme).HasMaxLength(5);
        t.Property(x => x.Department).HasMaxLength(40);
        t.Property(x => x.Company).HasMaxLength(User.CompanyMaxLength);
        t.HasIndex(x => x.NormalizedEmail).IsUnique();
        t.HasIndex(x => x.ClientId);
        t.HasOne(x => x.Client).WithMany().HasForeignKey(x => x.ClientId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class AccessTokenConfiguration : IEntityTypeConfiguration<AccessToken>
{
    public void Configure(EntityTypeBuilder<AccessToken> t)
    {
        t.Property(x => x.Kind).HasConversion<string>().HasMaxLength(10);
        t.Property(x => x.Name).HasMaxLength(AccessToken.NameMaxLength);
        t.Property(x => x.Hash).HasMaxLength(64);
        t.Property(x => x.Scopes).HasMaxLength(40);
        t.Property(x => x.Family).HasMaxLength(40);
        t.Property(x => x.Stamp).HasMaxLength(80);
        t.HasIndex(x => x.Hash).IsUnique();
        t.HasIndex(x => x.Family);
        t.HasOne(x => x.User).WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
