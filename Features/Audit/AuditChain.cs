using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Audit;

/// <summary>
/// Computes seals: HMAC-SHA256 over the previous seal and the canonical bytes of an entry, with a key derived from
/// SECRET_KEY. Somebody who can write to the database but does not know SECRET_KEY cannot forge a seal.
/// </summary>
public sealed class AuditChain(AppSettings settings)
{
    /// <summary>Changes when the canonical bytes do.</summary>
    private const byte Version = 1;

    // The oldest first, the current one last.
    private readonly byte[][] _keys =
    [
        .. settings
            .SecretKeysPrevious.Reverse()
            .Append(settings.SecretKey)
            .Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: "audit-chain"u8.ToArray())),
    ];

    /// <summary>Takes the place of the seal before the first one.</summary>
    public static byte[] Start { get; } = new byte[HMACSHA256.HashSizeInBytes];

    /// <summary>The seal of an entry at its place, after the seal before it.</summary>
    public byte[] Seal(ReadOnlySpan<byte> previous, long sequence, AuditEntry entry) =>
        HMACSHA256.HashData(_keys[^1], Canonical(previous, sequence, entry));

    /// <summary>Whether a seal is right under the key that was in use at the time.</summary>
    /// <param name="era">
    /// The index of the key of the previous seal, 0 at the start. Once a newer key was used, an older one no longer
    /// counts.
    /// </param>
    public bool Holds(
        ReadOnlySpan<byte> seal,
        ReadOnlySpan<byte> previous,
        long sequence,
        AuditEntry entry,
        ref int era
    )
    {
        var bytes = Canonical(previous, sequence, entry);
        for (var key = era; key < _keys.Length; key++)
        {
            if (!HMACSHA256.HashData(_keys[key], bytes).AsSpan().SequenceEqual(seal))
                continue;
            era = key;
            return true;
        }

        return false;
    }

    private static byte[] Canonical(ReadOnlySpan<byte> previous, long sequence, AuditEntry entry)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        bytes.Write(previous);
        bytes.Write([Version]);
        Number(bytes, sequence);
        Number(bytes, entry.Id);
        // Both databases keep exactly the milliseconds that went in.
        Number(bytes, new DateTimeOffset(entry.At, TimeSpan.Zero).ToUnixTimeMilliseconds());
        Text(bytes, entry.ActorId?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Text(bytes, entry.Action);
        Text(bytes, entry.EntityType);
        Text(bytes, entry.EntityKey);
        Text(bytes, entry.Data);
        Text(bytes, entry.SessionId?.ToString("N"));
        Text(bytes, entry.RequestId);
        Number(bytes, entry.Commitment.Length);
        bytes.Write(entry.Commitment);
        return bytes.WrittenSpan.ToArray();
    }

    private static void Number(ArrayBufferWriter<byte> to, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(sizeof(long)), number);
        to.Advance(sizeof(long));
    }

    // A length before each text, and -1 for null: no two entries have the same bytes, and null differs from the empty
    // text.
    private static void Text(ArrayBufferWriter<byte> to, string? text)
    {
        Number(to, text is null ? -1 : Encoding.UTF8.GetByteCount(text));
        if (text is not null)
            Encoding.UTF8.GetBytes(text, to);
    }
}
