namespace MdcTts.Features.Accounts;

/// <summary>What a mailed link lets its holder do, once.</summary>
public enum LinkKind
{
    /// <summary>Show that the address is theirs.</summary>
    Confirmation,

    /// <summary>Choose the first password of an account that an admin made.</summary>
    Invitation,

    /// <summary>Choose a new password.</summary>
    Reset,
}

/// <summary>
/// A link sent to a person, known only by its SHA-256. Whoever sets <see cref="UsedAt"/> first has used it.
/// </summary>
public sealed class AccountLink
{
    public int Id { get; set; }
    public int UserId { get; set; }
    public User User { get; set; } = null!;
    public LinkKind Kind { get; set; }

    /// <summary>SHA-256 of the token in the link, in hex.</summary>
    public string Hash { get; set; } = "";

    /// <summary>
    /// The user's security stamp when a reset link was made. A new password, role or status changes the user's stamp
    /// and so ends the link; null for the other kinds.
    /// </summary>
    public string? Stamp { get; set; }
    public DateTime CreatedAt { get; set; }
    public DateTime ExpiresAt { get; set; }
    public DateTime? UsedAt { get; set; }
}
