using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Projects.Editing;

/// <summary>The form about a project.</summary>
/// <param name="Typed">What stands in the fields.</param>
/// <param name="Clients">The clients on offer.</param>
/// <param name="Errors">What is wrong with it.</param>
/// <param name="Existing">The project as kept; null for a new one.</param>
/// <param name="Refusal">Why it was not saved, when no field is to blame.</param>
public sealed record ProjectFormView(
    ProjectInput Typed,
    IReadOnlyList<(string Value, string Name)> Clients,
    FieldErrors? Errors,
    Project? Existing,
    Problem? Refusal
)
{
    public static async Task<ProjectFormView> New(
        ProjectInput typed,
        Problem? problem,
        Project? existing,
        AppDb db,
        CancellationToken stop
    )
    {
        var kept = existing?.ClientId;
        var clients = await db
            .Clients.Where(c => c.IsActive || c.Id == kept)
            .OrderBy(c => c.NameEn ?? c.NameAr)
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
            problem?.Fields,
            existing,
            problem?.Fields is null ? problem : null
        );
    }
}
