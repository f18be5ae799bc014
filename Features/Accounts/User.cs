using System.Buffers.Text;
using System.Security.Cryptography;
using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
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
public sealed class User : IdentityUser<int>, IInNameOrder
{
    public const int NameMaxLength = 120;
    public const int CompanyMaxLength = 200;
    public const int IdentityNumberMaxLength = 10;
    public const int ReasonMaxLength = 500;
    public const int EmailMaxLength = EmailAddress.MaxLength;

    private string _fullName = "";
    private string? _nameAr;

    public string FullName
    {
        get => _fullName;
        set
        {
            _fullName = value;
            FollowNames();
        }
    }

    /// <summary>The name in Arabic, for readers of Arabic; null where there is none.</summary>
    public string? NameAr
    {
        get => _nameAr;
        set
        {
            _nameAr = value;
            FollowNames();
        }
    }

    /// <summary>Both names folded, for search.</summary>
    public string SearchText { get; private set; } = "";
    public string OrderEn { get; private set; } = "";
    public string OrderAr { get; private set; } = "";
    public Role Role { get; set; }
    public UserStatus Status { get; set; }

    /// <summary><c>en</c> or <c>ar</c>; null follows the browser.</summary>
    public string? Language { get; set; }

    /// <summary><c>light</c> or <c>dark</c>; null follows the system.</summary>
    public string? Theme { get; set; }
    public int? ClientId { get; set; }
    public Client? Client { get; set; }

    /// <summary>
    /// Where somebody who registered says they belong. What they may see follows <see cref="ClientId"/> alone.
    /// </summary>
    public string? Company { get; set; }
    public string? Department { get; set; }

    /// <summary>
    /// National ID, Iqama or commercial registration of somebody who registered; the first digit tells which.
    /// </summary>
    public string? IdentityNumber { get; set; }

    /// <summary>Why an admin rejected the registration; the person receives it.</summary>
    public string? RejectReason { get; set; }
    public DateTime? PasswordChangedAt { get; set; }

    /// <summary>Somebody else chose the password: its owner chooses another one before anything else.</summary>
    public bool HasGivenPassword { get; set; }

    /// <summary>The authenticator's secret, protected by DataProtection; null: no authenticator.</summary>
    public string? TotpSecret { get; set; }

    /// <summary>The 30-second step of the last code that was taken: no code works twice.</summary>
    public long? TotpStep { get; set; }

    /// <summary>No mails about transactions; those about the account itself come anyway.</summary>
    public bool NoMails { get; set; }

    /// <summary>When the person was erased: what is left is a row that the history can point to.</summary>
    public DateTime? ErasedAt { get; set; }
    public DateTime? LastSignInAt { get; set; }
    public DateTime CreatedAt { get; set; }

    /// <summary>The person as use cases know them, outside of a request of theirs.</summary>
    /// <param name="sight">What an editor sees beside their own.</param>
    public CurrentUser Acting(EditorSight sight = EditorSight.Own) =>
        new(Id, FullName, Email ?? "", Role, ClientId, Language)
        {
            NameAr = NameAr,
            Sight = sight,
            Department = Department,
        };

    private void FollowNames()
    {
        SearchText = ArabicText.Fold($"{_fullName} {_nameAr}");
        OrderEn = NameOrder.Key(_fullName, _nameAr);
        OrderAr = NameOrder.Key(_nameAr, _fullName);
    }

    public bool IsActive => Status == UserStatus.Active;

    /// <summary>Nobody comes in for an organisation that was deactivated. Needs <see cref="Client"/> loaded.</summary>
    public bool IsClientActive => ClientId is null || Client!.IsActive;

    /// <summary>Sets the address to sign in with, in the forms that are looked up.</summary>
    public void UseEmail(string email)
    {
        Email = UserName = email;
        NormalizedEmail = NormalizedUserName = email.ToUpperInvariant();
        EmailConfirmed = true;
    }

    /// <summary>Sets a new password, already hashed, and ends sessions that used the old one.</summary>
    public void UsePassword(string hash)
    {
        PasswordHash = hash;
        HasGivenPassword = false;
        EndSessions();
    }

    /// <summary>
    /// Leaves nothing of the person but a pseudonym, to which the history points. Nobody can sign in with it.
    /// </summary>
    public void Erase(string pseudonym, DateTime at)
    {
        UseEmail($"erased-{Id}@invalid");
        FullName = pseudonym;
        NameAr = null;
        EmailConfirmed = false;
        PhoneNumber = null;
        Company = null;
        IdentityNumber = null;
        RejectReason = null;
        PasswordHash = null;
        TotpSecret = null;
        TotpStep = null;
        LastSignInAt = null;
        Status = UserStatus.Suspended;
        ErasedAt = at;
        EndSessions();
        Touch();
    }

    /// <summary>Ends every session and token on its next request: they were made under the old stamp.</summary>
    public void EndSessions() => SecurityStamp = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(20));

    /// <summary>Marks a change, so that a save on an older state is refused.</summary>
    public void Touch() => ConcurrencyStamp = Guid.NewGuid().ToString();
}
