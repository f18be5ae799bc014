namespace MdcTts.Features.Transactions;

/// <summary>The kinds of what happens to a transaction, for the audit log and for events.</summary>
public static class TransactionEvents
{
    /// <summary>How all of them begin.</summary>
    public const string Prefix = "transaction.";

    public const string Created = "transaction.created";
    public const string Imported = "transaction.imported";
    public const string Duplicated = "transaction.duplicated";
    public const string StatusChanged = "transaction.status_changed";
    public const string Edited = "transaction.edited";
    public const string Assigned = "transaction.assigned";
    public const string Commented = "transaction.commented";
    public const string Deleted = "transaction.deleted";
    public const string Restored = "transaction.restored";
    public const string FileAdded = "transaction.file_added";
    public const string FileEdited = "transaction.file_edited";
    public const string FileDeleted = "transaction.file_deleted";
    public const string FileRestored = "transaction.file_restored";

    public const string FileScanned = "transaction.file_scanned";
    public const string LinkRenewed = "transaction.link_renewed";

    /// <summary>Not an event of its own: the mail of a comment to somebody whom it mentions.</summary>
    public const string Mentioned = "transaction.mentioned";

    /// <summary>The one mail that tells a person of an act on many transactions.</summary>
    public const string Many = "many.changed";

    /// <summary>The mail of the clock: all that is overdue or soon due, once a person and working day.</summary>
    public const string Due = "reminder.due";
}
