using System.Buffers;
using System.Security.Cryptography;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Audit;

/// <summary>
/// Computes seals: HMAC-SHA256 over the previous seal and the canonical bytes of an entry, with a key derived from
/// SECRET_KEY. Somebody who can write to the database but does not know SECRET_KEY cannot forge a seal.
/// </summary>
public sealed class AuditChain(AppSettings settings)
{
    /// <summary>
    /// The action of an entry after which no entry without a signature is accepted. The sealer writes it once, in a
    /// chain that began before there were signatures.
    /// </summary>
    public const string SignaturesRequired = "audit.signatures_required";

    /// <summary>Changes when the canonical bytes do.</summary>
    private const byte Version = 1;

    private static readonly TimeSpan WarnedEvery = TimeSpan.FromHours(1);

    private DateTime _warnedAt;

    // The oldest first, the current one last.
    private readonly byte[][] _keys = settings.KeysFor("audit-chain");

    /// <summary>Takes the place of the seal before the first one.</summary>
    public static byte[] Start { get; } = new byte[HMACSHA256.HashSizeInBytes];

    /// <summary>
    /// Whether the chain asks for signatures from this entry on; it is genuine. A chain whose first entry is signed
    /// does so from its start.
    /// </summary>
    public static bool AsksFrom(AuditEntry entry) => entry is { Action: SignaturesRequired, Signature: not null };

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

    /// <summary>What identifies an entry with all that it says, sealed or not; in hex.</summary>
    public static string DigestOf(AuditEntry entry)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        AuditBytes.Number(bytes, entry.Id);
        AuditBytes.Write(bytes, entry);
        bytes.Write(entry.Signature ?? []);
        return Convert.ToHexStringLower(SHA256.HashData(bytes.WrittenSpan));
    }

    /// <summary>True once an hour: what makes a seal impossible is seen every second.</summary>
    public bool MayWarn(DateTime now)
    {
        if (now - _warnedAt < WarnedEvery)
            return false;
        _warnedAt = now;
        return true;
    }

    private static byte[] Canonical(ReadOnlySpan<byte> previous, long sequence, AuditEntry entry)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        bytes.Write(previous);
        bytes.Write([Version]);
        AuditBytes.Number(bytes, sequence);
        AuditBytes.Number(bytes, entry.Id);
        AuditBytes.Write(bytes, entry);
        return bytes.WrittenSpan.ToArray();
    }
}
