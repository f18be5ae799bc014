using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Accounts.Users;

/// <summary>The form about a person, new or existing.</summary>
/// <param name="Typed">The values of the fields.</param>
/// <param name="Errors">What is wrong with it.</param>
/// <param name="Existing">The person as kept; null for a new one.</param>
/// <param name="Clients">The organisations on offer.</param>
/// <param name="Catalogue">The departments.</param>
public sealed record UserFormView(
    UserInput Typed,
    FieldErrors? Errors,
    User? Existing,
    IReadOnlyList<(string Value, string Name)> Clients,
    CatalogueEntries Catalogue
)
{
    /// <summary>The fields in the page's order.</summary>
    public static IReadOnlyList<string> Fields { get; } =
    ["fullName", "nameAr", "email", "phone", "department", "language", "role", "clientId", "status", "reason"];

    /// <summary>The state that the admin began with.</summary>
    public string? Version { get; init; }

    /// <summary>The fields at that state, to tell later who changed what.</summary>
    public string? Original { get; init; }
    public string? Email { get; init; }
    public string? Status { get; init; }
    public string? Reason { get; init; }

    /// <summary>How an existing person comes in.</summary>
    public UserAccess? Access { get; init; }
    public DateTime Now { get; init; }

    /// <summary>What suspending the person would mean; null when that cannot be.</summary>
    public SuspendUser.View? Suspension { get; init; }

    /// <summary>What other features put on the page of an existing person.</summary>
    public PageSections Sections { get; init; } = PageSections.None;

    /// <summary>Why it was not saved, when no field is to blame.</summary>
    public Problem? Refusal { get; init; }
}
