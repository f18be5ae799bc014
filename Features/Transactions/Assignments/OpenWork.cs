using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;
using RazorSlices;

namespace MdcTts.Features.Transactions.Assignments;

/// <summary>On the page of a person: what is still assigned to them, to be handed over in one step.</summary>
public static class OpenWork
{
    public sealed record View(User Person, int Count, string List);

    public static PageSection<User> Section { get; } = new(PagePlace.Cards, Order: 1, Make);

    private static async Task<RazorSlice> Make(User person, IServiceProvider request, CancellationToken stop)
    {
        var db = request.GetRequiredService<AppDb>();
        var workflow = (await request.GetRequiredService<CatalogueCache>().Get(stop)).Workflow;
        var count = await db
            .Transactions.Where(t => t.AssigneeId == person.Id && t.DeletedAt == null)
            .NotOver()
            .CountAsync(stop);
        var open = workflow.Statuses.Where(s => !s.IsEnd).Select(s => $"&status={s.Key}");
        return OpenWorkCard.Create(new(person, count, $"?assignee={person.Id}{string.Concat(open)}"));
    }
}
