using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Clients;

internal sealed class ClientConfiguration : IEntityTypeConfiguration<Client>
{
    public void Configure(EntityTypeBuilder<Client> t)
    {
        t.Property(x => x.NameEn).HasMaxLength(Client.NameMaxLength);
        t.Property(x => x.NameAr).HasMaxLength(Client.NameMaxLength);
        t.Property(x => x.CrNumber).HasMaxLength(10);
        t.Property(x => x.Email).HasMaxLength(Client.EmailMaxLength);
        t.Property(x => x.Phone).HasMaxLength(Client.PhoneMaxLength);
        t.Property(x => x.Address).HasMaxLength(Client.AddressMaxLength);
        t.Property(x => x.Version).IsConcurrencyToken();
        t.HasIndex(x => x.NameEn);
        t.HasIndex(x => x.NameAr);
        t.HasIndex(x => x.CrNumber).IsUnique();
        t.HasNameOrder();
    }
}
