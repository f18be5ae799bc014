using System.Globalization;
using MdcTts.Infrastructure.Results;

namespace MdcTts.Features.Clients.Contacts;

/// <summary>What an admin sends about a contact.</summary>
public class ContactInput
{
    public string? Name { get; set; }
    public string? NameAr { get; set; }
    public string? Title { get; set; }
    public string? Phone { get; set; }
    public string? Email { get; set; }

    public static ContactInput Of(ClientContact c) =>
        new()
        {
            Name = c.Name,
            NameAr = c.NameAr,
            Title = c.Title,
            Phone = c.Phone,
            Email = c.Email,
        };
}

/// <summary>The same as JSON, which also says whom to ask first.</summary>
public sealed class ContactDocument : ContactInput
{
    public bool IsMain { get; set; }
}

/// <summary>The same from a form, whose box sends something when it is ticked.</summary>
public sealed class ContactForm : ContactInput
{
    public string? IsMain { get; set; }
    public string? Version { get; set; }

    public bool IsTicked => IsMain is not null;
}

/// <summary>The same, understood and checked.</summary>
public sealed record ContactFields(
    string Name,
    string? NameAr,
    string? Title,
    string? Phone,
    string? Email,
    bool IsMain
)
{
    public static ContactFields Read(ContactInput input, bool isMain, FieldErrors errors) =>
        new(
            errors.Name("name", input.Name, ClientContact.NameMaxLength, required: true) ?? "",
            errors.Name("nameAr", input.NameAr, ClientContact.NameMaxLength),
            errors.Text("title", input.Title, ClientContact.TitleMaxLength),
            errors.Phone("phone", input.Phone),
            errors.Email("email", input.Email),
            isMain
        );

    public static ContactFields Of(ClientContact c) => new(c.Name, c.NameAr, c.Title, c.Phone, c.Email, c.IsMain);

    public void ApplyTo(ClientContact contact)
    {
        contact.Name = Name;
        contact.NameAr = NameAr;
        contact.Title = Title;
        contact.Phone = Phone;
        contact.Email = Email;
        contact.IsMain = IsMain;
        contact.RefreshSearchText();
    }
}

/// <summary>A contact as the API answers it.</summary>
public sealed record ContactBody(
    string Id,
    string Name,
    string? NameAr,
    string? Title,
    string? Phone,
    string? Email,
    bool IsMain,
    int Version
)
{
    public static ContactBody Of(ClientContact c) =>
        new(
            c.Id.ToString(CultureInfo.InvariantCulture),
            c.Name,
            c.NameAr,
            c.Title,
            c.Phone,
            c.Email,
            c.IsMain,
            c.Version
        );
}

/// <summary>All contacts of a client.</summary>
public sealed record ContactsBody(IReadOnlyList<ContactBody> Items);
