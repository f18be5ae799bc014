namespace MdcTts.Features.Accounts;

/// <summary>One of the ten codes for the day the phone is lost; each works once.</summary>
public sealed class RecoveryCode
{
    public int Id { get; set; }
    public int UserId { get; set; }
    public User User { get; set; } = null!;

    /// <summary>SHA-256 of the code, in hex.</summary>
    public string Hash { get; set; } = "";
    public DateTime? UsedAt { get; set; }
}

/// <summary>How often signing in has failed of late, counted for an account, a network, or an account in a network; which is in the key.</summary>
public sealed class SignInFailure
{
    /// <summary>SHA-256 in hex of what is counted.</summary>
    public string Key { get; set; } = "";
    public int Count { get; set; }
    public DateTime LastAt { get; set; }
}
