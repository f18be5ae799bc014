using MdcTts.Infrastructure.Results;

namespace MdcTts.Features.Clients.Editing;

/// <summary>The form about a client.</summary>
/// <param name="Typed">The values of the fields.</param>
/// <param name="Errors">What is wrong with it.</param>
/// <param name="Existing">The client as kept; null for a new one.</param>
public sealed record ClientFormView(ClientInput Typed, FieldErrors? Errors = null, Client? Existing = null)
{
    /// <summary>The fields in the page's order.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["nameEn", "nameAr", "crNumber", "email", "phone", "address"];

    /// <summary>The state that the person began with.</summary>
    public string? Version { get; init; }

    /// <summary>The fields at that state, to tell later who changed what.</summary>
    public string? Original { get; init; }
}
