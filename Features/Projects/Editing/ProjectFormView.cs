using MdcTts.Infrastructure.Results;

namespace MdcTts.Features.Projects.Editing;

/// <summary>The form about a project.</summary>
/// <param name="Typed">The values of the fields.</param>
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
);
