namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// What headings mean: as a person said of this file, as people said at earlier imports, and else as
/// <see cref="Headings"/> knows them.
/// </summary>
internal sealed class HeadingMeanings(
    IReadOnlyDictionary<string, RegisterField?>? said,
    IReadOnlyDictionary<string, RegisterField?>? remembered
)
{
    /// <summary>After a heading that is known as it is, before one that names a field among other words.</summary>
    private const int RememberedRank = 50;

    /// <summary>A column that was left out counts only where no other one holds its field.</summary>
    private const int LeftOutRank = 1_000;

    private readonly Dictionary<string, RegisterField?> _said = ByKey(said);
    private readonly Dictionary<string, RegisterField?> _remembered = ByKey(remembered);

    public bool AreSaid(string heading) => _said.ContainsKey(Headings.Key(heading));

    /// <summary>The field of a heading, and how plainly it is named.</summary>
    public (RegisterField Field, int Rank)? Of(string heading)
    {
        var key = Headings.Key(heading);
        if (_said.TryGetValue(key, out var mapped))
            return mapped is { } field ? (field, -1) : null;
        if (!_remembered.TryGetValue(key, out var before))
            return Headings.Find(heading);
        var known = Headings.Find(heading);
        if (before is { } chosen)
            return known?.Field == chosen ? known : (chosen, RememberedRank);
        return known is null ? null : (known.Value.Field, LeftOutRank);
    }

    /// <summary>Why a column with this heading is read as it is; null when the heading itself says so.</summary>
    public ColumnReason? ReasonOf(string heading, RegisterField? field)
    {
        var key = Headings.Key(heading);
        if (key.Length == 0)
            return ColumnReason.NoHeading;
        if (_said.TryGetValue(key, out var mapped))
            return field is null && mapped is null ? ColumnReason.LeftOut
                : field is not null && field == mapped && field != Headings.Field(heading) ? ColumnReason.Said
                : Otherwise();
        if (_remembered.TryGetValue(key, out var before) && before == field && before != Headings.Field(heading))
            return field is null ? ColumnReason.LeftOutBefore : ColumnReason.Remembered;
        return Otherwise();

        ColumnReason? Otherwise() =>
            field is not null ? null
            : Headings.IsKeptByRegister(key) ? ColumnReason.KeptByRegister
            : Of(heading) is not null ? ColumnReason.FieldTaken
            : ColumnReason.UnknownHeading;
    }

    private static Dictionary<string, RegisterField?> ByKey(IReadOnlyDictionary<string, RegisterField?>? meanings) =>
        (meanings ?? new Dictionary<string, RegisterField?>(StringComparer.Ordinal))
            .GroupBy(static named => Headings.Key(named.Key), StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.First().Value, StringComparer.Ordinal);
}
