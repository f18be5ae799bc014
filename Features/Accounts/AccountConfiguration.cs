using MdcTts.Infrastructure.Database;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Accounts;

// The tables of Identity are as its own context makes them; ours does not derive from it.
internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    private const int IdentityMaxLength = 256;

    public void Configure(EntityTypeBuilder<User> t)
    {
        t.ToTable("Users");
        t.Property(x => x.UserName).HasMaxLength(IdentityMaxLength);
        t.Property(x => x.NormalizedUserName).HasMaxLength(IdentityMaxLength);
        t.Property(x => x.Email).HasMaxLength(IdentityMaxLength);
        t.Property(x => x.NormalizedEmail).HasMaxLength(IdentityMaxLength);
        t.Property(x => x.ConcurrencyStamp).IsConcurrencyToken();
        t.Property(x => x.FullName).HasMaxLength(User.NameMaxLength);
        t.Property(x => x.NameAr).HasMaxLength(User.NameMaxLength);
        t.Property(x => x.Role).HasConversion<string>().HasMaxLength(10);
        t.Property(x => x.Status).HasConversion<string>().HasMaxLength(10);
        t.Property(x => x.Language).HasMaxLength(2);
        t.Property(x => x.Theme).HasMaxLength(5);
        t.Property(x => x.Department).HasMaxLength(40);
        t.Property(x => x.Company).HasMaxLength(User.CompanyMaxLength);
        t.Property(x => x.IdentityNumber).HasMaxLength(User.IdentityNumberMaxLength);
        t.Property(x => x.RejectReason).HasMaxLength(User.ReasonMaxLength);
        t.Property(x => x.TotpSecret).HasMaxLength(500);
        t.HasIndex(x => x.NormalizedUserName).IsUnique().HasDatabaseName("UserNameIndex");
        t.HasIndex(x => x.NormalizedEmail).IsUnique().HasDatabaseName("EmailIndex");
        t.HasIndex(x => new { x.Status, x.Id });
        t.HasIndex(x => x.ClientId);
        t.HasOne(x => x.Client).WithMany().HasForeignKey(x => x.ClientId).OnDelete(DeleteBehavior.Restrict);
        t.HasNameOrder();
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

internal sealed class UserSessionConfiguration : IEntityTypeConfiguration<UserSession>
{
    public void Configure(EntityTypeBuilder<UserSession> t)
    {
        t.ToTable("Sessions");
        t.Property(x => x.Id).ValueGeneratedNever();
        t.Property(x => x.Address).HasMaxLength(45);
        t.Property(x => x.Agent).HasMaxLength(UserSession.AgentMaxLength);
        t.Property(x => x.Device).HasMaxLength(64);
        t.Property(x => x.Stamp).HasMaxLength(80);
        t.HasIndex(x => new { x.UserId, x.LastSeenAt });
        t.HasIndex(x => x.LastSeenAt);
        t.HasIndex(x => x.Device);
        t.HasOne(x => x.User).WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class AccountLinkConfiguration : IEntityTypeConfiguration<AccountLink>
{
    public void Configure(EntityTypeBuilder<AccountLink> t)
    {
        t.ToTable("AccountLinks");
        t.Property(x => x.Stamp).HasMaxLength(80);
        t.Property(x => x.Kind).HasConversion<string>().HasMaxLength(12);
        t.Property(x => x.Hash).HasMaxLength(64);
        t.HasIndex(x => x.Hash).IsUnique();
        t.HasIndex(x => new { x.UserId, x.Kind });
        t.HasOne(x => x.User).WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RecoveryCodeConfiguration : IEntityTypeConfiguration<RecoveryCode>
{
    public void Configure(EntityTypeBuilder<RecoveryCode> t)
    {
        t.ToTable("RecoveryCodes");
        t.Property(x => x.Hash).HasMaxLength(64);
        t.HasIndex(x => new { x.UserId, x.Hash }).IsUnique();
        t.HasOne(x => x.User).WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class UserClaimConfiguration : IEntityTypeConfiguration<IdentityUserClaim<int>>
{
    public void Configure(EntityTypeBuilder<IdentityUserClaim<int>> t)
    {
        t.ToTable("AspNetUserClaims");
        t.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class UserLoginConfiguration : IEntityTypeConfiguration<IdentityUserLogin<int>>
{
    public void Configure(EntityTypeBuilder<IdentityUserLogin<int>> t)
    {
        t.ToTable("AspNetUserLogins");
        t.HasKey(x => new { x.LoginProvider, x.ProviderKey });
        t.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class UserTokenConfiguration : IEntityTypeConfiguration<IdentityUserToken<int>>
{
    public void Configure(EntityTypeBuilder<IdentityUserToken<int>> t)
    {
        t.ToTable("AspNetUserTokens");
        t.HasKey(x => new
        {
            x.UserId,
            x.LoginProvider,
            x.Name,
        });
        t.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

// As Identity's third schema has it.
internal sealed class PasskeyConfiguration : IEntityTypeConfiguration<IdentityUserPasskey<int>>
{
    public void Configure(EntityTypeBuilder<IdentityUserPasskey<int>> t)
    {
        t.ToTable("Passkeys");
        t.HasKey(x => x.CredentialId);
        t.Property(x => x.CredentialId).HasMaxLength(1024);
        t.OwnsOne(x => x.Data).ToJson();
        t.HasIndex(x => x.UserId);
        t.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class SignInFailureConfiguration : IEntityTypeConfiguration<SignInFailure>
{
    public void Configure(EntityTypeBuilder<SignInFailure> t)
    {
        t.ToTable("SignInFailures");
        t.HasKey(x => x.Key);
        t.Property(x => x.Key).HasMaxLength(64);
        t.HasIndex(x => x.LastAt);
    }
}
