namespace MdcTts.Features.Projects;

/// <summary>A project as the API answers it; its code is its address.</summary>
public sealed record ProjectBody(string Code, string? NameEn, string? NameAr, string ClientId, bool IsActive)
{
    public static ProjectBody Of(Project p) => new(p.Code, p.NameEn, p.NameAr, p.ClientId.ToString(), p.IsActive);
}
