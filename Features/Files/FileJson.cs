using MdcTts.Features.Files.Kinds;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Files;

/// <summary>A file as it is read for the page and the API.</summary>
public sealed record FileRow(
    int Id,
    string Transaction,
    string FileName,
    string Kind,
    long Size,
    string Sha256,
    FileVisibility Visibility,
    string? Description,
    ScanState Scan,
    string? Finding,
    int UploadedById,
    string UploadedBy,
    DateTime UploadedAt,
    DateTime? DeletedAt,
    int Version
);

/// <summary>Reading <see cref="FileRow"/>.</summary>
public static class FileRows
{
    public static IQueryable<FileRow> AsRows(this IQueryable<Attachment> files) =>
        files.Select(a => new FileRow(
            a.Id,
            a.Transaction.Number,
            a.FileName,
            a.Content.Kind,
            a.Content.Size,
            a.Content.Sha256,
            a.Visibility,
            a.Description,
            a.Content.Scan,
            a.Content.Finding,
            a.UploadedById,
            PersonName.Shown(a.UploadedBy.FullName, a.UploadedBy.NameAr),
            a.UploadedAt,
            a.DeletedAt,
            a.Version
        ));
}

/// <summary>A file as the API answers it.</summary>
public sealed record FileJson(
    string Id,
    string Transaction,
    string FileName,
    string ContentType,
    long Size,
    string Sha256,
    string Visibility,
    string? Description,
    string Scan,
    string? ScanFinding,
    FileJson.Person? UploadedBy,
    DateTime UploadedAt,
    string ContentUrl,
    int Version
)
{
    public sealed record Person(string Id, string Name);

    /// <param name="isOutside">A client's person reads no names of staff.</param>
    public static FileJson Of(FileRow row, bool isOutside) =>
        new(
            row.Id.ToString(),
            row.Transaction,
            row.FileName,
            FileKinds.Of(row.Kind).ContentType,
            row.Size,
            row.Sha256,
            Keys.Of(row.Visibility),
            row.Description,
            Keys.Of(row.Scan),
            row.Finding,
            isOutside ? null : new(row.UploadedById.ToString(), row.UploadedBy),
            row.UploadedAt,
            RouteGroups.Api + FileRoutes.Content(row.Id),
            row.Version
        );
}
