using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Infrastructure.Idempotency;

/// <summary>
/// The answer to a POST that carried an <c>Idempotency-Key</c>, or to a form (<see cref="RepeatedForms"/>), kept 24
/// hours for its caller.
/// </summary>
public sealed class IdempotencyRecord
{
    public const int KeyMaxLength = 200;

    /// <summary>A status that no answer has.</summary>
    public const int Done = 0;

    public long Id { get; set; }
    public int UserId { get; set; }
    public string Key { get; set; } = "";

    /// <summary>
    /// SHA-256 over method, path and body, in hex; that of a form over its address and fields, salted with its key.
    /// </summary>
    public string RequestHash { get; set; } = "";

    /// <summary>
    /// Null while the first request has written nothing; <see cref="Done"/> from its commit on, until its answer is
    /// kept.
    /// </summary>
    public int? Status { get; set; }
    public string? ContentType { get; set; }
    public string? Location { get; set; }
    public string? ETag { get; set; }
    public byte[]? Body { get; set; }
    public DateTime CreatedAt { get; set; }
}

internal sealed class IdempotencyConfiguration : IEntityTypeConfiguration<IdempotencyRecord>
{
    public void Configure(EntityTypeBuilder<IdempotencyRecord> t)
    {
        t.ToTable("IdempotencyKeys");
        t.Property(x => x.Key).HasMaxLength(IdempotencyRecord.KeyMaxLength);
        t.Property(x => x.RequestHash).HasMaxLength(64);
        t.HasIndex(x => new { x.UserId, x.Key }).IsUnique();
        t.HasIndex(x => x.CreatedAt);
    }
}
