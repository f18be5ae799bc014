using System.Collections.Frozen;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Catalogue;

/// <summary>A status of the workflow, as data.</summary>
public sealed class WorkflowStatus
{
    public const int KeyMaxLength = 30;

    public string Key { get; set; } = "";
    public string NameEn { get; set; } = "";
    public string NameAr { get; set; } = "";

    public Meaning Meaning { get; set; }

    /// <summary>Place on the step bar, from 0.</summary>
    public int Position { get; set; }

    /// <summary>One status is initial.</summary>
    public bool IsInitial { get; set; }

    /// <summary>An end has no way out.</summary>
    /// <remarks>
    /// Stored too, for the version before this one: it runs on the same database while replicas are replaced.
    /// </remarks>
    public bool IsEnd
    {
        get => Meaning is Meaning.Done or Meaning.Dropped;
        private set => _ = value;
    }

    /// <summary>On the way from start to completion, unlike cancelled or on hold.</summary>
    public bool IsOnPath { get; set; }

    /// <summary>The name in the reader's language.</summary>
    public string Name => Words.T.Pick(NameEn, NameAr);

    /// <summary>Its CSS classes. The meaning gives a colour; the style sheet may have another for the key.</summary>
    public string Css => $"is-{Keys.Of(Meaning)} {Key}";
}

/// <summary>A way from one status to another, as data.</summary>
public sealed class WorkflowMove
{
    public int Id { get; set; }
    public string From { get; set; } = "";
    public string To { get; set; } = "";

    /// <summary>Null: it changes the status and does nothing else.</summary>
    public MoveMeaning? Meaning { get; set; }

    /// <summary>Editors may make it too; admins always may.</summary>
    public bool ForEditors { get; set; }
    public bool NeedsNote { get; set; }
    public int Position { get; set; }
}

/// <summary>The whole workflow in memory: small, read on every page, changed rarely.</summary>
public sealed class WorkflowMap
{
    private readonly FrozenDictionary<string, WorkflowStatus> _statuses;
    private readonly ILookup<string, WorkflowMove> _moves;

    public WorkflowMap(IEnumerable<WorkflowStatus> statuses, IEnumerable<WorkflowMove> moves)
    {
        _statuses = statuses.ToFrozenDictionary(s => s.Key, StringComparer.Ordinal);
        _moves = moves.OrderBy(m => m.Position).ToLookup(m => m.From, StringComparer.Ordinal);
        Statuses = [.. _statuses.Values.OrderBy(s => s.Position)];
        Initial = Statuses.Single(s => s.IsInitial);
    }

    /// <summary>All statuses in their order.</summary>
    public IReadOnlyList<WorkflowStatus> Statuses { get; }

    /// <summary>Where a new transaction starts.</summary>
    public WorkflowStatus Initial { get; }

    /// <summary>The status of a key; a key no longer in the workflow is shown as itself.</summary>
    public WorkflowStatus this[string key] =>
        _statuses.TryGetValue(key, out var status)
            ? status
            : new()
            {
                Key = key,
                NameEn = key,
                NameAr = key,
                Meaning = Meaning.Done,
            };

    public bool Has(string key) => _statuses.ContainsKey(key);

    /// <summary>The statuses in which a role gets to see transactions: a client sees no drafts.</summary>
    public IEnumerable<WorkflowStatus> StatusesFor(Role role) =>
        Statuses.Where(s => role != Role.Client || s.Meaning != Meaning.Draft);

    /// <summary>The moves that a role may make from a status.</summary>
    public IEnumerable<WorkflowMove> MovesFrom(string status, Role role) =>
        _moves[status].Where(m => role == Role.Admin || (role == Role.Editor && m.ForEditors));

    /// <summary>The statuses to which a role can bring a new transaction, move by move.</summary>
    public IReadOnlySet<string> ReachableBy(Role role)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { Initial.Key };
        var next = new Queue<string>(reached);
        while (next.TryDequeue(out var status))
        {
            foreach (var move in MovesFrom(status, role).Where(m => reached.Add(m.To)))
                next.Enqueue(move.To);
        }

        return reached;
    }

    /// <summary>The move a role may make, or null.</summary>
    public WorkflowMove? Find(string from, string to, Role role) =>
        MovesFrom(from, role).FirstOrDefault(m => m.To == to);

    /// <summary>The first move with this meaning that a role may make, or null.</summary>
    public WorkflowMove? Find(string from, MoveMeaning meaning, Role role) =>
        MovesFrom(from, role).FirstOrDefault(m => m.Meaning == meaning);

    /// <summary>Some move with this meaning leads to the status.</summary>
    public bool IsReachedBy(MoveMeaning meaning, string status) =>
        Moves.Any(m => m.Meaning == meaning && m.To == status);

    /// <summary>
    /// What the move from one status to another does besides; null when there is no such move, or it does nothing else.
    /// </summary>
    public MoveMeaning? MeaningOf(string from, string to) => _moves[from].FirstOrDefault(m => m.To == to)?.Meaning;

    public IEnumerable<WorkflowMove> Moves => _moves.SelectMany(m => m);

    /// <summary>The rules that a workflow breaks, as text keys; empty for a sound one.</summary>
    public static IReadOnlyList<string> Faults(
        IReadOnlyCollection<WorkflowStatus> statuses,
        IReadOnlyCollection<WorkflowMove> moves
    )
    {
        var faults = new List<string>();
        if (statuses.Count(s => s.IsInitial) != 1)
            faults.Add("workflow.fault.one_initial");
        if (moves.Any(m => statuses.Any(s => s.Key == m.From && s.IsEnd)))
            faults.Add("workflow.fault.way_out_of_end");
        if (moves.Any(m => statuses.All(s => s.Key != m.From) || statuses.All(s => s.Key != m.To)))
            faults.Add("workflow.fault.unknown_status");
        var reaching = statuses.Where(s => s.IsEnd).Select(s => s.Key).ToHashSet(StringComparer.Ordinal);
        while (moves.Any(m => reaching.Contains(m.To) && reaching.Add(m.From)))
        {
            // Repeats until the set holds every status that reaches an end.
        }

        if (statuses.Any(s => !reaching.Contains(s.Key)))
            faults.Add("workflow.fault.no_end");
        return faults;
    }
}
