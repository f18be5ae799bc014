using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Clients;

/// <summary>Somebody at a client whom the firm calls or writes to; needs no account.</summary>
public sealed class ClientContact
{
    public const int NameMaxLength = 120;
    public const int TitleMaxLength = 120;

    /// <summary>As many as a client's page shows.</summary>
    public const int Max = 50;

    public int Id { get; set; }
    public int ClientId { get; set; }
    public Client Client { get; set; } = null!;
    public string Name { get; set; } = "";
    public string? NameAr { get; set; }

    /// <summary>What they do there: project manager, accounts.</summary>
    public string? Title { get; set; }
    public string? Phone { get; set; }
    public string? Email { get; set; }

    /// <summary>Whom to ask first; at most one of a client.</summary>
    public bool IsMain { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>Names and title folded, then phone and address, for the search in the list of clients.</summary>
    public string SearchText { get; set; } = "";
    public int Version { get; set; } = 1;

    /// <summary>Makes <see cref="SearchText"/> of the present values.</summary>
    public void RefreshSearchText() =>
        SearchText = $"{ArabicText.Fold($"{Name} {NameAr} {Title}")} {Phone} {Email?.ToLowerInvariant()}";
}

internal sealed class ClientContactConfiguration : IEntityTypeConfiguration<ClientContact>
{
    public void Configure(EntityTypeBuilder<ClientContact> t)
    {
        t.Property(x => x.Name).HasMaxLength(ClientContact.NameMaxLength);
        t.Property(x => x.NameAr).HasMaxLength(ClientContact.NameMaxLength);
        t.Property(x => x.Title).HasMaxLength(ClientContact.TitleMaxLength);
        t.Property(x => x.Phone).HasMaxLength(Client.PhoneMaxLength);
        t.Property(x => x.Email).HasMaxLength(Client.EmailMaxLength);
        t.Property(x => x.Version).IsConcurrencyToken();
        t.HasOne(x => x.Client).WithMany().HasForeignKey(x => x.ClientId).OnDelete(DeleteBehavior.Cascade);
        t.HasIndex(x => x.ClientId);
        t.HasIndex(x => x.Email);
    }
}
