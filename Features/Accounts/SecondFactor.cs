namespace MdcTts.Features.Accounts;

/// <summary>One of ten codes to sign in with when the phone is lost; each works once.</summary>
public sealed class RecoveryCode
{
    public int Id { get; set; }
    public int UserId { get; set; }
    public User User { get; set; } = null!;

    /// <summary>SHA-256 of the code, in hex.</summary>
    public string Hash { get; set; } = "";
    public DateTime? UsedAt { get; set; }
}

/// <summary>
/// How often somebody guessed wrong recently: a password of an account, in a network, or the numbers of a tracked
/// transaction; the key tells which.
/// </summary>
public sealed class SignInFailure
{
    /// <summary>SHA-256 in hex of what is counted.</summary>
    public string Key { get; set; } = "";
    public int Count { get; set; }
    public DateTime LastAt { get; set; }
}
