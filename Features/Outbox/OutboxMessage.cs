namespace MdcTts.Features.Outbox;

/// <summary>A message that one person is to get about one event, written in the transaction of the event and sent afterwards by a worker.</summary>
public sealed class OutboxMessage
{
    public const int AttemptsMost = 8;

    public long Id { get; set; }
    public int RecipientId { get; set; }

    /// <summary>Which text: <c>transaction.status_changed</c>, <c>transaction.assigned</c>, <c>transaction.mentioned</c> …</summary>
    public string Event { get; set; } = "";
    public string? TransactionNumber { get; set; }

    /// <summary>JSON array: the arguments of the text.</summary>
    public string Args { get; set; } = "[]";
    public DateTime CreatedAt { get; set; }

    /// <summary>Not before this instant; grows with every failure.</summary>
    public DateTime DueAt { get; set; }
    public int Attempts { get; set; }
    public DateTime? SentAt { get; set; }
    public string? Error { get; set; }
}
