using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Settings;

/// <summary>One setting that an admin has changed; what has no row has its default.</summary>
public sealed class Setting
{
    /// <summary>
    /// The row that changes with every other: one look at it tells whether the remembered settings still hold.
    /// </summary>
    public const string Version = "version";

    public string Key { get; set; } = "";
    public string Value { get; set; } = "";
}

internal sealed class SettingConfiguration : IEntityTypeConfiguration<Setting>
{
    public void Configure(EntityTypeBuilder<Setting> t)
    {
        t.ToTable("Settings");
        t.HasKey(x => x.Key);
        t.Property(x => x.Key).HasMaxLength(60);
    }
}
