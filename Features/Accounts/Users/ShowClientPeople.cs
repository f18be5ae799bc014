using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;
using RazorSlices;

namespace MdcTts.Features.Accounts.Users;

/// <summary>Who signs in for a client, as a card on the client's page.</summary>
public static class ShowClientPeople
{
    private const int RowsMax = 200;

    public sealed record Row(int Id, string Name, string Email, UserStatus Status);

    /// <param name="ClientId">Whose people they are.</param>
    /// <param name="People">By name.</param>
    /// <param name="User">The reader.</param>
    public sealed record View(int ClientId, IReadOnlyList<Row> People, CurrentUser User);

    public static PageSection<Client> Section { get; } = new(PagePlace.Cards, Order: 2, Card);

    public static async Task<View> Handle(int clientId, AppDb db, CurrentUser user, CancellationToken stop) =>
        new(
            clientId,
            await db
                .Users.Where(u => u.ClientId == clientId)
                .OrderBy(u => u.FullName)
                .Take(RowsMax)
                .Select(u => new Row(u.Id, u.FullName, u.Email!, u.Status))
                .ToListAsync(stop),
            user
        );

    private static async Task<RazorSlice> Card(Client client, IServiceProvider request, CancellationToken stop) =>
        ClientPeopleCard.Create(
            await Handle(
                client.Id,
                request.GetRequiredService<AppDb>(),
                request.GetRequiredService<CurrentUser>(),
                stop
            )
        );
}
