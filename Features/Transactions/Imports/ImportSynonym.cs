using MdcTts.Features.Accounts;
using MdcTts.Features.Transactions.Imports.Parsing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// What a name means in registers, remembered from an import: for the person who said so, or for all when an admin did.
/// </summary>
public sealed class ImportSynonym
{
    public const int KeyMaxLength = 40;

    public int Id { get; set; }

    /// <summary>Null: the firm's.</summary>
    public int? UserId { get; set; }
    public RegisterField Field { get; set; }

    /// <summary>Folded.</summary>
    public string Name { get; set; } = "";

    /// <summary>What a transaction stores.</summary>
    public string Key { get; set; } = "";
    public DateTime CreatedAt { get; set; }
}

internal sealed class ImportSynonymConfiguration : IEntityTypeConfiguration<ImportSynonym>
{
    public void Configure(EntityTypeBuilder<ImportSynonym> t)
    {
        t.Property(x => x.Field).HasConversion<string>().HasMaxLength(20);
        t.Property(x => x.Name).HasMaxLength(FieldRules.ClientName.MaxLength);
        t.Property(x => x.Key).HasMaxLength(ImportSynonym.KeyMaxLength);
        t.HasIndex(x => new
        {
            x.UserId,
            x.Field,
            x.Name,
        });
        t.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
