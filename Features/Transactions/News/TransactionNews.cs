using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.News;

/// <summary>
/// Who is told of what (the table in the design): one message a person and event. Recipients are those of the moment of
/// telling, and nobody is told of their own doing.
/// </summary>
public sealed class TransactionNews(AppDb db, CatalogueCache catalogues)
{
    /// <summary>Follows the events of transactions.</summary>
    public static EventFollowing Following { get; } =
        new(
            TransactionEvents.Prefix,
            (events, services, stop) => services.GetRequiredService<TransactionNews>().Handle(events, stop)
        );

    private static readonly IReadOnlyList<string> Told =
    [
        TransactionEvents.Created,
        TransactionEvents.Edited,
        TransactionEvents.Assigned,
        TransactionEvents.Commented,
        TransactionEvents.StatusChanged,
    ];

    private sealed record About(string Number, int ClientId, int CreatedById, int? AssigneeId);

    private sealed record Move(int Id, string? From, string? To);

    public async Task Handle(IReadOnlyList<EventRow> all, CancellationToken stop)
    {
        // An import makes thousands of events that cause no notification.
        var events = all.Where(e => Told.Contains(e.Kind)).ToList();
        if (events.Count == 0)
            return;
        var numbers = events.Select(e => e.Key).Distinct().ToList();
        var about = await db
            .Transactions.Where(t => numbers.Contains(t.Number))
            .Select(t => new About(t.Number, t.ClientId, t.CreatedById, t.AssigneeId))
            .ToDictionaryAsync(t => t.Number, StringComparer.Ordinal, stop);
        var admins = await Admins.Active(db, stop);
        var clients = about.Values.Select(t => t.ClientId).Distinct().ToList();
        var people = await db
            .Users.Where(u =>
                u.Role == Role.Client && u.Status == UserStatus.Active && clients.Contains(u.ClientId!.Value)
            )
            .Select(u => new { u.Id, u.ClientId })
            .ToListAsync(stop);
        var peopleOf = people.ToLookup(u => u.ClientId!.Value, u => u.Id);
        var moves = await MovesOf(events, stop);
        var workflow = (await catalogues.Get(stop)).Workflow;
        await ReadBatches(events, stop);

        foreach (var e in events)
        {
            // An import that was undone takes its transactions along.
            if (!about.TryGetValue(e.Key, out var t))
                continue;
            var concerns = ChangeData.Of(e).Concerns;
            switch (e.Kind)
            {
                case TransactionEvents.Created:
                    Tell(e, e.Kind, [t.AssigneeId, .. Some(admins)]);
                    break;
                case TransactionEvents.Edited:
                    Tell(e, e.Kind, [t.CreatedById, t.AssigneeId]);
                    break;
                case TransactionEvents.Assigned:
                    Tell(e, e.Kind, [.. Some(concerns), .. Some(admins)]);
                    break;
                case TransactionEvents.Commented:
                    Tell(e, TransactionEvents.Mentioned, Some(concerns));
                    Tell(e, e.Kind, new[] { t.CreatedById, t.AssigneeId }.Except(Some(concerns)));
                    break;
                case TransactionEvents.StatusChanged when moves.TryGetValue(e.HistoryId ?? 0, out var move):
                    var status = workflow[move.To!];
                    var meaning = workflow.MeaningOf(move.From!, move.To!);
                    // What is submitted waits for the admins; what is paid or over concerns everybody.
                    var isForAdmins = status.IsEnd || meaning is MoveMeaning.Submit or MoveMeaning.Pay;
                    var isOutside = status.Meaning != Meaning.Draft;
                    Tell(
                        e,
                        e.Kind,
                        [
                            t.CreatedById,
                            t.AssigneeId,
                            .. Some(isForAdmins ? admins : []),
                            .. Some(isOutside ? peopleOf[t.ClientId] : []),
                        ]
                    );
                    break;
            }
        }
    }

    private async Task<Dictionary<int, Move>> MovesOf(IReadOnlyList<EventRow> events, CancellationToken stop)
    {
        var ids = events
            .Where(e => e.Kind == TransactionEvents.StatusChanged)
            .Select(e => e.HistoryId)
            .OfType<int>()
            .ToList();
        return ids.Count == 0
            ? []
            : await db
                .History.Where(h => ids.Contains(h.Id))
                .Select(h => new Move(h.Id, h.FromStatus, h.ToStatus))
                .ToDictionaryAsync(h => h.Id, stop);
    }

    private static IEnumerable<int?> Some(IEnumerable<int> people) => people.Select(id => (int?)id);

    private void Tell(EventRow e, string kind, IEnumerable<int?> people)
    {
        var data = ChangeData.Of(e);
        foreach (var person in people.OfType<int>().Distinct().Where(id => id != e.ActorId))
        {
            if (data.Batch is null)
                db.Outbox.Add(OutboxMessage.About(person, kind, e));
            else if (data.Undone is not { } undone || HasHeardOf(undone, person))
                TellTogether(e, data.Batch, person);
        }
    }

    // ---- One mail a person for an act on many. It waits as long as an undo is offered, and grows until it is sent.
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);
    private readonly List<OutboxMessage> _together = [];

    private async Task ReadBatches(IReadOnlyList<EventRow> events, CancellationToken stop)
    {
        _together.Clear();
        var own = events.Where(e => ChangeData.Of(e).Batch is not null).ToList();
        if (own.Count == 0)
            return;
        var since = own.Min(e => e.At) - Bulk.UndoMany.Window;
        _together.AddRange(
            await db
                .Outbox.Where(m => m.Event == TransactionEvents.Many && (m.SentAt == null || m.CreatedAt >= since))
                .ToListAsync(stop)
        );
    }

    // Who was not told of the act need not hear that it was taken back.
    private bool HasHeardOf(string batch, int person) =>
        _together.Exists(m => m.SentAt is not null && m.RecipientId == person && ManyMails.BatchOf(m) == batch);

    private void TellTogether(EventRow e, string batch, int person)
    {
        var message = _together.Find(m =>
            m.SentAt is null && m.ParkedAt is null && m.RecipientId == person && ManyMails.BatchOf(m) == batch
        );
        if (message is null)
        {
            message = ManyMails.Begin(person, batch, e, Wait);
            _together.Add(message);
            db.Outbox.Add(message);
        }

        ManyMails.Add(message, e);
    }
}
