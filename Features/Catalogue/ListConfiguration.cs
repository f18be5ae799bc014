using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Catalogue;

internal sealed class ListItemConfiguration : IEntityTypeConfiguration<ListItem>
{
    public void Configure(EntityTypeBuilder<ListItem> t)
    {
        t.Property(x => x.Kind).HasConversion<string>().HasMaxLength(20);
        t.Property(x => x.Key).HasMaxLength(ListItem.KeyMaxLength);
        t.Property(x => x.NameEn).HasMaxLength(80);
        t.Property(x => x.NameAr).HasMaxLength(80);
        t.Ignore(x => x.Name);
        t.HasIndex(x => new { x.Kind, x.Key }).IsUnique();
    }
}

internal sealed class HolidayConfiguration : IEntityTypeConfiguration<Holiday>
{
    public void Configure(EntityTypeBuilder<Holiday> t)
    {
        t.HasKey(x => x.Date);
        t.Property(x => x.NameEn).HasMaxLength(80);
        t.Property(x => x.NameAr).HasMaxLength(80);
    }
}
