using MdcTts.Features.Clients;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>A client that an import made.</summary>
public sealed class ImportClient
{
    public int ImportRunId { get; set; }
    public int ClientId { get; set; }
}

internal sealed class ImportClientConfiguration : IEntityTypeConfiguration<ImportClient>
{
    public void Configure(EntityTypeBuilder<ImportClient> t)
    {
        t.HasKey(x => new { x.ImportRunId, x.ClientId });
        t.HasOne<ImportRun>().WithMany().HasForeignKey(x => x.ImportRunId).OnDelete(DeleteBehavior.Cascade);
        t.HasOne<Client>().WithMany().HasForeignKey(x => x.ClientId).OnDelete(DeleteBehavior.Cascade);
    }
}
