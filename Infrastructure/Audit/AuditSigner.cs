using System.Buffers;
using System.Security.Cryptography;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;

namespace MdcTts.Infrastructure.Audit;

/// <summary>
/// Signs entries with a key derived from SECRET_KEY. Somebody who can add rows to the database, as the role of the app
/// can, but does not know SECRET_KEY, cannot make an entry that the log accepts.
/// </summary>
public sealed class AuditSigner(AppSettings settings)
{
    /// <summary>Bytes of an identifier that no two entries share.</summary>
    private const int IdentifierBytes = 16;

    // The oldest first, the current one last.
    private readonly byte[][] _keys = settings.KeysFor("audit-entry");

    /// <summary>Signs what is still unsigned. Nothing of the entry may change afterwards.</summary>
    public void Sign(AuditEntry entry)
    {
        // The identifier makes every signature different, so the unique index refuses a copy of a genuine entry. It
        // begins with the time, which keeps the index in order.
        var identifier = Guid.CreateVersion7(new(entry.At, TimeSpan.Zero)).ToByteArray(bigEndian: true);
        entry.Signature ??= [.. identifier, .. CodeOf(_keys[^1], identifier, entry)];
    }

    /// <summary>The place of the current key among all keys, from the oldest on.</summary>
    public int CurrentEra => _keys.Length - 1;

    /// <summary>Whether a process that knows SECRET_KEY, or a key before it, wrote the entry as it is.</summary>
    public bool IsGenuine(AuditEntry entry) => EraOf(entry) >= 0;

    /// <summary>The place of the key that signed the entry among all keys, from the oldest on; -1: none did.</summary>
    public int EraOf(AuditEntry entry)
    {
        if (entry.Signature is not { Length: IdentifierBytes + HMACSHA256.HashSizeInBytes } signature)
            return -1;
        var identifier = signature[..IdentifierBytes];
        return Array.FindLastIndex(
            _keys,
            key =>
                CryptographicOperations.FixedTimeEquals(
                    CodeOf(key, identifier, entry),
                    signature.AsSpan(IdentifierBytes)
                )
        );
    }

    private static byte[] CodeOf(byte[] key, byte[] identifier, AuditEntry entry)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        bytes.Write(identifier);
        AuditBytes.Write(bytes, entry);
        return HMACSHA256.HashData(key, bytes.WrittenSpan);
    }
}

public static class AuditSigning
{
    /// <summary>Signs every entry that the database is given. A database cannot be written without this.</summary>
    public static void AddAuditSigning(this IServiceCollection services, AppSettings settings)
    {
        var signer = new AuditSigner(settings);
        services.AddSingleton(signer);
        services.AddSingleton<BeforeInsert>(row =>
        {
            if (row is AuditEntry entry)
                signer.Sign(entry);
        });
    }
}
