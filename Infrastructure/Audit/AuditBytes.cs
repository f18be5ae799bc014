using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace MdcTts.Infrastructure.Audit;

/// <summary>
/// The canonical bytes of an entry: no two entries have the same. Whatever changes here makes every entry and every
/// seal of before invalid.
/// </summary>
public static class AuditBytes
{
    /// <summary>Writes all of an entry but its id, its personal part and its signature.</summary>
    public static void Write(ArrayBufferWriter<byte> to, AuditEntry entry)
    {
        // Both databases keep exactly the milliseconds that went in.
        Number(to, new DateTimeOffset(entry.At, TimeSpan.Zero).ToUnixTimeMilliseconds());
        Text(to, entry.ActorId?.ToString(CultureInfo.InvariantCulture));
        Text(to, entry.Action);
        Text(to, entry.EntityType);
        Text(to, entry.EntityKey);
        Text(to, entry.Data);
        Text(to, entry.SessionId?.ToString("N"));
        Text(to, entry.RequestId);
        Number(to, entry.Commitment.Length);
        to.Write(entry.Commitment);
    }

    public static void Number(ArrayBufferWriter<byte> to, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(sizeof(long)), number);
        to.Advance(sizeof(long));
    }

    // A length before each text, and -1 for null: null differs from the empty text.
    private static void Text(ArrayBufferWriter<byte> to, string? text)
    {
        Number(to, text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        if (text is not null)
            Encoding.UTF8.GetBytes(text, to);
    }
}
