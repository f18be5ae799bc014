namespace MdcTts.Features.Accounts;

/// <summary>
/// A sign-in of a browser. The cookie names it; every request reads here whether it still holds.
/// </summary>
public sealed class UserSession
{
    public const int AgentMaxLength = 300;

    /// <summary>Random; known to nobody but the encrypted cookie.</summary>
    public Guid Id { get; set; }
    public int UserId { get; set; }
    public User User { get; set; } = null!;
    public DateTime CreatedAt { get; set; }

    /// <summary>To the minute.</summary>
    public DateTime LastSeenAt { get; set; }
    public DateTime? EndedAt { get; set; }

    /// <summary>
    /// The user's security stamp when it began. A reset password, new role or suspension changes the user's stamp and
    /// so ends this session.
    /// </summary>
    public string Stamp { get; set; } = "";

    /// <summary>
    /// When the person last proved who they are: by signing in, or by confirming it before something dangerous.
    /// </summary>
    public DateTime ConfirmedAt { get; set; }
    public string? Address { get; set; }
    public string? Agent { get; set; }

    /// <summary>SHA-256, in hex, of the cookie that identifies a known browser.</summary>
    public string? Device { get; set; }
}
