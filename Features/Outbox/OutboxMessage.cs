using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Logging;

namespace MdcTts.Features.Outbox;

/// <summary>
/// A message to one person about one event, written in the database transaction of the event; a worker sends it later.
/// </summary>
public sealed class OutboxMessage : ILeased
{
    public const int AttemptsMax = 8;

    /// <summary>A message about an account: due at once, to the person's address unless another is given.</summary>
    public static OutboxMessage For(
        int recipientId,
        string @event,
        DateTime at,
        IEnumerable<string?>? args = null,
        string? secret = null,
        string? address = null
    ) =>
        new()
        {
            RecipientId = recipientId,
            Event = @event,
            Args = System.Text.Json.JsonSerializer.Serialize(args ?? []),
            Secret = secret,
            Address = address,
            CreatedAt = at,
            DueAt = at,
        };

    /// <summary>A message about an event of a transaction; its words are made of the event when it is sent.</summary>
    public static OutboxMessage About(int recipientId, string kind, EventRow e) =>
        new()
        {
            RecipientId = recipientId,
            Event = kind,
            EventId = e.Id,
            TransactionNumber = e.Key,
            CreatedAt = e.At,
            DueAt = e.At,
            RequestId = e.RequestId,
        };

    public long Id { get; set; }
    public int RecipientId { get; set; }

    /// <summary>Which text, such as <c>transaction.status_changed</c> or <c>transaction.mentioned</c>.</summary>
    public string Event { get; set; } = "";
    public string? TransactionNumber { get; set; }

    /// <summary>The event it tells of; null for messages about accounts and for reminders.</summary>
    public long? EventId { get; set; }

    /// <summary>JSON array: the arguments of the text.</summary>
    public string Args { get; set; } = "[]";
    public DateTime CreatedAt { get; set; }

    /// <summary>Not to be sent before this instant; each failure moves it back.</summary>
    public DateTime DueAt { get; set; }
    public int Attempts { get; set; }
    public DateTime? SentAt { get; set; }

    /// <summary>
    /// The token of a link, which nobody may read here: protected by DataProtection, and emptied when the mail is sent.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>
    /// Another address than the person's present one: a former address is told that it was replaced.
    /// </summary>
    public string? Address { get; set; }

    public DateTime? LeasedUntil { get; set; }
    public int Lease { get; set; }

    /// <summary>Given up after the last attempt; an admin may have it sent again.</summary>
    public DateTime? ParkedAt { get; set; }
    public string? Error { get; set; }

    /// <summary>The request or job that it comes from: finds its log lines and its audit entry.</summary>
    public string? RequestId { get; set; } = RequestIds.Current;
}
