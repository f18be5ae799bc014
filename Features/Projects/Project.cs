using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Projects;

/// <summary>A client's project (مشروع), code <c>PRJ-YYYY-NNN</c>.</summary>
public sealed class Project : IInNameOrder
{
    public const int CodeMaxLength = 20;
    public const int NameMaxLength = 200;

    private string? _nameEn;
    private string? _nameAr;

    public int Id { get; set; }
    public string Code { get; set; } = "";

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

    public int ClientId { get; set; }
    public Client Client { get; set; } = null!;
    public bool IsActive { get; set; } = true;
    public DateTime CreatedAt { get; set; }

    /// <summary>Both names folded, for search; the code is looked up by itself.</summary>
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
