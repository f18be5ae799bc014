using MdcTts.Infrastructure.Logging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Infrastructure.Events;

/// <summary>What an event means for pages that are open.</summary>
public enum PageEffect
{
    /// <summary>Nothing that a page shows is different.</summary>
    None,

    /// <summary>What shows it is out of date.</summary>
    Changed,

    /// <summary>It may now appear in lists that did not show it before.</summary>
    Appeared,

    /// <summary>As <see cref="Changed"/>, and to one person it is new.</summary>
    HandedOver,

    /// <summary>As <see cref="Changed"/>, and to people outside the firm it is new.</summary>
    Released,
}

/// <summary>
/// Something that happened: one row, written in the database transaction of the change itself. Whatever follows from it
/// (mails, open pages) reads these rows afterwards, so a use case cannot forget to tell anybody.
/// </summary>
public sealed class EventRow
{
    public const int KindMaxLength = 60;
    public const int KeyMaxLength = 60;

    public long Id { get; init; }
    public DateTime At { get; init; }

    /// <summary>Dotted, and the same word as the audit entry's: <c>transaction.status_changed</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>What it happened to: the number of a transaction, the id of a person.</summary>
    public string Key { get; init; } = "";

    /// <summary>The user who did it; null for the system.</summary>
    public int? ActorId { get; init; }

    /// <summary>The line of the history that was written with it; null where there is none.</summary>
    public int? HistoryId { get; private set; }

    /// <summary>JSON that the feature of the kind reads; null when the history says all.</summary>
    public string? Data { get; init; }
    public PageEffect Effect { get; init; }

    /// <summary>The request it happened in: the mails it causes carry the same id.</summary>
    public string? RequestId { get; init; } = RequestIds.Current;

    /// <summary>When everything that follows from it was written; null until then.</summary>
    public DateTime? FollowedAt { get; private set; }

    /// <summary>How often following it failed.</summary>
    public int Failures { get; private set; }
}

internal sealed class EventRowConfiguration : IEntityTypeConfiguration<EventRow>
{
    public void Configure(EntityTypeBuilder<EventRow> t)
    {
        t.ToTable("Events");
        t.Property(x => x.Kind).HasMaxLength(EventRow.KindMaxLength);
        t.Property(x => x.Key).HasMaxLength(EventRow.KeyMaxLength);
        t.Property(x => x.RequestId).HasMaxLength(64);
        // The index covers pending rows only, so it stays small.
        t.HasIndex(x => x.Id).HasFilter("\"FollowedAt\" IS NULL").HasDatabaseName("IX_Events_Waiting");
        t.HasIndex(x => x.At);
    }
}
