using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Projects.Editing;

/// <summary>Reads what is sent about a project, and shows it in a form.</summary>
public sealed class ProjectForms(AppDb db)
{
    /// <summary>
    /// Reads every field. What is wrong stands in <paramref name="errors"/>; the answer counts only when nothing is.
    /// </summary>
    /// <param name="keptClientId">The project's present client, which it may keep when it is not active.</param>
    public async Task<ProjectFields> Read(
        ProjectInput input,
        int? keptClientId,
        FieldErrors errors,
        CancellationToken stop
    )
    {
        var english = errors.Text("nameEn", input.NameEn, Project.NameMaxLength);
        var arabic = errors.Text("nameAr", input.NameAr, Project.NameMaxLength);
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

    /// <param name="existing">The project as kept; null for a new one.</param>
    public async Task<ProjectFormView> Show(
        ProjectInput typed,
        FieldErrors? errors,
        Project? existing,
        CancellationToken stop
    )
    {
        var kept = existing?.ClientId;
        var clients = await db
            .Clients.Where(c => c.IsActive || c.Id == kept)
            // What is chosen is always among them.
            .OrderByDescending(c => c.Id == kept)
            .ThenBy(c => c.NameEn ?? c.NameAr)
            .Take(Field.ChoicesMax)
            .Select(c => new
            {
                c.Id,
                c.NameEn,
                c.NameAr,
            })
            .ToListAsync(stop);
        return new(
            typed,
            [.. clients.Select(c => (c.Id.ToString(), Words.T.Pick(c.NameEn, c.NameAr)))],
            errors,
            existing
        );
    }
}
