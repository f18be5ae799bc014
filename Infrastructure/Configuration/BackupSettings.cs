namespace MdcTts.Infrastructure.Configuration;

/// <summary>Where backups go and how they are protected, from the environment.</summary>
public sealed class BackupSettings
{
    private const int PassphraseMinLength = 12;

    internal BackupSettings(Func<string, string?> read, string dataDir)
    {
        Folder = Path.GetFullPath(read("BACKUP_DIR") ?? Path.Combine(dataDir, "backups"));
        Passphrase = read("BACKUP_PASSPHRASE");
        if (Passphrase is { Length: < PassphraseMinLength })
            throw new SettingsException($"BACKUP_PASSPHRASE must have at least {PassphraseMinLength} characters.");
        DrillUrl = read("DRILL_DATABASE_URL");
        Bucket = read("AWS_STORAGE_BUCKET_NAME") is { } bucket ? new(bucket, read) : null;
    }

    /// <summary>The folder that all backups share.</summary>
    public string Folder { get; }

    /// <summary>Null: backups are not encrypted.</summary>
    public string? Passphrase { get; }

    /// <summary>
    /// DRILL_DATABASE_URL: a role of the same server that may make databases, for the restore drill on PostgreSQL.
    /// Null: the role of DATABASE_URL.
    /// </summary>
    public string? DrillUrl { get; }

    /// <summary>Null: backups stay in the folder.</summary>
    public BucketSettings? Bucket { get; }
}

/// <summary>A bucket of S3 or a compatible store.</summary>
public sealed class BucketSettings
{
    internal BucketSettings(string name, Func<string, string?> read)
    {
        Name = name;
        AccessKey = read("AWS_ACCESS_KEY_ID");
        SecretKey = read("AWS_SECRET_ACCESS_KEY");
        Endpoint = read("AWS_S3_ENDPOINT_URL");
        Region = read("AWS_REGION") ?? "us-east-1";
        if (AccessKey is null != SecretKey is null)
            throw new SettingsException(
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together; one of them is missing."
            );
        if (
            Endpoint is not null
            && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        )
            throw new SettingsException("AWS_S3_ENDPOINT_URL must be an absolute http or https address.");
    }

    public string Name { get; }

    /// <summary>Null: the machine's own role.</summary>
    public string? AccessKey { get; }

    public string? SecretKey { get; }

    /// <summary>Null: Amazon's.</summary>
    public string? Endpoint { get; }

    public string Region { get; }
}
