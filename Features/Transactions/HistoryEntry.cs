using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Events;

namespace MdcTts.Features.Transactions;

/// <summary>What happened to a transaction.</summary>
public enum HistoryKind
{
    Created,
    Imported,
    Status,
    Edited,
    Comment,
    Assigned,
    Deleted,
    Restored,
    LinkRenewed,
    Duplicated,
    FileAdded,
    FileEdited,
    FileDeleted,
    FileRestored,
}

/// <summary>Who may read the note of a status change.</summary>
public enum NoteVisibility
{
    Internal,
    Public,
}

/// <summary>
/// One line of the timeline. Only the verbs of <see cref="Transaction"/> write it, and nothing changes it later, except
/// that the name of a person who is erased becomes a pseudonym.
/// </summary>
public sealed class HistoryEntry
{
    private HistoryEntry() { }

    public HistoryEntry(HistoryKind kind, int byId, DateTime at) => (Kind, ById, At) = (kind, byId, at);

    public int Id { get; private set; }
    public int TransactionId { get; private set; }
    public HistoryKind Kind { get; private set; }
    public int ById { get; private set; }
    public User By { get; private set; } = null!;
    public DateTime At { get; private set; }
    public string? FromStatus { get; init; }
    public string? ToStatus { get; init; }

    /// <summary>What <see cref="ToStatus"/> meant at the time; null where no status was set.</summary>
    public Meaning? ToMeaning { get; init; }

    /// <summary>The note of a status change, the text of a comment, the reason of an assignment or deletion.</summary>
    public string? Text { get; init; }
    public NoteVisibility Visibility { get; init; }
    public List<FieldChange> Changes { get; init; } = [];

    /// <summary>The event about it; null for imports and for entries older than events.</summary>
    public EventRow? Event { get; private set; }

    /// <summary>Written together with this entry.</summary>
    internal void Happened(EventRow e) => Event = e;
}
