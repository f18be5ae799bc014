using MdcTts.Features.Clients;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Users;

/// <summary>A deactivated client's people are signed out; signing in asks whether the client is active.</summary>
internal static class ClientAccess
{
    public static ClientConcern Concern { get; } =
        new(
            "people",
            "clients.concerns_people",
            Order: 1,
            (db, id, stop) => db.Users.CountAsync(u => u.ClientId == id && u.Status == UserStatus.Active, stop)
        );

    public static async Task End(AppDb db, Client client, DateTime now, CancellationToken stop)
    {
        foreach (var person in await db.Users.Where(u => u.ClientId == client.Id).ToListAsync(stop))
        {
            person.EndSessions();
            await db.EndAccess(person.Id, now, stop);
        }
    }
}
