using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Saudi;

namespace MdcTts.Features.Backups.Storing;

/// <summary>How far a backup, a verification or a drill is.</summary>
/// <param name="Stage">The end of a text key.</param>
public sealed record Progress(string Stage, long Done, long Total)
{
    /// <summary>A stage that counts nothing.</summary>
    public static Progress Of(string stage) => new(stage, Done: 0, Total: 0);
}

/// <summary>What was found out about a backup after it was made.</summary>
public sealed record BackupStatus
{
    public required DateTime At { get; init; }
    public required long Bytes { get; init; }
    public required int Files { get; init; }
    public required bool IsEncrypted { get; init; }
    public string? Uploaded { get; init; }
    public DateTime? VerifiedAt { get; init; }

    /// <summary>What the last verification found wrong first.</summary>
    public BackupFault? Fault { get; init; }

    /// <summary>An admin has asked for its verification.</summary>
    public bool IsAsked { get; init; }

    /// <summary>Verified, and nothing was wrong.</summary>
    public bool IsGood => VerifiedAt is not null && Fault is null;
}

/// <summary>The last restore drill.</summary>
public sealed record Drill(string Name, DateTime BackupAt, DateTime At, double Seconds, BackupFault? Fault);

/// <summary>Why the last backup failed. Gone as soon as one succeeds.</summary>
public sealed record Failure(DateTime At, BackupFault Fault);

/// <summary>
/// The folder of backups: <c>NAME.json</c> is a manifest, <c>blobs</c> holds what manifests name, and <c>*.status</c>
/// holds what was found out since.
/// </summary>
public sealed partial class BackupStore(string folder)
{
    private const string StatusEnd = ".status";

    private Held? _lastGood;

    public string Folder { get; } = Path.GetFullPath(folder);

    private string Blobs => Path.Combine(Folder, "blobs");

    /// <summary>Names of all backups, the newest first.</summary>
    public IReadOnlyList<string> Names() =>
        !Directory.Exists(Folder)
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(Folder, "*.json")
                    .Select(f => Path.GetFileNameWithoutExtension(f))
                    .Where(n => NameRule().IsMatch(n))
                    .OrderDescending(StringComparer.Ordinal),
            ];

    public string? Newest() => Names() is [var newest, ..] ? newest : null;

    /// <summary>A name that nobody has.</summary>
    public string NewName(DateTime at)
    {
        var name = $"mdc-{at:yyyyMMdd'T'HHmmss'Z'}";
        return Enumerable
            .Range(1, 999)
            .Select(i => i == 1 ? name : $"{name}-{i:000}")
            .First(n => !File.Exists(ManifestPath(n)));
    }

    public static bool IsName(string text) => NameRule().IsMatch(text);

    public static bool IsBlob(string text) => BlobRule().IsMatch(text);

    public string ManifestPath(string name) => Path.Combine(Folder, name + ".json");

    public Manifest Read(string name, ManifestSeal seals) =>
        File.Exists(ManifestPath(name))
            ? seals.Read(File.ReadAllBytes(ManifestPath(name)), name)
            : throw new BackupException("backups.fault.none", name);

    /// <summary>Writes the manifest, whole or not at all. The backup exists from then on.</summary>
    public void Keep(string name, byte[] manifest) => Replace(ManifestPath(name), manifest);

    public void Delete(string name)
    {
        File.Delete(ManifestPath(name));
        File.Delete(Path.Combine(Folder, name + StatusEnd));
    }

    public BackupStatus? Status(string name) => ReadJson<BackupStatus>(name + StatusEnd);

    public void Keep(string name, BackupStatus status) =>
        Replace(Path.Combine(Folder, name + StatusEnd), JsonSerializer.SerializeToUtf8Bytes(status));

    public Drill? LastDrill() => ReadJson<Drill>("drill" + StatusEnd);

    public void Keep(Drill drill) =>
        Replace(Path.Combine(Folder, "drill" + StatusEnd), JsonSerializer.SerializeToUtf8Bytes(drill));

    public Failure? LastFailure() => ReadJson<Failure>("failure" + StatusEnd);

    /// <param name="failure">Null when the last backup succeeded.</param>
    public void Keep(Failure? failure)
    {
        var path = Path.Combine(Folder, "failure" + StatusEnd);
        if (failure is null)
            File.Delete(path);
        else
            Replace(path, JsonSerializer.SerializeToUtf8Bytes(failure));
    }

    /// <summary>
    /// When the newest good backup was made. Every page's navigation asks, so the answer is kept in memory as long as
    /// nothing in the folder changes.
    /// </summary>
    public DateTime? LastGood()
    {
        var changed = Directory.GetLastWriteTimeUtc(Folder);
        if (Volatile.Read(ref _lastGood) is { } held && held.Changed == changed)
            return held.Good;
        var good = Names().Select(Status).FirstOrDefault(s => s is { IsGood: true })?.At;
        // Not kept too soon: a second change within the same tick of the file system's clock would not be seen.
        if (TimeProvider.System.Instant() - changed > TimeSpan.FromSeconds(1))
            Volatile.Write(ref _lastGood, new(changed, good));
        return good;
    }

    public string BlobPath(string name) => Path.Combine(Blobs, name[..2], name);

    public FileStream OpenBlob(Blob blob) =>
        new(
            BlobPath(blob.Name),
            FileMode.Open,
            FileAccess.Read,
            FileShare.Read,
            81_920,
            FileOptions.Asynchronous | FileOptions.SequentialScan
        );

    /// <summary>Where a blob is written before its name is known.</summary>
    public FileStream NewBlob()
    {
        MakeFolder(Blobs);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
            BufferSize = 81_920,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(Path.Combine(Blobs, $"{Guid.NewGuid():N}.tmp"), options);
    }

    /// <summary>Gives finished bytes their name.</summary>
    public void Keep(string unfinished, Blob blob)
    {
        MakeFolder(Path.GetDirectoryName(BlobPath(blob.Name))!);
        File.Move(unfinished, BlobPath(blob.Name), overwrite: true);
    }

    /// <summary>What is wrong with the stored bytes; null when they are what the manifest says.</summary>
    public async Task<BackupFault?> FaultOf(Blob blob, string what, CancellationToken stop)
    {
        var file = new FileInfo(BlobPath(blob.Name));
        if (!file.Exists)
            return new("backups.fault.missing", [what]);
        if (file.Length != blob.Length)
            return new("backups.fault.length", [what]);
        await using var bytes = OpenBlob(blob);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, stop)) == blob.Sha256
            ? null
            : new("backups.fault.changed", [what]);
    }

    /// <summary>Names of all blobs, and of the unfinished files that a killed process left behind.</summary>
    public IEnumerable<string> AllBlobs() =>
        !Directory.Exists(Blobs)
            ? []
            : Directory
                .EnumerateFiles(Blobs, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetFileName(f))
                .Where(n => BlobRule().IsMatch(n));

    public void DeleteBlob(string name) =>
        File.Delete(name.EndsWith(".tmp", StringComparison.Ordinal) ? Path.Combine(Blobs, name) : BlobPath(name));

    /// <summary>Locks the folder for this process; null when another has it.</summary>
    public FileStream? TryLock()
    {
        MakeFolder(Folder);
        try
        {
            return new FileStream(
                Path.Combine(Folder, "lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The progress of the process that holds the lock; null when none does.</summary>
    public Progress? Underway()
    {
        if (!File.Exists(Path.Combine(Folder, "lock")))
            return null;
        using var free = TryLock();
        return free is null ? ReadJson<Progress>("progress" + StatusEnd) ?? Progress.Of("starting") : null;
    }

    public void Report(Progress progress) =>
        Replace(Path.Combine(Folder, "progress" + StatusEnd), JsonSerializer.SerializeToUtf8Bytes(progress));

    private sealed record Held(DateTime Changed, DateTime? Good);

    private T? ReadJson<T>(string file)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(Path.Combine(Folder, file)));
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    private void Replace(string path, byte[] bytes)
    {
        MakeFolder(Folder);
        var unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
        using (var file = new FileStream(unfinished, FileMode.CreateNew))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Makes a folder that only this account may open.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [GeneratedRegex(@"^mdc-\d{8}T\d{6}Z(-\d{3})?$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex NameRule();

    [GeneratedRegex(@"^([0-9a-f]{64}|[0-9a-f]{32}\.tmp)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex BlobRule();
}
