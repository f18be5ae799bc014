using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Projects;

/// <summary>A client's project (مشروع), code <c>PRJ-YYYY-NNN</c>.</summary>
public sealed class Project
{
    public const int CodeMaxLength = 20;
    public const int NameMaxLength = 200;

    public int Id { get; set; }
    public string Code { get; set; } = "";
    public string? NameEn { get; set; }
    public string? NameAr { get; set; }
    public int ClientId { get; set; }
    public Client Client { get; set; } = null!;
    public bool IsActive { get; set; } = true;
    public DateTime CreatedAt { get; set; }
    public string SearchText { get; set; } = "";
    public int Version { get; set; } = 1;

    /// <summary>What search looks at for these names; the code is looked up by itself.</summary>
    public static string SearchTextOf(string? nameEn, string? nameAr) => ArabicText.Fold($"{nameEn} {nameAr}");
}
