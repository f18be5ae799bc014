namespace MdcTts.Infrastructure.Audit;

/// <summary>
/// Who did what, written in the transaction of the change. Never updated or deleted: triggers of the database refuse
/// both.
/// </summary>
/// <remarks>
/// What is personal stands apart in <see cref="Personal"/>, and the sealed part holds only a salted commitment to it: a
/// person can be erased and the log still proves itself.
/// </remarks>
public sealed class AuditEntry
{
    public long Id { get; set; }
    public DateTime At { get; set; }

    /// <summary>The user who did it; null for nobody known, and for the system itself.</summary>
    public int? ActorId { get; set; }

    /// <summary>Dotted event, such as <c>transaction.status_changed</c>.</summary>
    public string Action { get; set; } = "";
    public string EntityType { get; set; } = "";
    public string EntityKey { get; set; } = "";

    /// <summary>JSON: old → new, notes; never secrets, nothing about a person that their id does not say.</summary>
    public string? Data { get; set; }

    /// <summary>The browser session it was done in.</summary>
    public Guid? SessionId { get; set; }
    public string? RequestId { get; set; }

    /// <summary>
    /// JSON: network address, browser, names and addresses of people. The only part that an erasure empties, together
    /// with <see cref="Salt"/>.
    /// </summary>
    public string? Personal { get; set; }

    /// <summary>16 random bytes; without them nobody can guess <see cref="Personal"/> from its commitment.</summary>
    public byte[]? Salt { get; set; }

    /// <summary>SHA-256 of salt and personal part; empty when there is none.</summary>
    public byte[] Commitment { get; set; } = [];

    /// <summary>
    /// An identifier of this entry and the HMAC-SHA256 by which the process that wrote it signed all but the personal
    /// part; see <see cref="AuditSigner"/>. Null in entries from before there were signatures.
    /// </summary>
    public byte[]? Signature { get; set; }
}

/// <summary>
/// The place of an entry in the chain: HMAC over its canonical bytes and the seal before it. Rows are only added.
/// </summary>
public sealed class AuditSeal
{
    /// <summary>1, 2, 3 … without a gap.</summary>
    public long Sequence { get; set; }
    public long EntryId { get; set; }

    /// <summary>HMAC-SHA256.</summary>
    public byte[] Seal { get; set; } = [];
    public DateTime SealedAt { get; set; }
}

/// <summary>An entry that waits for its seal; a trigger adds it together with the entry.</summary>
public sealed class AuditPending
{
    public long EntryId { get; set; }
}

/// <summary>
/// Says that a person was erased: only then does the database let the personal part of their entries be emptied.
/// </summary>
public sealed class AuditErasure
{
    public int UserId { get; set; }
    public DateTime At { get; set; }
    public int ById { get; set; }
}
