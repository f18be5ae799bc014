using MdcTts.Features.Clients;
using MdcTts.Features.Projects;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;
using RazorSlices;

namespace MdcTts.Features.Transactions;

/// <summary>What transactions add to the pages and rules of clients and projects, which know nothing of them.</summary>
public static class ClientsAndProjects
{
    /// <param name="Address">The list of them.</param>
    /// <param name="Count">How many of them the reader may see.</param>
    public sealed record Link(string Address, int Count);

    public static void AddToClientsAndProjects(this IServiceCollection services)
    {
        services.AddSingleton(new PageSection<Client>(PagePlace.Actions, Order: 1, LinkOfClient));
        services.AddSingleton(new PageSection<Project>(PagePlace.Actions, Order: 1, LinkOfProject));
        services.AddSingleton<ClientRenamed>(Rename);
        services.AddSingleton<IsProjectInUse>(IsInUse);
        services.AddSingleton(new ClientConcern("openTransactions", "clients.concerns_open", Order: 2, CountOpen));
    }

    private static async Task<RazorSlice> LinkOfClient(Client c, IServiceProvider request, CancellationToken stop) =>
        TransactionsLink.Create(
            new(TransactionRoutes.OfClient(c.Id), await Visible(request).CountAsync(t => t.ClientId == c.Id, stop))
        );

    private static async Task<RazorSlice> LinkOfProject(Project p, IServiceProvider request, CancellationToken stop) =>
        TransactionsLink.Create(
            new(TransactionRoutes.OfProject(p.Code), await Visible(request).CountAsync(t => t.ProjectId == p.Id, stop))
        );

    private static IQueryable<Transaction> Visible(IServiceProvider request) =>
        request.GetRequiredService<AppDb>().Transactions.VisibleTo(request.GetRequiredService<CurrentUser>());

    // Search finds the transactions by the new name from the same moment on, and no longer by the old one.
    private static async Task Rename(
        AppDb db,
        Client client,
        string? oldNameEn,
        string? oldNameAr,
        CancellationToken stop
    )
    {
        var before = Transaction.ClientPart(oldNameEn, oldNameAr);
        var now = Transaction.ClientPart(client.NameEn, client.NameAr);
        if (before == now)
            return;
        await db
            .Transactions.Where(t => t.ClientId == client.Id)
            .ExecuteUpdateAsync(
                set => set.SetProperty(t => t.SearchText, t => t.SearchText.Replace(before, now)),
                stop
            );
    }

    private static Task<int> CountOpen(AppDb db, int clientId, CancellationToken stop) =>
        db.Transactions.Where(t => t.ClientId == clientId && t.DeletedAt == null).NotOver().CountAsync(stop);

    private static Task<bool> IsInUse(AppDb db, int projectId, CancellationToken stop) =>
        db.Transactions.AnyAsync(t => t.ProjectId == projectId, stop);
}
