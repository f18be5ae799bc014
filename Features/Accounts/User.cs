using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Security;
using Microsoft.AspNetCore.Identity;

namespace MdcTts.Features.Accounts;

/// <summary>Whether a person may come in.</summary>
public enum UserStatus
{
    Pending,
    Active,
    Suspended,
    Rejected,
}

/// <summary>A person (مستخدم). Identity keeps the password and the security stamp; the rest is ours.</summary>
public sealed class User : IdentityUser<int>
{
    public const int NameMaxLength = 120;
    public const int EmailMaxLength = 254;

    public string FullName { get; set; } = "";
    public Role Role { get; set; }
    public UserStatus Status { get; set; }

    /// <summary><c>en</c> or <c>ar</c>; null follows the browser.</summary>
    public string? Language { get; set; }

    /// <summary><c>light</c> or <c>dark</c>; null follows the system.</summary>
    public string? Theme { get; set; }
    public int? ClientId { get; set; }
    public Client? Client { get; set; }
    public string? Department { get; set; }
    public DateTime? LastSignInAt { get; set; }
    public DateTime CreatedAt { get; set; }

    public bool IsActive => Status == UserStatus.Active;
}
