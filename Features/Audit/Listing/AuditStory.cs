namespace MdcTts.Features.Audit.Listing;

/// <summary>A recorded value and where it stands.</summary>
public sealed record AuditValue(string EntityType, string Field, string Value);

/// <summary>A value that changed, or a fact, as a row says it.</summary>
/// <param name="Old">Null for a fact, which only is.</param>
public sealed record StoryLine(string Field, string? Old, string New);

/// <summary>What one entry tells: what changed from old to new, and what else is to be known.</summary>
public sealed record AuditStory(string EntityType, IReadOnlyList<AuditChange> Changes, IReadOnlyList<StoryLine> Facts)
{
    public static AuditStory Of(AuditRow row)
    {
        var data = AuditChanges.Of(row.Data);
        var about = row.About is { } personal ? AuditChanges.Of(personal) : AuditChanges.Of((string?)null);
        return new(
            row.EntityType,
            [
                .. data
                    .Changes.Concat(about.Changes)
                    .Where(c => c.IsChange)
                    .Select(c => c.Field.Length > 0 ? c : c with { Field = NamelessOf(row.Action) }),
            ],
            [
                .. data
                    .Facts.Concat(about.Facts)
                    .Where(f => f.Value.Length > 0)
                    .Select(f => new StoryLine(LastOf(f.Key), Old: null, f.Value)),
            ]
        );
    }

    /// <summary>What a row says: no more than fits one, and nothing that has no word.</summary>
    public IEnumerable<StoryLine> Lines(int max) =>
        Changes
            .Select(c => new StoryLine(c.Field, c.Old, c.New))
            .Concat(Facts)
            .Where(l => AuditFields.Label(EntityType, l.Field) is not null)
            .Take(max);

    /// <summary>How many of its lines such a row leaves out.</summary>
    public int Beyond(int max) => Math.Max(0, Lines(int.MaxValue).Count() - max);

    /// <summary>Every value, for whoever looks up names.</summary>
    public IEnumerable<AuditValue> Values() =>
        Changes
            .SelectMany(c => new[] { new AuditValue(EntityType, c.Field, c.Old), new(EntityType, c.Field, c.New) })
            .Concat(Facts.Select(f => new AuditValue(EntityType, f.Field, f.New)))
            .Where(v => v.Value.Length > 0);

    // {from,to} says by its kind what it is that changed.
    private static string NamelessOf(string action) =>
        action switch
        {
            "transaction.status_changed" => "status",
            "transaction.assigned" => "assignee",
            _ => "",
        };

    private static string LastOf(string path) => path[(path.LastIndexOf('.') + 1)..];
}
