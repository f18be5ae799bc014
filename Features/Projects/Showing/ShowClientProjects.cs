using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;
using RazorSlices;

namespace MdcTts.Features.Projects.Showing;

/// <summary>A client's projects, as a card on the client's page.</summary>
public sealed class ShowClientProjects(AppDb db, CurrentUser user)
{
    private const int RowsMax = 200;

    public sealed record Row(string Code, string? NameEn, string? NameAr, bool IsActive)
    {
        public string Name => Words.T.Pick(NameEn, NameAr);
    }

    /// <param name="Projects">The newest first.</param>
    public sealed record View(int ClientId, IReadOnlyList<Row> Projects, CurrentUser User);

    public static PageSection<Client> Section { get; } = new(PagePlace.Cards, Order: 1, Card);

    public async Task<View> Handle(int clientId, CancellationToken stop) =>
        new(
            clientId,
            await db
                .Projects.Where(p => p.ClientId == clientId)
                .OrderByDescending(p => p.Id)
                .Take(RowsMax)
                .Select(p => new Row(p.Code, p.NameEn, p.NameAr, p.IsActive))
                .ToListAsync(stop),
            user
        );

    private static async Task<RazorSlice> Card(Client client, IServiceProvider request, CancellationToken stop) =>
        ClientProjectsCard.Create(await request.GetRequiredService<ShowClientProjects>().Handle(client.Id, stop));
}
