namespace MdcTts.Features.Accounts;

/// <summary>
/// A sign-in. A browser's cookie names it, and every request reads here whether it still holds; a script's is over at
/// once and only says from where the person has signed in.
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

    /// <summary>
    /// SHA-256, in hex, of the cookie that identifies a known browser; <see cref="Sessions.Script"/> for scripts.
    /// </summary>
    public string? Device { get; set; }
}
