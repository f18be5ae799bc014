using MdcTts.Features.Accounts;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// What a heading means in registers, remembered from an import where somebody chose otherwise than it says: for that
/// person, or for all when an admin did.
/// </summary>
public sealed class ImportHeading
{
    public const int HeadingMaxLength = 200;

    public int Id { get; set; }

    /// <summary>Null: the firm's.</summary>
    public int? UserId { get; set; }

    /// <summary>As <see cref="Headings.Key"/> has it.</summary>
    public string Heading { get; set; } = "";

    /// <summary>Null: the column is not read.</summary>
    public RegisterField? Field { get; set; }
    public DateTime CreatedAt { get; set; }
}

internal static class ImportHeadings
{
    /// <summary>What a person said comes before what the firm's admins said.</summary>
    public static async Task<IReadOnlyDictionary<string, RegisterField?>> RememberedFor(
        this AppDb db,
        int userId,
        CancellationToken stop
    ) =>
        (
            await db
                .ImportHeadings.AsNoTracking()
                .Where(h => h.UserId == null || h.UserId == userId)
                .OrderByDescending(h => h.Id)
                .ToListAsync(stop)
        )
            .OrderBy(h => h.UserId is null)
            .DistinctBy(h => h.Heading, StringComparer.Ordinal)
            .ToDictionary(h => h.Heading, h => h.Field, StringComparer.Ordinal);

    /// <summary>
    /// Remembers what headings mean for the person, or for all when an admin says so; the caller saves it. What a
    /// heading says by itself needs no memory, unless the firm's says otherwise.
    /// </summary>
    public static async Task Remember(
        this AppDb db,
        IReadOnlyDictionary<string, RegisterField?> said,
        CurrentUser user,
        DateTime at,
        CancellationToken stop
    )
    {
        int? owner = user.IsAdmin ? null : user.Id;
        var meanings = said.Select(each => (Key: Headings.Key(each.Key), Heading: each.Key, Field: each.Value))
            .Where(each => each.Key.Length > 0)
            .DistinctBy(each => each.Key, StringComparer.Ordinal)
            .ToList();
        var keys = meanings.ConvertAll(each => each.Key);
        await db.ImportHeadings.Where(h => h.UserId == owner && keys.Contains(h.Heading)).ExecuteDeleteAsync(stop);
        var firms = await db
            .ImportHeadings.Where(h => h.UserId == null && keys.Contains(h.Heading))
            .Select(h => h.Heading)
            .ToListAsync(stop);
        db.ImportHeadings.AddRange(
            meanings
                .Where(each => each.Field != Headings.Field(each.Heading) || firms.Contains(each.Key))
                .Select(each => new ImportHeading
                {
                    UserId = owner,
                    Heading = each.Key,
                    Field = each.Field,
                    CreatedAt = at,
                })
        );
    }
}

internal sealed class ImportHeadingConfiguration : IEntityTypeConfiguration<ImportHeading>
{
    public void Configure(EntityTypeBuilder<ImportHeading> t)
    {
        t.Property(x => x.Heading).HasMaxLength(ImportHeading.HeadingMaxLength);
        t.Property(x => x.Field).HasConversion<string>().HasMaxLength(20);
        t.HasIndex(x => new { x.UserId, x.Heading });
        t.HasOne<User>().WithMany().HasForeignKey(x => x.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
