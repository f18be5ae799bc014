using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Bulk;

/// <summary>
/// What a person looks at before one act changes many transactions: which they are, and what fits them.
/// </summary>
public sealed class AskForMany(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    CurrentChoices choices,
    TimeProvider clock
)
{
    /// <summary>One of the chosen.</summary>
    public sealed record Row(string Number, string? Reference, string Title, string Status, string? Assignee)
    {
        public required int Version { get; init; }
    }

    /// <summary>A status that some of them can be moved to.</summary>
    /// <param name="Count">How many can.</param>
    public sealed record Move(string Status, int Count, bool NeedsNote);

    public sealed record View(
        ChangeMany.Command Command,
        IReadOnlyList<Row> Rows,
        IReadOnlyList<Move> Moves,
        Choices Choices,
        CatalogueEntries Catalogue,
        CurrentUser User
    )
    {
        public IReadOnlyList<ChangeMany.Outcome>? Outcomes { get; init; }
        public Problem? Problem { get; init; }

        /// <summary>The list they were chosen in.</summary>
        public string Back { get; init; } = TransactionRoutes.Root;

        /// <summary>Names what was done; null when nothing can be undone.</summary>
        public string? Batch { get; init; }

        /// <summary>The moves that every one of them can make.</summary>
        public IEnumerable<Move> MovesOfAll => Moves.Where(m => m.Count == Rows.Count);
    }

    /// <summary>Who may not see one does not see it here either.</summary>
    public async Task<View> Handle(ChangeMany.Command command, CancellationToken stop)
    {
        var numbers = (command.Numbers ?? []).Distinct(StringComparer.Ordinal).Take(ChangeMany.NumbersMax).ToList();
        var found = await db
            .Transactions.VisibleTo(user)
            .Where(t => EF.Parameter(numbers).Contains(t.Number))
            .OrderBy(t => t.Id)
            .Select(t => new Row(
                t.Number,
                t.ReferenceNumber,
                t.Title,
                t.Status,
                PersonName.Shown(t.Assignee!.FullName, t.Assignee.NameAr)
            )
            {
                Version = t.Version,
            })
            .ToListAsync(stop);
        var catalogue = await catalogues.Get(stop);
        return new(
            command,
            found,
            [.. MovesOf(found, catalogue.Workflow)],
            await choices.Get(new() { People = Choices.Chosen.Ids(command.Assignee) }, stop),
            catalogue,
            user
        );
    }

    /// <summary>The numbers of a whole list, one more than is allowed at most.</summary>
    public async Task<Result<IReadOnlyList<string>>> NumbersOf(string list, CancellationToken stop)
    {
        var catalogue = await catalogues.Get(stop);
        if (!TransactionFilter.From(TransactionQuery.Parse(list), catalogue).Ok(out var filter, out var problem))
            return problem;
        return await filter
            .Apply(db.Transactions.VisibleTo(user), db, user, clock.Today())
            .OrderBy(t => t.Id)
            .Select(t => t.Number)
            .Take(ChangeMany.NumbersMax + 1)
            .ToListAsync(stop);
    }

    private IEnumerable<Move> MovesOf(IReadOnlyList<Row> rows, WorkflowMap workflow) =>
        rows.CountBy(r => r.Status, StringComparer.Ordinal)
            .SelectMany(status =>
                workflow.MovesFrom(status.Key, user.ActingRole).Select(move => (Move: move, Count: status.Value))
            )
            .GroupBy(m => m.Move.To, StringComparer.Ordinal)
            .Select(to => new Move(to.Key, to.Sum(m => m.Count), to.Any(m => m.Move.NeedsNote)))
            .OrderBy(m => workflow[m.Status].Position);
}
