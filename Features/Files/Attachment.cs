using MdcTts.Features.Accounts;
using MdcTts.Features.Transactions;

namespace MdcTts.Features.Files;

/// <summary>Who may have a file.</summary>
public enum FileVisibility
{
    /// <summary>Staff alone.</summary>
    Internal,

    /// <summary>Also the client's people, where the firm shows them files at all.</summary>
    Client,
}

/// <summary>A file on a transaction (مرفق): a name and facts of its own, and bytes that others may share.</summary>
public sealed class Attachment
{
    public const int FileNameMaxLength = 200;
    public const int DescriptionMaxLength = 1000;

    /// <summary>How long a deleted one can be taken back.</summary>
    public static readonly TimeSpan KeptWhenDeleted = TimeSpan.FromDays(30);

    public int Id { get; private set; }
    public int TransactionId { get; init; }
    public Transaction Transaction { get; private set; } = null!;
    public required string FileName { get; set; }
    public int ContentId { get; private set; }
    public required FileContent Content { get; init; }
    public FileVisibility Visibility { get; set; }
    public string? Description { get; set; }
    public int UploadedById { get; init; }
    public User UploadedBy { get; private set; } = null!;
    public DateTime UploadedAt { get; init; }
    public DateTime? DeletedAt { get; private set; }
    public int? DeletedById { get; private set; }

    /// <summary>Grows with every change: the ETag.</summary>
    public int Version { get; private set; } = 1;

    public void Changed() => Version++;

    public void Delete(int byId, DateTime at)
    {
        (DeletedAt, DeletedById) = (at, byId);
        Version++;
    }

    public void Restore()
    {
        (DeletedAt, DeletedById) = (null, null);
        Version++;
    }
}
