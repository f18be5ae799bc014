using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Catalogue;

/// <summary>The workflow, lists and holidays of a new database.</summary>
public static class DefaultRows
{
    public static async Task Add(IServiceProvider services, CancellationToken stop)
    {
        var db = services.GetRequiredService<AppDb>();
        if (await db.WorkflowStatuses.AnyAsync(stop))
            return;
        var year = services.GetRequiredService<TimeProvider>().GetUtcNow().Year;
        db.AddRange(DefaultWorkflow.Statuses);
        db.AddRange(
            DefaultWorkflow.Moves.Select(m => new WorkflowMove
            {
                From = m.From,
                To = m.To,
                Meaning = m.Meaning,
                ForEditors = m.ForEditors,
                NeedsNote = m.NeedsNote,
                Position = m.Position,
            })
        );
        db.AddRange(
            DefaultLists.Items.Select(i => new ListItem
            {
                Kind = i.Kind,
                Key = i.Key,
                NameEn = i.NameEn,
                NameAr = i.NameAr,
                Position = i.Position,
            })
        );
        db.AddRange(DefaultLists.Holidays(year - 2, year + 3));
        await db.SaveChangesAsync(stop);
    }
}
