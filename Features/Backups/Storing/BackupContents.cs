using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Backups.Storing;

/// <summary>Opens the contents of a backup. Derives the key once for all of them, because that is slow.</summary>
public sealed class BackupContents(Manifest manifest, BackupStore store, AppSettings settings)
{
    private readonly Lazy<BackupCipher> _cipher = new(() =>
        new(settings.Backups.Passphrase ?? throw new BackupException("backups.fault.no_passphrase"))
    );

    /// <summary>The content of a blob, decrypted where the backup is encrypted.</summary>
    public Stream Open(Blob blob)
    {
        var file = store.OpenBlob(blob);
        if (!manifest.IsEncrypted)
            return file;
        try
        {
            return _cipher.Value.Decrypt(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
