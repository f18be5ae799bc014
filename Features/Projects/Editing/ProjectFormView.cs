using MdcTts.Infrastructure.Results;

namespace MdcTts.Features.Projects.Editing;

/// <summary>The form about a project.</summary>
/// <param name="Typed">The values of the fields.</param>
/// <param name="Clients">The clients on offer.</param>
/// <param name="Errors">What is wrong with it.</param>
/// <param name="Existing">The project as kept; null for a new one.</param>
public sealed record ProjectFormView(
    ProjectInput Typed,
    IReadOnlyList<(string Value, string Name)> Clients,
    FieldErrors? Errors,
    Project? Existing
)
{
    /// <summary>The fields in the page's order.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["nameEn", "nameAr", "clientId"];

    /// <summary>The state that the person began with.</summary>
    public string? Version { get; init; }

    /// <summary>The fields at that state, to tell later who changed what.</summary>
    public string? Original { get; init; }
}
