using MdcTts.Infrastructure.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>The claim to work that has no row of its own, by a name.</summary>
public sealed class NamedLease : ILeased
{
    public string Name { get; set; } = "";
    public int Lease { get; set; }
    public DateTime? LeasedUntil { get; set; }

    /// <summary>Adds the row unless another process does so first.</summary>
    internal static async Task Add(EngineDb db, string name, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        await db.Database.ExecuteSqlAsync(
            $"""INSERT INTO "Leases" ("Name", "Lease") VALUES ({name}, 0) ON CONFLICT DO NOTHING""",
            stop
        );
        await write.Commit(stop);
    }
}

internal sealed class NamedLeaseConfiguration : IEntityTypeConfiguration<NamedLease>
{
    public void Configure(EntityTypeBuilder<NamedLease> t)
    {
        t.ToTable("Leases");
        t.HasKey(x => x.Name);
        t.Property(x => x.Name).HasMaxLength(40);
    }
}
