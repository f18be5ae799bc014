using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Clients;

/// <summary>An organisation (عميل) whose transactions are tracked; several people may sign in for it.</summary>
public sealed class Client
{
    public const int NameMaxLength = 200;
    public const int PhoneMaxLength = 20;
    public const int AddressMaxLength = 500;
    public const int EmailMaxLength = 254;

    public int Id { get; set; }
    public string? NameEn { get; set; }
    public string? NameAr { get; set; }

    /// <summary>Commercial registration: ten digits.</summary>
    public string? CrNumber { get; set; }
    public string? Email { get; set; }
    public string? Phone { get; set; }
    public string? Address { get; set; }
    public bool IsActive { get; set; } = true;
    public DateTime CreatedAt { get; set; }

    /// <summary>Both names folded, for search and for matching a file's names.</summary>
    public string SearchText { get; set; } = "";
    public int Version { get; set; } = 1;

    /// <summary>What search looks at for these names.</summary>
    public static string SearchTextOf(string? nameEn, string? nameAr) => ArabicText.Fold($"{nameEn} {nameAr}");
}
