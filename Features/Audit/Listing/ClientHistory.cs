using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;
using RazorSlices;

namespace MdcTts.Features.Audit.Listing;

/// <summary>
/// On the page of a client, for those who may read the log: what was done to it, to its contacts and to its people.
/// </summary>
public static class ClientHistory
{
    private const int EntriesMax = 10;

    public sealed record View(int ClientId, IReadOnlyList<AuditRow> Rows, AuditNames? Names, DateTime Now);

    public static PageSection<Client> Section { get; } = new(PagePlace.Cards, Order: 9, Make);

    private static async Task<RazorSlice> Make(Client client, IServiceProvider request, CancellationToken stop)
    {
        var now = request.GetRequiredService<TimeProvider>().Instant();
        if (!request.GetRequiredService<CurrentUser>().IsAdmin)
            return ClientHistoryCard.Create(new(client.Id, [], Names: null, now));
        var db = request.GetRequiredService<AppDb>();
        var key = client.Id.ToString(CultureInfo.InvariantCulture);
        var people = db.Users.Where(u => u.ClientId == client.Id).Select(u => u.Id.ToString());
        // Who signed in and out is no history of the client.
        var entries = db.Audit.Where(e =>
            (e.EntityType == "client" && e.EntityKey == key)
            || (
                e.EntityType == "user"
                && people.Contains(e.EntityKey)
                && (e.Action.StartsWith("user.") || e.Action == "account.registered" || e.Action == "account.erased")
            )
        );
        var rows = await entries.OrderByDescending(e => e.Id).Take(EntriesMax).AsRows(db).ToListAsync(stop);
        var names = await AuditNames.Of(db, request.GetRequiredService<CatalogueCache>(), rows, stop);
        return ClientHistoryCard.Create(new(client.Id, rows, names, now));
    }
}
