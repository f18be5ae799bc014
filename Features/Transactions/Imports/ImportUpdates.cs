namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// What imports changed of one transaction, when some of them are undone. An update that directly follows another has
/// the next version: only such a chain up to the present version can be taken back.
/// </summary>
internal sealed class ImportUpdates(Transaction transaction, List<ImportMatch> matches, List<int> undone)
{
    // Without a version it was handed over to a later one; see HandOver.
    private readonly List<ImportMatch> _updates =
    [
        .. matches.Where(m => m.Version is not null).OrderByDescending(m => m.Version),
    ];

    /// <summary>The undone updates up to now, the last one first.</summary>
    private readonly List<ImportMatch> _chain = Chain(transaction, matches, undone);

    public Transaction Transaction => transaction;

    /// <summary>
    /// The fields before the first of the undone updates up to now; null when somebody else made the present version.
    /// </summary>
    public TransactionFields? Former =>
        _chain is [.., var first] && first.Before is { } before ? ImportJson.Read<TransactionFields>(before) : null;

    /// <summary>
    /// After the transaction was given these fields: it is again as an earlier import left it, which can be undone in
    /// its turn.
    /// </summary>
    public void TakeBack()
    {
        var gap = _chain[^1].Version!.Value - 1;
        foreach (var earlier in Below(gap))
            earlier.Version += transaction.Version - gap;
        foreach (var done in _chain.Concat(matches.Where(m => m.Version is null)))
            (done.Before, done.Version) = (null, null);
    }

    /// <summary>
    /// Of an update that a later import followed, nothing can be taken back now: that import takes over what was
    /// before, for its own undo.
    /// </summary>
    public void HandOver()
    {
        foreach (var update in _updates.Where(m => m.Version is not null && undone.Contains(m.ImportRunId)).ToList())
        {
            var version = update.Version!.Value;
            if (_updates.Find(m => m.Version == version + 1) is not { } later)
                continue;
            later.Before = update.Before;
            update.Version = null;
            foreach (var earlier in Below(version - 1))
                earlier.Version++;
        }
    }

    private List<ImportMatch> Below(int version)
    {
        var below = new List<ImportMatch>();
        while (_updates.Find(m => m.Version == version - below.Count) is { } next)
            below.Add(next);
        return below;
    }

    private static List<ImportMatch> Chain(Transaction transaction, List<ImportMatch> matches, List<int> undone)
    {
        var chain = new List<ImportMatch>();
        while (
            matches.Find(m => undone.Contains(m.ImportRunId) && m.Version == transaction.Version - chain.Count)
                is { } next
        )
            chain.Add(next);
        return chain;
    }
}
