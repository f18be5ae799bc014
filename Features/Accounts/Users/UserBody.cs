using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Accounts.Users;

/// <summary>A person as the API answers them.</summary>
public sealed record UserBody(
    string Id,
    string Email,
    string FullName,
    string? NameAr,
    string Role,
    string Status,
    string? Language,
    string? ClientId,
    string? Department,
    string? Phone,
    DateTime? LastSignInAt,
    DateTime CreatedAt
)
{
    /// <summary>From a loaded row.</summary>
    public static UserBody Of(User u) =>
        new(
            u.Id.ToString(),
            u.Email!,
            u.FullName,
            u.NameAr,
            Keys.Of(u.Role),
            Keys.Of(u.Status),
            u.Language,
            u.ClientId?.ToString(),
            u.Department,
            u.PhoneNumber,
            u.LastSignInAt,
            u.CreatedAt
        );
}

/// <summary>What an editor needs to know of a colleague to give them work.</summary>
public sealed record ColleagueBody(string Id, string FullName, string? NameAr, string Email);
