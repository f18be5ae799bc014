using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Backups;

/// <summary>Bytes kept once for all backups that hold them.</summary>
/// <param name="Name">The SHA-256 of the content or, encrypted, a name that only the passphrase gives.</param>
/// <param name="Length">Of the stored bytes.</param>
/// <param name="Sha256">Of the stored bytes.</param>
public sealed record Blob(string Name, long Length, string Sha256);

/// <param name="Path">Below DATA_DIR, with slashes.</param>
public sealed record BackedUpFile(string Path, Blob Blob);

/// <summary>What a table held in the snapshot.</summary>
/// <param name="Rows">How many rows.</param>
/// <param name="Sha256">Of all rows, in the order of the key.</param>
public sealed record TableMark(long Rows, string Sha256);

/// <summary>What one backup consists of. A blob that no manifest names belongs to no backup.</summary>
public sealed record Manifest
{
    public required string Name { get; init; }
    public required DateTime At { get; init; }
    public required string AppVersion { get; init; }

    /// <summary><c>sqlite</c> or <c>postgresql</c>.</summary>
    public required string Engine { get; init; }

    /// <summary>The last migration.</summary>
    public required string Schema { get; init; }
    public string? Previous { get; init; }
    public required bool IsEncrypted { get; init; }
    public required IReadOnlyDictionary<string, TableMark> Tables { get; init; }
    public required Blob Database { get; init; }
    public required IReadOnlyList<BackedUpFile> Files { get; init; }

    [JsonIgnore]
    public IEnumerable<Blob> Blobs => Files.Select(f => f.Blob).Prepend(Database).DistinctBy(b => b.Name);
}

/// <summary>
/// Seals manifests with a key derived from SECRET_KEY, so that a changed manifest or another SECRET_KEY is noticed
/// before anything is touched. SECRET_KEY_PREVIOUS gives the earlier keys.
/// </summary>
public sealed class ManifestSeal(AppSettings settings)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        WriteIndented = true,
        PropertyNameCaseInsensitive = false,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    // The current one first.
    private readonly List<(byte[] Key, string Mark)> _keys =
    [
        .. settings
            .SecretKeysPrevious.Prepend(settings.SecretKey)
            .Select(secret =>
                (Derive(secret, "backup-manifest", 32), Convert.ToHexStringLower(Derive(secret, "backup-key-mark", 16)))
            ),
    ];

    public byte[] Write(Manifest manifest)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(manifest, Json);
        return
        [
            .. Encoding.UTF8.GetBytes(
                $$"""{"seal":"{{SealOf(body, _keys[0].Key)}}","key":"{{_keys[0].Mark}}","manifest":"""
            ),
            .. body,
            (byte)'}',
        ];
    }

    /// <exception cref="BackupException">It was changed, or made under another SECRET_KEY.</exception>
    public Manifest Read(byte[] bytes, string name)
    {
        try
        {
            using var all = JsonDocument.Parse(bytes);
            var seal = all.RootElement.GetProperty("seal").GetString();
            var mark = all.RootElement.GetProperty("key").GetString();
            var body = all.RootElement.GetProperty("manifest");
            var content = Encoding.UTF8.GetBytes(body.GetRawText());
            var sealing = _keys.Find(k => seal == SealOf(content, k.Key));
            if (sealing.Key is null && mark is { Length: 32 } && !_keys.Exists(k => k.Mark == mark))
                throw new BackupException("backups.fault.key", name);
            if (
                sealing.Key is not null
                && mark == sealing.Mark
                && body.Deserialize<Manifest>(Json) is { } manifest
                && manifest.Name == name
            )
                return manifest;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Not a manifest of this app: reported below.
        }

        throw new BackupException("backups.fault.manifest", name);
    }

    private static byte[] Derive(byte[] secret, string purpose, int length) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, length, info: Encoding.UTF8.GetBytes(purpose));

    private static string SealOf(byte[] body, byte[] key) => Convert.ToHexStringLower(HMACSHA256.HashData(key, body));
}
