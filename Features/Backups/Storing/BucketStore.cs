using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Backups.Storing;

/// <summary>
/// The same backups in a bucket, under <c>backups/</c>. Each upload is read back and compared. The manifest comes last,
/// so a manifest in the bucket has all its blobs.
/// </summary>
public sealed class BucketStore(BucketSettings settings) : IDisposable
{
    private const string Root = "backups/";
    private const string Hash = "sha256";

    // Larger files are uploaded in parts; S3 allows 10,000.
    private const long Part = 16 * 1024 * 1024;
    private const int PartsMax = 9_000;

    private readonly AmazonS3Client _client = settings.AccessKey is { } key
        ? new(new BasicAWSCredentials(key, settings.SecretKey), Config(settings))
        : new(Config(settings));

    public void Dispose() => _client.Dispose();

    /// <summary>Uploads a backup of the folder and answers where it is.</summary>
    /// <exception cref="BackupException">Something is not there as it should be.</exception>
    public Task<string> Upload(
        Manifest manifest,
        BackupStore store,
        Action<Progress> progress,
        CancellationToken stop
    ) =>
        Guarded(async () =>
        {
            var blobs = manifest.Blobs.ToList();
            for (var i = 0; i < blobs.Count; i++)
            {
                progress(new("uploading", i, blobs.Count));
                await Put(
                    BlobKey(blobs[i].Name),
                    store.BlobPath(blobs[i].Name),
                    blobs[i].Length,
                    blobs[i].Sha256,
                    stop
                );
            }

            var path = store.ManifestPath(manifest.Name);
            var bytes = await File.ReadAllBytesAsync(path, stop);
            await Put(
                ManifestKey(manifest.Name),
                path,
                bytes.Length,
                Convert.ToHexStringLower(SHA256.HashData(bytes)),
                stop
            );
            return $"s3://{settings.Name}/{ManifestKey(manifest.Name)}";
        });

    /// <summary>Downloads what the folder lacks of a backup, and what is damaged there.</summary>
    public Task Fetch(string name, BackupStore store, ManifestSeal seals, CancellationToken stop) =>
        Guarded(async () =>
        {
            var bytes = await Manifest(name, stop);
            foreach (var blob in seals.Read(bytes, name).Blobs)
            {
                if (await store.FaultOf(blob, blob.Name, stop) is null)
                    continue;
                var file = store.NewBlob();
                await using (file)
                {
                    using var answer = await _client.GetObjectAsync(settings.Name, BlobKey(blob.Name), stop);
                    await answer.ResponseStream.CopyToAsync(file, stop);
                }

                store.Keep(file.Name, blob);
                if (await store.FaultOf(blob, blob.Name, stop) is { } fault)
                    throw new BackupException(fault.Key, [.. fault.Args]);
            }

            store.Keep(name, bytes);
            return true;
        });

    public Task<IReadOnlyList<string>> Names(CancellationToken stop) =>
        Guarded<IReadOnlyList<string>>(async () =>
            [
                .. (await Keys(Root, stop))
                    .Select(k => Path.GetFileNameWithoutExtension(k[Root.Length..]))
                    .Where(BackupStore.IsName),
            ]
        );

    public Task<byte[]> Manifest(string name, CancellationToken stop) =>
        Guarded(async () =>
        {
            using var answer = await _client.GetObjectAsync(settings.Name, ManifestKey(name), stop);
            using var bytes = new MemoryStream();
            await answer.ResponseStream.CopyToAsync(bytes, stop);
            return bytes.ToArray();
        });

    /// <summary>Removes the manifests, then every blob of ours that is not among <paramref name="kept"/>.</summary>
    public Task Prune(IEnumerable<string> names, IReadOnlySet<string> kept, CancellationToken stop) =>
        Guarded(async () =>
        {
            foreach (var name in names)
                await _client.DeleteObjectAsync(settings.Name, ManifestKey(name), stop);
            foreach (var key in await Keys(Root + "blobs/", stop))
                if (BackupStore.IsBlob(Path.GetFileName(key)) && !kept.Contains(Path.GetFileName(key)))
                    await _client.DeleteObjectAsync(settings.Name, key, stop);
            return true;
        });

    private async Task Put(string key, string path, long length, string sha256, CancellationToken stop)
    {
        if (await IsThere(key, length, sha256, stop))
            return;
        if (length > Part)
            await PutParts(key, path, length, sha256, stop);
        else
        {
            // Some stores other than Amazon's store the frames of a chunked body as content.
            var request = new PutObjectRequest
            {
                BucketName = settings.Name,
                Key = key,
                FilePath = path,
                ContentType = "application/octet-stream",
                UseChunkEncoding = false,
            };
            request.Metadata.Add(Hash, sha256);
            await _client.PutObjectAsync(request, stop);
        }

        if (await ComesBack(key, sha256, stop))
            return;
        await _client.DeleteObjectAsync(settings.Name, key, stop);
        throw new BackupException("backups.fault.upload", key);
    }

    private async Task PutParts(string key, string path, long length, string sha256, CancellationToken stop)
    {
        var begin = new InitiateMultipartUploadRequest
        {
            BucketName = settings.Name,
            Key = key,
            ContentType = "application/octet-stream",
        };
        begin.Metadata.Add(Hash, sha256);
        var upload = (await _client.InitiateMultipartUploadAsync(begin, stop)).UploadId;
        try
        {
            var size = Math.Max(Part, length / PartsMax);
            var parts = new List<PartETag>();
            for (var from = 0L; from < length; from += size)
            {
                var part = new UploadPartRequest
                {
                    BucketName = settings.Name,
                    Key = key,
                    UploadId = upload,
                    PartNumber = parts.Count + 1,
                    FilePath = path,
                    FilePosition = from,
                    PartSize = Math.Min(size, length - from),
                    UseChunkEncoding = false,
                };
                parts.Add(new(parts.Count + 1, (await _client.UploadPartAsync(part, stop)).ETag));
            }

            await _client.CompleteMultipartUploadAsync(
                new()
                {
                    BucketName = settings.Name,
                    Key = key,
                    UploadId = upload,
                    PartETags = parts,
                },
                stop
            );
        }
        catch
        {
            // The parts of an unfinished upload would cost money until somebody removes them.
            await _client.AbortMultipartUploadAsync(settings.Name, key, upload, CancellationToken.None);
            throw;
        }
    }

    // Not every store reports a checksum that can be trusted, so this reads the object back.
    private async Task<bool> ComesBack(string key, string sha256, CancellationToken stop)
    {
        try
        {
            using var answer = await _client.GetObjectAsync(settings.Name, key, stop);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(answer.ResponseStream, stop)) == sha256;
        }
        catch (AmazonClientException)
        {
            // The client compares checksums too, where the store reports one.
            return false;
        }
    }

    // Needs no reading back: an object that failed the comparison after its upload was deleted.
    private async Task<bool> IsThere(string key, long length, string sha256, CancellationToken stop)
    {
        try
        {
            var answer = await _client.GetObjectMetadataAsync(settings.Name, key, stop);
            return answer.ContentLength == length && answer.Metadata[Hash] == sha256;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private async Task<List<string>> Keys(string prefix, CancellationToken stop)
    {
        var keys = new List<string>();
        var request = new ListObjectsV2Request { BucketName = settings.Name, Prefix = prefix };
        ListObjectsV2Response answer;
        do
        {
            answer = await _client.ListObjectsV2Async(request, stop);
            keys.AddRange((answer.S3Objects ?? []).Select(o => o.Key));
            request.ContinuationToken = answer.NextContinuationToken;
        } while (answer.IsTruncated == true);
        return keys;
    }

    private async Task<T> Guarded<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException)
        {
            throw new BackupException("backups.fault.bucket", settings.Name, e.Message);
        }
    }

    // Some stores other than Amazon's do not support the newer checksums.
    private static AmazonS3Config Config(BucketSettings settings)
    {
        var config = new AmazonS3Config
        {
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            Timeout = TimeSpan.FromMinutes(10),
            MaxErrorRetry = 3,
            AllowAutoRedirect = false,
        };
        if (settings.Endpoint is null)
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(settings.Region);
        else
        {
            config.ServiceURL = settings.Endpoint;
            config.ForcePathStyle = true;
            config.AuthenticationRegion = settings.Region;
        }

        return config;
    }

    private static string ManifestKey(string name) => $"{Root}{name}.json";

    private static string BlobKey(string name) => $"{Root}blobs/{name[..2]}/{name}";
}
