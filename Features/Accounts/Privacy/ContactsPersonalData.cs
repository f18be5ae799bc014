using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Privacy;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Privacy;

/// <summary>
/// Contacts of clients have no account: only their address tells that one of them is a person who has one too.
/// </summary>
internal static class ContactsPersonalData
{
    public static PersonalData All { get; } =
        new("contact", typeof(ClientContact))
        {
            Order = 40,
            Export = async (id, request, stop) =>
            {
                var db = request.GetRequiredService<AppDb>();
                return await db
                    .ClientContacts.Where(c => db.Users.Any(u => u.Id == id && u.NormalizedEmail == c.Email!.ToUpper()))
                    .OrderBy(c => c.Id)
                    .Select(c => new
                    {
                        c.ClientId,
                        c.Name,
                        c.NameAr,
                        c.Title,
                        c.Phone,
                        c.Email,
                    })
                    .ToListAsync(stop);
            },
            Erase = (person, request, stop) =>
            {
                var email = person.Email.ToUpperInvariant();
                return request
                    .GetRequiredService<AppDb>()
                    .ClientContacts.Where(c => c.Email!.ToUpper() == email)
                    .ExecuteDeleteAsync(stop);
            },
        };
}
