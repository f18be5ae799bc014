using System.Globalization;
using System.Security.Cryptography;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Projects;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions;

/// <summary>How urgent a transaction is; fixed, ordered.</summary>
public enum Priority
{
    Low,
    Normal,
    High,
    Urgent,
}

/// <summary>Who has the ball.</summary>
public enum HolderKind
{
    /// <summary>The firm; the name is the person's, or empty for the assignee.</summary>
    Us,

    /// <summary>The client.</summary>
    Client,

    /// <summary>An outside body, by name.</summary>
    Authority,
}

/// <summary>
/// The tracked piece of work (معاملة). Every change goes through one of its verbs, which also writes the history.
/// </summary>
public sealed class Transaction : ITracked
{
    public const int NumberMaxLength = 20;
    public const int ReferenceMaxLength = 50;
    public const int TitleMaxLength = 255;
    public const int DescriptionMaxLength = 4000;
    public const int NotesMaxLength = 4000;
    public const int NoteMaxLength = 1000;
    public const int CommentMaxLength = 4000;
    public const int ReasonMaxLength = 500;
    public const int HolderNameMaxLength = 120;
    public const int TagMaxLength = 40;
    public const int TagsMax = 20;
    public const int AuthorityReferencesMax = 20;

    /// <summary>The largest amount in minor units: a trillion riyals less one halala.</summary>
    public const long AmountMax = 99_999_999_999_999;

    private static readonly Dictionary<HistoryKind, string> BirthKinds = new()
    {
        [HistoryKind.Created] = TransactionEvents.Created,
        [HistoryKind.Imported] = TransactionEvents.Imported,
        [HistoryKind.Duplicated] = TransactionEvents.Duplicated,
    };

    private static readonly Dictionary<HistoryKind, string> FileKinds = new()
    {
        [HistoryKind.FileAdded] = TransactionEvents.FileAdded,
        [HistoryKind.FileEdited] = TransactionEvents.FileEdited,
        [HistoryKind.FileDeleted] = TransactionEvents.FileDeleted,
        [HistoryKind.FileRestored] = TransactionEvents.FileRestored,
    };

    private Transaction() { }

    /// <summary>
    /// A new transaction in the initial status. The history says "created", or "imported" when it came from a file.
    /// </summary>
    /// <param name="number">Its number.</param>
    /// <param name="fields">What was entered.</param>
    /// <param name="status">The workflow's first.</param>
    /// <param name="createdById">Who made it.</param>
    /// <param name="assigneeId">Who is responsible.</param>
    /// <param name="at">When.</param>
    /// <param name="born">How the history begins.</param>
    /// <param name="id">Taken ahead together with the number; null: the insert gives one.</param>
    public Transaction(
        string number,
        TransactionFields fields,
        WorkflowStatus status,
        int createdById,
        int? assigneeId,
        DateTime at,
        HistoryKind born = HistoryKind.Created,
        int? id = null
    )
    {
        Id = id ?? 0;
        Number = number;
        CreatedById = createdById;
        AssigneeId = assigneeId;
        CreatedAt = at;
        UpdatedAt = at;
        OutsideUpdatedAt = at;
        TrackingToken = NewToken();
        Apply(fields, at);
        HolderSince = fields.HolderSince ?? Clock.RiyadhDate(at);
        Enter(status, at);
        History.Add(new HistoryEntry(born, createdById, at) { ToStatus = Status, ToMeaning = Meaning });
    }

    public int Id { get; private set; }

    /// <summary><c>TRX-YYYY-NNNNN</c>; never reused.</summary>
    public string Number { get; private set; } = "";
    public string? ReferenceNumber { get; private set; }
    public string Title { get; private set; } = "";
    public string? Description { get; private set; }
    public string Type { get; private set; } = "";
    public string? Category { get; private set; }
    public Priority Priority { get; private set; }
    public string Status { get; private set; } = "";

    /// <summary>What <see cref="Status"/> means in the workflow.</summary>
    public Meaning Meaning { get; private set; }

    /// <summary>Halalas (or the currency's hundredths).</summary>
    public long? AmountMinor { get; private set; }
    public string Currency { get; private set; } = "SAR";
    public int ClientId { get; private set; }
    public Client Client { get; private set; } = null!;
    public int? ProjectId { get; private set; }
    public Project? Project { get; private set; }
    public string? Department { get; private set; }
    public int CreatedById { get; private set; }
    public User CreatedBy { get; private set; } = null!;
    public int? AssigneeId { get; private set; }
    public User? Assignee { get; private set; }
    public DateOnly? DueDate { get; private set; }
    public string? InternalNotes { get; private set; }
    public HolderKind HolderKind { get; private set; }
    public string? HolderName { get; private set; }
    public DateOnly HolderSince { get; private set; }
    public DateTime CreatedAt { get; private set; }
    public DateTime UpdatedAt { get; private set; }

    /// <summary>
    /// When the last thing happened that may be read outside the firm: the date that clients and strangers see.
    /// </summary>
    public DateTime OutsideUpdatedAt { get; private set; }
    public DateTime? SubmittedAt { get; private set; }
    public DateTime? CompletedAt { get; private set; }
    public DateTime? DeletedAt { get; private set; }
    public int? DeletedById { get; private set; }
    public string? DeleteReason { get; private set; }

    /// <summary>Grows with every change; the ETag and the last line against lost updates.</summary>
    public int Version { get; private set; } = 1;

    /// <summary>160 random bits in URL-safe Base64: the secret of the QR's link.</summary>
    public string TrackingToken { get; private set; } = "";

    /// <summary>Folded words of everything that search finds; see <see cref="SearchTextOf"/>.</summary>
    public string SearchText { get; private set; } = "";

    /// <summary>The import that brought it, and the row of the file; null when typed.</summary>
    public int? ImportId { get; private set; }
    public int? ImportRow { get; private set; }

    public List<TransactionTag> Tags { get; } = [];
    public List<AuthorityReference> AuthorityReferences { get; } = [];
    public List<HistoryEntry> History { get; } = [];

    /// <summary>How it came to be, for <see cref="ChangeRecord.Record"/>; once, right after it was made.</summary>
    /// <param name="by">Who made it.</param>
    /// <param name="audited">What the audit entry says.</param>
    public Change Begun(CurrentUser by, object audited) =>
        new(this, History[0], BirthKinds[History[0].Kind], by) { Audited = audited, Effect = PageEffect.Appeared };

    /// <summary>
    /// Takes new values for the editable fields; each change is recorded as old → new. Null when nothing is different.
    /// </summary>
    public Change? Edit(TransactionFields fields, CurrentUser by, DateTime at)
    {
        var before = TransactionFields.Of(this).AsText();
        Apply(fields, at);
        var changes = TransactionFields
            .Of(this)
            .AsText()
            .Zip(before, (now, was) => new FieldChange(now.Key, was.Value, now.Value))
            .Where(c => c.Old != c.New)
            .ToList();
        if (changes.Count == 0)
            return null;
        var entry = new HistoryEntry(HistoryKind.Edited, by.Id, at) { Changes = changes };
        return Happened(entry, TransactionEvents.Edited, by) with { Audited = changes };
    }

    /// <summary>Moves it along the workflow; the caller has asked the workflow whether it may.</summary>
    public Change Move(WorkflowStatus to, string? note, NoteVisibility visibility, CurrentUser by, DateTime at)
    {
        var from = Status;
        var wasDraft = Meaning == Meaning.Draft;
        var entry = new HistoryEntry(HistoryKind.Status, by.Id, at)
        {
            FromStatus = from,
            ToStatus = to.Key,
            ToMeaning = to.Meaning,
            Text = note,
            Visibility = visibility,
        };
        Enter(to, at);
        return Happened(entry, TransactionEvents.StatusChanged, by) with
        {
            Effect = wasDraft && SubmittedAt == at ? PageEffect.Released : PageEffect.Changed,
            Audited = new
            {
                from,
                to = to.Key,
                note,
                visibility = Keys.Of(visibility),
            },
        };
    }

    /// <summary>Gives it to another editor, or to nobody.</summary>
    public Change Assign(User? former, User? wanted, string? reason, CurrentUser by, DateTime at)
    {
        AssigneeId = wanted?.Id;
        var entry = new HistoryEntry(HistoryKind.Assigned, by.Id, at)
        {
            Text = reason,
            Changes = [new("assignee", former?.FullName, wanted?.FullName)],
        };
        return Happened(entry, TransactionEvents.Assigned, by) with
        {
            Audited = new
            {
                from = former?.Id,
                to = wanted?.Id,
                reason,
            },
            Effect = PageEffect.HandedOver,
            Concerns = [.. new[] { former?.Id, wanted?.Id }.OfType<int>()],
        };
    }

    /// <summary>Adds an internal comment.</summary>
    /// <param name="text">What is said.</param>
    /// <param name="mentioned">Who is mentioned in it.</param>
    /// <param name="by">Who says it.</param>
    /// <param name="at">When.</param>
    public Change Comment(string text, IReadOnlyList<int> mentioned, CurrentUser by, DateTime at)
    {
        var entry = new HistoryEntry(HistoryKind.Comment, by.Id, at) { Text = text };
        return Happened(entry, TransactionEvents.Commented, by) with { Concerns = mentioned };
    }

    /// <summary>Hides it from every list; an admin can bring it back.</summary>
    public Change Delete(string reason, CurrentUser by, DateTime at)
    {
        DeletedAt = at;
        DeletedById = by.Id;
        DeleteReason = reason;
        var entry = new HistoryEntry(HistoryKind.Deleted, by.Id, at) { Text = reason };
        return Happened(entry, TransactionEvents.Deleted, by) with { Audited = new { reason } };
    }

    /// <summary>Brings a deleted one back.</summary>
    public Change Restore(CurrentUser by, DateTime at)
    {
        DeletedAt = null;
        DeletedById = null;
        DeleteReason = null;
        var entry = new HistoryEntry(HistoryKind.Restored, by.Id, at);
        return Happened(entry, TransactionEvents.Restored, by) with { Effect = PageEffect.Appeared };
    }

    /// <summary>Makes a new secret for the QR; the old link is dead from now on.</summary>
    public Change RenewTrackingLink(CurrentUser by, DateTime at)
    {
        TrackingToken = NewToken();
        return Happened(new(HistoryKind.LinkRenewed, by.Id, at), TransactionEvents.LinkRenewed, by);
    }

    /// <summary>Marks which row of a file became this transaction.</summary>
    public void CameFrom(int importId, int row) => (ImportId, ImportRow) = (importId, row);

    /// <summary>
    /// What a register of old knows of its times; for one that has just been imported. The history keeps them beside
    /// the day of the import. Without a time of its own, a submission is as old as the transaction.
    /// </summary>
    public void Happened(DateTime? createdAt, DateTime? submittedAt, DateTime? completedAt)
    {
        CreatedAt = createdAt ?? CreatedAt;
        SubmittedAt = submittedAt ?? (SubmittedAt is null ? null : createdAt ?? SubmittedAt);
        if (CompletedAt is not null)
            CompletedAt = completedAt ?? CompletedAt;
        Told("createdAt", createdAt);
        Told("submittedAt", submittedAt);
        Told("completedAt", completedAt);

        void Told(string field, DateTime? at)
        {
            if (at is { } time)
                History[0]
                    .Changes.Add(
                        new(
                            field,
                            null,
                            Clock.RiyadhTime(time).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
                        )
                    );
        }
    }

    /// <summary>Rebuilds what search looks at; call after the client's names are known.</summary>
    public void RefreshSearchText(Client client) => SearchText = SearchTextOf(this, client);

    /// <summary>
    /// Own words, then the client's names on a line of their own, so that renaming a client can replace just that part
    /// in one statement.
    /// </summary>
    public static string SearchTextOf(Transaction t, Client client) =>
        ArabicText.Fold(
            string.Join(
                ' ',
                new[] { t.ReferenceNumber, t.Number, t.Title, t.Description }
                    .Concat(t.Tags.Select(tag => tag.Name))
                    .Concat(t.AuthorityReferences.Select(a => $"{a.Authority} {a.Number}"))
            )
        ) + ClientPart(client.NameEn, client.NameAr);

    /// <summary>The client's part of the search text.</summary>
    public static string ClientPart(string? nameEn, string? nameAr) => "\n" + ArabicText.Fold($"{nameEn} {nameAr}");

    private static string NewToken() =>
        System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(20));

    private void Enter(WorkflowStatus status, DateTime at)
    {
        Status = status.Key;
        Meaning = status.Meaning;
        // Clients see it from here on. A draft that is dropped has never been submitted.
        if (Meaning is not (Meaning.Draft or Meaning.Dropped))
            SubmittedAt ??= at;
        CompletedAt = Meaning == Meaning.Done ? at : null;
    }

    /// <summary>Something became of a file on it.</summary>
    /// <param name="kind">One of the kinds of files.</param>
    /// <param name="changes">The first is of the field <c>file</c>: its name, old and new.</param>
    /// <param name="audited">What the audit entry says.</param>
    public Change File(
        HistoryKind kind,
        IReadOnlyList<FieldChange> changes,
        object audited,
        CurrentUser by,
        DateTime at
    ) =>
        Happened(new HistoryEntry(kind, by.Id, at) { Changes = [.. changes] }, FileKinds[kind], by) with
        {
            Audited = audited,
        };

    private Change Happened(HistoryEntry entry, string kind, CurrentUser by)
    {
        History.Add(entry);
        UpdatedAt = entry.At;
        if (HistoryReading.IsReadableOutside(entry))
            OutsideUpdatedAt = entry.At;
        Version++;
        return new(this, entry, kind, by);
    }

    private void Apply(TransactionFields f, DateTime at)
    {
        (ReferenceNumber, Title, Description, Type, Category, Priority) = (
            f.ReferenceNumber,
            f.Title,
            f.Description,
            f.Type,
            f.Category,
            f.Priority
        );
        (AmountMinor, Currency, ClientId, ProjectId, Department) = (
            f.AmountMinor,
            f.Currency,
            f.ClientId,
            f.ProjectId,
            f.Department
        );
        (DueDate, InternalNotes) = (f.DueDate, f.InternalNotes);
        // A new holder has it from today, unless another day is named.
        var moved = HolderKind != f.HolderKind || HolderName != f.HolderName;
        var since =
            f.HolderSince is { } named && !(moved && named == HolderSince) ? named
            : moved ? Clock.RiyadhDate(at)
            : HolderSince;
        (HolderKind, HolderName, HolderSince) = (f.HolderKind, f.HolderName, since);
        if (!Tags.Select(t => t.Name).SequenceEqual(f.Tags))
        {
            Tags.RemoveAll(t => !f.Tags.Contains(t.Name));
            Tags.AddRange(f.Tags.Except(Tags.Select(t => t.Name)).Select(name => new TransactionTag { Name = name }));
        }
        if (!AuthorityReferences.Select(a => a.Value).SequenceEqual(f.AuthorityReferences))
        {
            AuthorityReferences.Clear();
            AuthorityReferences.AddRange(
                f.AuthorityReferences.Select(a => new AuthorityReference
                {
                    Authority = a.Authority,
                    Number = a.Number,
                    Date = a.Date,
                })
            );
        }
    }
}

/// <summary>A word put on a transaction to find its like.</summary>
public sealed class TransactionTag
{
    public int TransactionId { get; set; }
    public string Name { get; set; } = "";
}

/// <summary>An outside body's number for the same matter.</summary>
public sealed class AuthorityReference
{
    public const int AuthorityMaxLength = 120;
    public const int NumberMaxLength = 60;

    public int Id { get; set; }
    public int TransactionId { get; set; }
    public string Authority { get; set; } = "";
    public string Number { get; set; } = "";
    public DateOnly? Date { get; set; }

    public AuthorityNumber Value => new(Authority, Number, Date);
}

/// <summary>An authority's reference as a value.</summary>
public sealed record AuthorityNumber(string Authority, string Number, DateOnly? Date);

/// <summary>One field's change, as text that people read in the timeline.</summary>
public sealed record FieldChange(string Field, string? Old, string? New);
