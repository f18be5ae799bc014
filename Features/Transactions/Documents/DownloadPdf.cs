using System.Text.Encodings.Web;
using MdcTts.Features.Audit;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace MdcTts.Features.Transactions.Documents;

/// <summary>The PDF of one transaction in the reader's language: the client's download, and the staff's internal copy.</summary>
/// <remarks>A client's has the public part only: status moves and their public notes. Staff have the whole timeline, except comments, which stay on the screen.</remarks>
public static class DownloadPdf
{
    /// <summary>A line of the timeline; the note only where this reader may have it.</summary>
    public sealed record Line(
        HistoryKind Kind,
        DateTime At,
        string? By,
        string? ToStatus,
        string? Note,
        bool IsInternal,
        IReadOnlyList<FieldChange> Changes
    );

    public sealed record View(
        TransactionFacts Facts,
        IReadOnlyList<Line> Lines,
        QrImage Qr,
        string Link,
        CatalogueEntries Catalogue,
        CurrentUser Reader,
        DateTime Now,
        Microsoft.AspNetCore.Html.HtmlString Style,
        Brand Brand
    );

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/{number}/pdf", Send).RequireAuthorization(Policies.SignedIn).Limited(RateLimits.Bulk);

    /// <summary>What the sheet says.</summary>
    public static async Task<Result<(TransactionFacts Facts, IReadOnlyList<Line> Lines)>> Handle(
        string number,
        AppDb db,
        CurrentUser user,
        CancellationToken stop
    )
    {
        if (await db.Transactions.FactsOf(number, user, stop) is not { } facts)
            return Problem.NotFound();

        var history = await db
            .History.Where(h =>
                h.TransactionId == facts.Id
                && h.Kind != HistoryKind.Comment
                && (user.IsStaff || (h.Kind == HistoryKind.Status && h.ToMeaning != Meaning.Draft))
            )
            .OrderByDescending(h => h.Id)
            .Select(h => new
            {
                h.Kind,
                h.At,
                By = h.By.FullName,
                h.ToStatus,
                h.Text,
                h.Visibility,
                h.Changes,
            })
            .ToListAsync(stop);
        return (
            facts,
            [
                .. history.Select(h =>
                {
                    var isInternal = h.Visibility == NoteVisibility.Internal;
                    return new Line(
                        h.Kind,
                        h.At,
                        user.IsStaff ? h.By : null,
                        h.ToStatus,
                        user.IsStaff || !isInternal ? h.Text : null,
                        isInternal && h.Text is not null,
                        user.IsStaff && h.Changes is not null ? h.Changes : []
                    );
                }),
            ]
        );
    }

    private static async Task<IResult> Send(
        string number,
        AppDb db,
        CurrentUser user,
        CatalogueCache catalogues,
        TrackingLinks links,
        PdfPrinter printer,
        PrintStyle style,
        HtmlEncoder encoder,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await Handle(number, db, user, stop)).Ok(out var found, out var problem))
            return http.Problem(problem);

        var now = clock.Instant();
        var link = links.For(found.Facts.TrackingToken);
        using var sheet = TransactionSheet.Create(
            new(
                found.Facts,
                found.Lines,
                QrImage.Of(link),
                link,
                await catalogues.Get(stop),
                user,
                now,
                style.Element,
                Brand.Of(http)
            )
        );
        using var html = new StringWriter();
        await sheet.RenderAsync(html, encoder, stop);
        if (!(await printer.Print(html.ToString(), stop)).Ok(out var pdf, out problem))
            return http.Problem(problem);

        db.Audit.Add(AuditLog.By(user, "transaction.downloaded", "transaction", number, now, new { format = "pdf" }));
        await db.SaveChangesAsync(stop);
        var name = new ContentDispositionHeaderValue("attachment");
        name.SetHttpFileName(FileName(found.Facts));
        http.Response.Headers.ContentDisposition = name.ToString();
        return TypedResults.Bytes(pdf, "application/pdf");
    }

    /// <summary>The reference number first here too; what no file system takes becomes a hyphen.</summary>
    internal static string FileName(TransactionFacts facts)
    {
        var name = facts.ReferenceNumber is null ? facts.Number : $"{facts.ReferenceNumber} {facts.Number}";
        return string.Concat(
                    name.Select(c =>
                        char.IsControl(c)
                        || "/\\:*?\"<>|%;".Contains(c)
                        || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format
                            ? '-'
                            : c
                    )
                )
                .TrimStart('.', '-', ' ') + ".pdf";
    }
}
