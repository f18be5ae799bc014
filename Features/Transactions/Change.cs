using System.Text.Json;
using System.Text.Json.Serialization;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary>What a verb of a transaction has done, for <see cref="ChangeRecord.Record"/> to write.</summary>
/// <param name="Transaction">As it is now.</param>
/// <param name="Entry">The line of its history.</param>
/// <param name="Kind">The kind of the audit entry and of the event: <c>transaction.status_changed</c>.</param>
/// <param name="By">Who did it.</param>
public sealed record Change(Transaction Transaction, HistoryEntry Entry, string Kind, CurrentUser By)
{
    /// <summary>What the audit entry says beside who, when and which; nothing personal.</summary>
    public object? Audited { get; init; }

    /// <summary>What it means for open pages.</summary>
    public PageEffect Effect { get; init; } = PageEffect.Changed;

    /// <summary>
    /// People it concerns beside creator and assignee: who had it before, who has it now, who was mentioned.
    /// </summary>
    public IReadOnlyList<int> Concerns { get; init; } = [];
}

/// <summary>What an event of a transaction carries beside its line of the history.</summary>
/// <param name="Status">The key of the status right after it: a mail never states a later one.</param>
/// <param name="Concerns">See <see cref="Change.Concerns"/>.</param>
/// <param name="IsOutside">It may be known outside the firm: see <see cref="HistoryReading"/>.</param>
public sealed record ChangeData(string Status, IReadOnlyList<int> Concerns, bool IsOutside)
{
    private const string Undo = "undo ";

    /// <summary>How an act that takes another back is named.</summary>
    public static string UndoOf(string batch) => Undo + batch;

    /// <summary>The act that it takes back; null when it is none that does.</summary>
    [JsonIgnore]
    public string? Undone => Batch?.StartsWith(Undo, StringComparison.Ordinal) == true ? Batch[Undo.Length..] : null;

    /// <summary>The act on many transactions that it was part of.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Batch { get; init; }

    /// <summary>The data of an event of a transaction.</summary>
    public static ChangeData Of(EventRow e) =>
        JsonSerializer.Deserialize<ChangeData>(e.Data!, JsonSerializerOptions.Web)!;
}

/// <summary>The one place that writes what a verb did.</summary>
public static class ChangeRecord
{
    /// <summary>
    /// Adds the audit entry and the event; they are saved together with the transaction and its history, or not at all.
    /// </summary>
    public static void Record(this AppDb db, Change change)
    {
        var (transaction, entry) = (change.Transaction, change.Entry);
        if (db.Entry(transaction).State == EntityState.Detached)
            db.Add(transaction);
        db.Audit.Add(AuditLog.By(change.By, change.Kind, "transaction", transaction.Number, entry.At, change.Audited));
        var data = DataOf(transaction, entry, change.Concerns) with { Batch = db.Batch };
        entry.Happened(EventOf(transaction, entry, change.Kind, change.Effect, data));
    }

    /// <summary>
    /// The event of a transaction as it is now; only an import, which adds its rows in bulk, makes one itself.
    /// </summary>
    internal static EventRow EventOf(
        Transaction transaction,
        HistoryEntry entry,
        string kind,
        PageEffect effect,
        ChangeData data
    ) =>
        new()
        {
            At = entry.At,
            Kind = kind,
            Key = transaction.Number,
            ActorId = entry.ById,
            Effect = effect,
            Data = JsonSerializer.Serialize(data, JsonSerializerOptions.Web),
        };

    /// <summary>What its event carries, as it is now.</summary>
    internal static ChangeData DataOf(Transaction transaction, HistoryEntry entry, IReadOnlyList<int> concerns) =>
        new(transaction.Status, concerns, HistoryReading.IsReadableOutside(entry));
}
