using System.Security.Cryptography;

namespace MdcTts.Features.Backups.Storing;

/// <summary>Puts contents into the store, unless they are there already and undamaged.</summary>
/// <param name="cipher">Null when the backup is not encrypted.</param>
/// <param name="known">What earlier backups stored, by name; new blobs are added to it.</param>
public sealed class BlobWriter(BackupStore store, BackupCipher? cipher, Dictionary<string, Blob> known)
{
    public async Task<Blob> Put(Func<Stream, Task> write, CancellationToken stop)
    {
        var unfinished = store.NewBlob();
        try
        {
            Blob blob;
            await using (unfinished)
            {
                using var stored = new HashingStream(unfinished);
                byte[] plain;
                await using (var sealing = cipher?.Encrypt(stored))
                {
                    using var content = new HashingStream(sealing ?? stored);
                    await write(content);
                    plain = content.Hash();
                }

                blob = new(NameOf(plain), stored.Count, Convert.ToHexStringLower(stored.Hash()));
                unfinished.Flush(flushToDisk: true);
            }

            // Encrypting the same content twice gives different bytes, and an older manifest has the hash of the first.
            if (await Kept(blob.Name, stop) is { } kept)
            {
                File.Delete(unfinished.Name);
                return kept;
            }

            store.Keep(unfinished.Name, blob);
            return known[blob.Name] = blob;
        }
        catch
        {
            File.Delete(unfinished.Name);
            throw;
        }
    }

    public async Task<Blob> Put(string path, CancellationToken stop)
    {
        await using var file = new FileStream(
            path,
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite | FileShare.Delete,
            81_920,
            FileOptions.Asynchronous | FileOptions.SequentialScan
        );
        if (await Kept(NameOf(await SHA256.HashDataAsync(file, stop)), stop) is { } kept)
            return kept;
        file.Position = 0;
        return await Put(to => file.CopyToAsync(to, stop), stop);
    }

    // Finds a blob that was damaged since, so that it is written again.
    private async Task<Blob?> Kept(string name, CancellationToken stop) =>
        known.TryGetValue(name, out var blob) && await store.FaultOf(blob, name, stop) is null ? blob : null;

    private string NameOf(byte[] sha256) => cipher?.NameOf(sha256) ?? Convert.ToHexStringLower(sha256);
}
