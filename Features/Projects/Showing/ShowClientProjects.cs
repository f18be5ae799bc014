using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;
using RazorSlices;

namespace MdcTts.Features.Projects.Showing;

/// <summary>A client's projects, as a card on the client's page.</summary>
public static class ShowClientProjects
{
    private const int RowsMax = 200;

    public sealed record Row(string Code, string? NameEn, string? NameAr, bool IsActive)
    {
        public string Name => Words.T.Pick(NameEn, NameAr);
    }

    /// <param name="ClientId">Whose projects they are.</param>
    /// <param name="Projects">The newest first.</param>
    /// <param name="User">The reader.</param>
    public sealed record View(int ClientId, IReadOnlyList<Row> Projects, CurrentUser User);

    public static PageSection<Client> Section { get; } = new(PagePlace.Cards, Order: 1, Card);

    public static async Task<View> Handle(int clientId, AppDb db, CurrentUser user, CancellationToken stop) =>
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
        ClientProjectsCard.Create(
            await Handle(
                client.Id,
                request.GetRequiredService<AppDb>(),
                request.GetRequiredService<CurrentUser>(),
                stop
            )
        );
}
