using System.Security.Cryptography;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Files;

/// <summary>
/// The bytes of files under DATA_DIR/files, each under its SHA-256: equal bytes are kept once, and what was kept is
/// never changed.
/// </summary>
public sealed class FileStore(AppSettings settings, TimeProvider clock)
{
    private const int BufferBytes = 128 * 1024;

    private readonly string _folder = Path.Combine(settings.DataDir, "files");

    /// <summary>Bytes that have come and are not kept yet: dispose of it, and what was not kept is gone.</summary>
    public sealed class Incoming(string path, string sha256, long size) : IDisposable
    {
        internal string Path { get; } = path;

        public string Sha256 { get; } = sha256;

        /// <summary>Bytes.</summary>
        public long Size { get; } = size;

        public Stream Open() => File.OpenRead(Path);

        public void Dispose() => File.Delete(Path);
    }

    /// <summary>Writes an upload to the disk; null when there are more bytes than allowed.</summary>
    /// <param name="max">Bytes.</param>
    /// <exception cref="IOException">The disk is full, or the sender is gone. Nothing of it stays.</exception>
    public async Task<Incoming?> Receive(Stream upload, long max, CancellationToken stop)
    {
        Directory.CreateDirectory(_folder);
        var path = Path.Combine(_folder, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) + ".tmp");
        try
        {
            await using var copy = new FileStream(
                path,
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.None,
                bufferSize: 1,
                FileOptions.Asynchronous
            );
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[BufferBytes];
            long size = 0;
            int read;
            while ((read = await upload.ReadAsync(buffer, stop)) > 0)
            {
                size += read;
                if (size > max)
                    break;
                hash.AppendData(buffer, 0, read);
                await copy.WriteAsync(buffer.AsMemory(0, read), stop);
            }

            if (size <= max)
            {
                copy.Flush(flushToDisk: true);
                return new(path, Convert.ToHexStringLower(hash.GetHashAndReset()), size);
            }
        }
        catch
        {
            File.Delete(path);
            throw;
        }

        File.Delete(path);
        return null;
    }

    /// <summary>Gives received bytes their lasting place; after this their row may be written.</summary>
    public void Keep(Incoming incoming)
    {
        var path = PathOf(incoming.Sha256);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path))
            // The sweep leaves what is younger than a day, so also what is wanted again.
            File.SetLastWriteTimeUtc(path, clock.GetUtcNow().UtcDateTime);
        else
            File.Move(incoming.Path, path, overwrite: true);
    }

    /// <summary>Opens kept bytes; null when they are missing.</summary>
    public FileStream? Open(string sha256)
    {
        try
        {
            return new(
                PathOf(sha256),
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read | FileShare.Delete,
                bufferSize: 1,
                FileOptions.Asynchronous
            );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The hashes of what was kept before an instant; unfinished uploads of that age are deleted.</summary>
    public IEnumerable<string> OlderThan(DateTime at)
    {
        if (!Directory.Exists(_folder))
            yield break;
        foreach (var path in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
        {
            if (File.GetLastWriteTimeUtc(path) >= at)
                continue;
            if (path.EndsWith(".tmp", StringComparison.Ordinal))
                File.Delete(path);
            else
                yield return Path.GetFileName(path);
        }
    }

    public void Delete(string sha256) => File.Delete(PathOf(sha256));

    private string PathOf(string sha256) => Path.Combine(_folder, sha256[..2], sha256);
}
