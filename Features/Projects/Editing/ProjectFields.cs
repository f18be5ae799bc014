namespace MdcTts.Features.Projects.Editing;

/// <summary>What an admin sends about a project, in a form or as JSON.</summary>
public class ProjectInput
{
    public string? NameEn { get; set; }
    public string? NameAr { get; set; }
    public string? ClientId { get; set; }

    public static ProjectInput Of(Project p) =>
        new()
        {
            NameEn = p.NameEn,
            NameAr = p.NameAr,
            ClientId = p.ClientId.ToString(),
        };
}

/// <summary>The same as JSON, which may also switch it on or off.</summary>
public sealed class ProjectDocument : ProjectInput
{
    public bool? IsActive { get; set; }
}

/// <summary>The same, understood and checked.</summary>
public sealed record ProjectFields(string? NameEn, string? NameAr, int ClientId)
{
    public static ProjectFields Of(Project p) => new(p.NameEn, p.NameAr, p.ClientId);

    public void ApplyTo(Project project)
    {
        project.NameEn = NameEn;
        project.NameAr = NameAr;
        project.ClientId = ClientId;
    }
}
