using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Files;

/// <summary>Which files a person may know of and have. Every list and every path to bytes starts here.</summary>
public static class FileQueries
{
    /// <summary>
    /// Staff: those of the transactions that they see. Clients: nothing, unless the firm shows them files; then those
    /// that staff marked for them and the scanner found clean. Deleted ones nobody.
    /// </summary>
    public static IQueryable<Attachment> VisibleTo(
        this IQueryable<Attachment> files,
        AppDb db,
        CurrentUser user,
        FirmSettings settings
    )
    {
        var reachable = files.Where(a =>
            a.DeletedAt == null && db.Transactions.VisibleTo(user).Any(t => t.Id == a.TransactionId)
        );
        if (user.IsStaff)
            return reachable;
        return settings.ClientsSeeFiles
            ? reachable.Where(a => a.Visibility == FileVisibility.Client && a.Content.Scan == ScanState.Clean)
            : files.Where(_ => false);
    }

    /// <summary>One that staff may change, with its transaction.</summary>
    /// <returns>Not found where they do not see it, forbidden where they see it and nothing more.</returns>
    public static async Task<Result<Attachment>> FindToChange(
        this AppDb db,
        int id,
        CurrentUser user,
        int? version,
        bool isDeleted,
        CancellationToken stop
    )
    {
        var found = await db
            .Attachments.Include(a => a.Transaction)
            .Include(a => a.Content)
            .Where(a => a.Id == id && (a.DeletedAt != null) == isDeleted)
            .Where(a => db.Transactions.VisibleTo(user).Any(t => t.Id == a.TransactionId))
            .SingleOrDefaultAsync(stop);
        if (found is null || !user.IsStaff)
            return Problem.NotFound();
        if (!user.MayChange(found.Transaction.AssigneeId, found.Transaction.CreatedById))
            return Problem.Forbidden("problem.not_yours");
        return version is null || version == found.Version
            ? found
            : new Problem(ProblemKind.PreconditionFailed, "problem.version_mismatch", found.Version);
    }

    /// <summary>Whether this person may have the bytes of a file that they see.</summary>
    /// <param name="hasScanner">A scanner is set up.</param>
    public static bool MayHave(
        this CurrentUser user,
        ScanState scan,
        int uploadedById,
        FirmSettings settings,
        bool hasScanner
    )
    {
        if (scan is ScanState.Clean)
            return true;
        if (scan is ScanState.Infected || !user.IsStaff)
            return false;
        return settings.UncleanFilesFor switch
        {
            UncleanFiles.Nobody => false,
            UncleanFiles.Uploader => user.IsAdmin || user.Id == uploadedById,
            UncleanFiles.Staff => true,
            _ => !hasScanner || user.IsAdmin,
        };
    }
}
