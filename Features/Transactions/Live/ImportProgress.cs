using MdcTts.Features.Transactions.Imports;
using MdcTts.Infrastructure.Live;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Live;

/// <summary>Tells pages how far an import is: its row changes with every batch, and no event says so.</summary>
internal sealed class ImportProgress
{
    private Dictionary<int, (ImportStatus, int)> _known = [];

    public async Task Watch(
        IReadOnlyCollection<LiveStream> streams,
        string mark,
        IServiceProvider services,
        CancellationToken stop
    )
    {
        var watching = streams
            .SelectMany(stream => LiveTopics.ImportsIn(stream.Topics), (stream, id) => (stream, id))
            .ToList();
        if (watching.Count == 0)
            return;
        var ids = watching.Select(w => w.id).Distinct().ToList();
        var now = await services
            .GetRequiredService<AppDb>()
            .Imports.Where(i => ids.Contains(i.Id))
            .ToDictionaryAsync(i => i.Id, i => (i.Status, i.Processed), stop);
        foreach (var (stream, id) in watching)
        {
            var isNew =
                now.TryGetValue(id, out var state) && (!_known.TryGetValue(id, out var before) || before != state);
            if (isNew)
                stream.Offer(LiveFrame.Of("import", mark));
        }

        _known = now;
    }
}
