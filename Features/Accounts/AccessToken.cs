namespace MdcTts.Features.Accounts;

/// <summary>What a stored token is for.</summary>
public enum TokenKind
{
    /// <summary>Made by a person on the account page.</summary>
    Personal,

    /// <summary>Answered by <c>POST /auth/login</c>; short-lived.</summary>
    Access,

    /// <summary>Exchanged once for a new pair.</summary>
    Refresh,
}

/// <summary>A bearer token, known only by its SHA-256: the text itself is shown once and kept nowhere.</summary>
public sealed class AccessToken
{
    public const int NameMaxLength = 80;

    public int Id { get; set; }
    public int UserId { get; set; }
    public User User { get; set; } = null!;
    public TokenKind Kind { get; set; }
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the token's text, in hex.</summary>
    public string Hash { get; set; } = "";

    /// <summary>Space-separated: <c>read</c>, <c>write</c>, <c>admin</c>.</summary>
    public string Scopes { get; set; } = "";
    public DateTime CreatedAt { get; set; }

    /// <summary>When the person signed in for the pair's family; null for a personal token.</summary>
    public DateTime? SignedInAt { get; set; }
    public DateTime ExpiresAt { get; set; }
    public DateTime? LastUsedAt { get; set; }
    public DateTime? RevokedAt { get; set; }

    /// <summary>Pairs of one sign-in share a family; reuse of a spent refresh token ends all of it.</summary>
    public string? Family { get; set; }

    /// <summary>The user's security stamp when it was made: a reset password, new role or suspension ends it.</summary>
    public string Stamp { get; set; } = "";
}
