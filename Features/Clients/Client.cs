using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Clients;

/// <summary>An organisation (عميل) whose transactions are tracked; several people may sign in for it.</summary>
public sealed class Client : IInNameOrder
{
    public const int NameMaxLength = 200;
    public const int PhoneMaxLength = 20;
    public const int AddressMaxLength = 500;
    public const int EmailMaxLength = 254;

    private string? _nameEn;
    private string? _nameAr;

    public int Id { get; set; }

    public string? NameEn
    {
        get => _nameEn;
        set
        {
            _nameEn = value;
            FollowNames();
        }
    }

    public string? NameAr
    {
        get => _nameAr;
        set
        {
            _nameAr = value;
            FollowNames();
        }
    }

    /// <summary>Commercial registration: ten digits.</summary>
    public string? CrNumber { get; set; }
    public string? Email { get; set; }
    public string? Phone { get; set; }
    public string? Address { get; set; }
    public bool IsActive { get; set; } = true;
    public DateTime CreatedAt { get; set; }

    /// <summary>Both names folded, for search and for matching a file's names.</summary>
    public string SearchText { get; private set; } = "";
    public string OrderEn { get; private set; } = "";
    public string OrderAr { get; private set; } = "";
    public int Version { get; set; } = 1;

    private void FollowNames()
    {
        SearchText = ArabicText.Fold($"{_nameEn} {_nameAr}");
        OrderEn = NameOrder.Key(_nameEn, _nameAr);
        OrderAr = NameOrder.Key(_nameAr, _nameEn);
    }
}
