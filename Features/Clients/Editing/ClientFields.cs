using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Clients.Editing;

/// <summary>What an admin sends about a client, in a form or as JSON.</summary>
public class ClientInput
{
    public string? NameEn { get; set; }
    public string? NameAr { get; set; }
    public string? CrNumber { get; set; }
    public string? Email { get; set; }
    public string? Phone { get; set; }
    public string? Address { get; set; }

    public static ClientInput Of(Client c) =>
        new()
        {
            NameEn = c.NameEn,
            NameAr = c.NameAr,
            CrNumber = c.CrNumber,
            Email = c.Email,
            Phone = c.Phone,
            Address = c.Address,
        };
}

/// <summary>The same as JSON, which may also switch it on or off.</summary>
public sealed class ClientDocument : ClientInput
{
    public bool? IsActive { get; set; }
}

/// <summary>The same, understood and checked.</summary>
public sealed record ClientFields(
    string? NameEn,
    string? NameAr,
    string? CrNumber,
    string? Email,
    string? Phone,
    string? Address
)
{
    public static ClientFields Read(ClientInput input, FieldErrors errors)
    {
        var english = errors.Text("nameEn", input.NameEn, Client.NameMaxLength);
        var arabic = errors.Text("nameAr", input.NameAr, Client.NameMaxLength);
        errors.AddIf(
            string.IsNullOrWhiteSpace(input.NameEn) && string.IsNullOrWhiteSpace(input.NameAr),
            "nameEn",
            "client.name_needed"
        );
        var number = string.IsNullOrWhiteSpace(input.CrNumber) ? null : Digits.ToWestern(input.CrNumber).Trim();
        errors.AddIf(number is not null && !SaudiIds.IsCommercialRegistration(number), "crNumber", "error.cr_number");
        return new(
            english,
            arabic,
            number,
            errors.Email("email", input.Email),
            errors.Phone("phone", input.Phone),
            errors.Text("address", input.Address, Client.AddressMaxLength, multiline: true)
        );
    }

    public static ClientFields Of(Client c) => new(c.NameEn, c.NameAr, c.CrNumber, c.Email, c.Phone, c.Address);

    /// <summary>What the audit log keeps for ever.</summary>
    public object Lasting(bool isActive) =>
        new
        {
            NameEn,
            NameAr,
            CrNumber,
            Address,
            isActive,
        };

    /// <summary>How somebody is reached: what the audit log may have to forget.</summary>
    public object Personal => new { Email, Phone };

    public void ApplyTo(Client client)
    {
        client.NameEn = NameEn;
        client.NameAr = NameAr;
        client.CrNumber = CrNumber;
        client.Email = Email;
        client.Phone = Phone;
        client.Address = Address;
    }
}
