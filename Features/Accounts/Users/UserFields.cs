using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Accounts.Users;

/// <summary>What an admin sends about a person, in a form or as JSON.</summary>
public class UserInput
{
    public string? FullName { get; set; }
    public string? NameAr { get; set; }
    public string? Role { get; set; }
    public string? ClientId { get; set; }
    public string? Language { get; set; }
    public string? Department { get; set; }
    public string? Phone { get; set; }
}

/// <summary>The same, understood and checked.</summary>
public sealed record UserFields(
    string FullName,
    string? NameAr,
    Role Role,
    int? ClientId,
    string? Language,
    string? Department,
    string? Phone
)
{
    /// <summary>Writes them onto the person.</summary>
    public void ApplyTo(User user)
    {
        user.FullName = FullName;
        user.NameAr = NameAr;
        user.Role = Role;
        user.ClientId = ClientId;
        user.Language = Language;
        user.Department = Department;
        user.PhoneNumber = Phone;
    }
}
