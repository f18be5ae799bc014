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

internal static class ImportClientQueries
{
    /// <summary>
    /// The clients that an import and its continuations made, and that nobody has edited, or given a transaction, a
    /// project or a person.
    /// </summary>
    public static IQueryable<Client> UnusedClientsOf(this AppDb db, int importId) =>
        db.Clients.Where(c =>
            c.Version == 1
            && db.ImportClients.Any(made =>
                made.ClientId == c.Id
                && db.Imports.Any(i => i.Id == made.ImportRunId && (i.Id == importId || i.ContinuesId == importId))
            )
            && !db.Transactions.Any(t => t.ClientId == c.Id)
            && !db.Projects.Any(p => p.ClientId == c.Id)
            && !db.Users.Any(u => u.ClientId == c.Id)
            && !db.ClientContacts.Any(k => k.ClientId == c.Id)
        );
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
