using MdcTts.Infrastructure.Results;

namespace MdcTts.Features.Clients.Editing;

/// <summary>The form about a client.</summary>
/// <param name="Typed">The values of the fields.</param>
/// <param name="Errors">What is wrong with it.</param>
/// <param name="Existing">The client as kept; null for a new one.</param>
/// <param name="Refusal">Why it was not saved, when no field is to blame.</param>
public sealed record ClientFormView(
    ClientInput Typed,
    FieldErrors? Errors = null,
    Client? Existing = null,
    Problem? Refusal = null
);
