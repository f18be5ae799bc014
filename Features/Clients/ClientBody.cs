namespace MdcTts.Features.Clients;

/// <summary>A client as the API answers it.</summary>
public sealed record ClientBody(
    string Id,
    string? NameEn,
    string? NameAr,
    string? CrNumber,
    string? Email,
    string? Phone,
    string? Address,
    bool IsActive
)
{
    public static ClientBody Of(Client c) =>
        new(c.Id.ToString(), c.NameEn, c.NameAr, c.CrNumber, c.Email, c.Phone, c.Address, c.IsActive);
}
