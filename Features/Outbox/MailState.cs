namespace MdcTts.Features.Outbox;

/// <summary>What became of a message.</summary>
public enum MailState
{
    /// <summary>Not sent yet.</summary>
    Waiting,

    /// <summary>The mail server has taken it.</summary>
    Sent,

    /// <summary>Written to a file, because there is no mail server.</summary>
    Written,

    /// <summary>Given up; an admin may have it sent again.</summary>
    Parked,

    /// <summary>Not to be sent: the person is gone, or wants no mails.</summary>
    Dropped,
}

/// <summary>Reads the state off a row, in memory and in a query.</summary>
/// <remarks>
/// A finished message has <see cref="OutboxMessage.SentAt"/>; <see cref="OutboxMessage.Error"/> then says how it ended,
/// as a text key.
/// </remarks>
public static class MailStates
{
    /// <summary>The error of a mail that was written to a file.</summary>
    public const string WrittenToFile = "mails.written";

    /// <summary>How the errors of dropped rows begin.</summary>
    public const string Dropped = "mails.dropped.";

    public static MailState Of(DateTime? sentAt, DateTime? parkedAt, string? error) =>
        (sentAt, parkedAt, error) switch
        {
            (null, null, _) => MailState.Waiting,
            (null, _, _) => MailState.Parked,
            (_, _, WrittenToFile) => MailState.Written,
            (_, _, not null) when error.StartsWith(Dropped, StringComparison.Ordinal) => MailState.Dropped,
            _ => MailState.Sent,
        };

    public static IQueryable<OutboxMessage> In(this IQueryable<OutboxMessage> messages, MailState state) =>
        state switch
        {
            MailState.Waiting => messages.Where(m => m.SentAt == null && m.ParkedAt == null),
            MailState.Parked => messages.Where(m => m.SentAt == null && m.ParkedAt != null),
            MailState.Written => messages.Where(m => m.SentAt != null && m.Error == WrittenToFile),
            MailState.Dropped => messages.Where(m => m.SentAt != null && m.Error!.StartsWith(Dropped)),
            _ => messages.Where(m => m.SentAt != null && m.Error == null),
        };
}
