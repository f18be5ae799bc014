using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;
using RazorSlices;

namespace MdcTts.Features.Accounts.Users;

/// <summary>Who signs in for a client, as a card on the client's page.</summary>
public sealed class ShowClientPeople(AppDb db, CurrentUser user)
{
    private const int RowsMax = 200;

    public sealed record Row(int Id, string Name, string Email, UserStatus Status);

    /// <param name="People">By name.</param>
    public sealed record View(int ClientId, IReadOnlyList<Row> People, CurrentUser User);

    public static PageSection<Client> Section { get; } = new(PagePlace.Cards, Order: 2, Card);

    public async Task<View> Handle(int clientId, CancellationToken stop) =>
        new(
            clientId,
            await db
                .Users.Where(u => u.ClientId == clientId)
                .ByName()
                .Take(RowsMax)
                .Select(u => new Row(u.Id, PersonName.Shown(u.FullName, u.NameAr), u.Email!, u.Status))
                .ToListAsync(stop),
            user
        );

    private static async Task<RazorSlice> Card(Client client, IServiceProvider request, CancellationToken stop) =>
        ClientPeopleCard.Create(await request.GetRequiredService<ShowClientPeople>().Handle(client.Id, stop));
}
