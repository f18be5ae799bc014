using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Infrastructure.Database;

/// <summary>How the keys of <see cref="NameOrder"/> are stored.</summary>
public static class NameOrderMapping
{
    /// <summary>Adds their columns and, for each language, the index that gives a list in its order.</summary>
    public static void HasNameOrder<T>(this EntityTypeBuilder<T> table)
        where T : class, IInNameOrder
    {
        // By their names: seen through the interface they would be other properties to EF.
        foreach (var key in new[] { nameof(IInNameOrder.OrderEn), nameof(IInNameOrder.OrderAr) })
        {
            table.Property<string>(key).HasMaxLength(NameOrder.KeyMaxLength);
            table.HasIndex(key);
        }
    }
}
