using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

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
    /// <param name="keptClientId">The client it has already: it may be kept when it is no longer active.</param>
    public static async Task<ProjectFields> Read(
        ProjectInput input,
        int? keptClientId,
        FieldErrors errors,
        AppDb db,
        CancellationToken stop
    )
    {
        var (english, arabic) = (
            errors.Text("nameEn", input.NameEn, Project.NameMaxLength),
            errors.Text("nameAr", input.NameAr, Project.NameMaxLength)
        );
        errors.AddIf(
            string.IsNullOrWhiteSpace(input.NameEn) && string.IsNullOrWhiteSpace(input.NameAr),
            "nameEn",
            "project.name_needed"
        );
        errors.AddIf(string.IsNullOrWhiteSpace(input.ClientId), "clientId", "error.required");
        var client = errors.Id("clientId", input.ClientId);
        if (
            client is not null
            && client != keptClientId
            && !await db.Clients.AnyAsync(c => c.Id == client && c.IsActive, stop)
        )
            errors.Add("clientId", "error.not_in_list");
        return new(english, arabic, client ?? 0);
    }

    public static ProjectFields Of(Project p) => new(p.NameEn, p.NameAr, p.ClientId);

    public void ApplyTo(Project project)
    {
        (project.NameEn, project.NameAr, project.ClientId) = (NameEn, NameAr, ClientId);
        project.SearchText = Project.SearchTextOf(NameEn, NameAr);
    }
}
