using System.Security.Cryptography;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// The kept copies of uploaded registers, under DATA_DIR/imports. Their names are random: what a person calls a file
/// never becomes a path.
/// </summary>
public sealed class ImportFiles(AppSettings settings)
{
    private readonly string _folder = Path.Combine(settings.DataDir, "imports");

    /// <summary>
    /// Keeps a copy and answers its name and its hash; null when there are more bytes than a register may have, which
    /// is found out while reading.
    /// </summary>
    public async Task<(string Name, string Hash)?> Keep(Stream upload, CancellationToken stop)
    {
        Directory.CreateDirectory(_folder);
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var path = Path.Combine(_folder, name);
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
            var buffer = new byte[81_920];
            long length = 0;
            int read;
            while ((read = await upload.ReadAsync(buffer, stop)) > 0)
            {
                length += read;
                if (length > RegisterFile.MaxBytes)
                    break;
                hash.AppendData(buffer, 0, read);
                await copy.WriteAsync(buffer.AsMemory(0, read), stop);
            }

            if (length <= RegisterFile.MaxBytes)
                return (name, Convert.ToHexStringLower(hash.GetHashAndReset()));
        }
        catch
        {
            File.Delete(path);
            throw;
        }

        File.Delete(path);
        return null;
    }

    public bool Has(string name) => name.Length > 0 && File.Exists(Path.Combine(_folder, name));

    public Stream Open(string name) => File.OpenRead(Path.Combine(_folder, name));

    public Task<byte[]> Read(string name, CancellationToken stop) =>
        File.ReadAllBytesAsync(Path.Combine(_folder, name), stop);

    public void Delete(string name)
    {
        if (name.Length > 0)
            File.Delete(Path.Combine(_folder, name));
    }

    /// <summary>Names of copies that were last written before an instant.</summary>
    public IEnumerable<string> OlderThan(DateTime at) =>
        !Directory.Exists(_folder)
            ? []
            : Directory
                .EnumerateFiles(_folder)
                .Where(path => File.GetLastWriteTimeUtc(path) < at)
                .Select(path => Path.GetFileName(path));
}
