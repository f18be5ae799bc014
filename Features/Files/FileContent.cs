namespace MdcTts.Features.Files;

/// <summary>What is known of the bytes from the scanner.</summary>
public enum ScanState
{
    /// <summary>There was no scanner when they came.</summary>
    NotScanned,

    /// <summary>The scanner has not answered yet.</summary>
    Pending,

    /// <summary>The scanner found nothing.</summary>
    Clean,

    /// <summary>The scanner found something: nobody gets these bytes any more.</summary>
    Infected,
}

/// <summary>The bytes of one or several attachments, kept once under their SHA-256.</summary>
public sealed class FileContent
{
    public const int FindingMaxLength = 200;

    public int Id { get; private set; }

    /// <summary>64 hexadecimal digits, in small letters; unique.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>A key of <see cref="Kinds.FileKinds"/>.</summary>
    public required string Kind { get; init; }
    public ScanState Scan { get; private set; }

    /// <summary>What the scanner calls it; null unless infected.</summary>
    public string? Finding { get; private set; }
    public DateTime? ScannedAt { get; private set; }

    /// <summary>While it waits: when the scanner is asked again.</summary>
    public DateTime? ScanAfter { get; private set; }
    public DateTime CreatedAt { get; init; }

    /// <summary>Has it looked at by the scanner, from then on.</summary>
    public void AwaitScan(DateTime from) => (Scan, ScanAfter) = (ScanState.Pending, from);

    /// <summary>Keeps what the scanner said.</summary>
    /// <param name="finding">What it found; null: nothing.</param>
    public void Scanned(string? finding, DateTime at)
    {
        Scan = finding is null ? ScanState.Clean : ScanState.Infected;
        Finding = finding is { Length: > FindingMaxLength } ? finding[..FindingMaxLength] : finding;
        ScannedAt = at;
        ScanAfter = null;
    }
}
