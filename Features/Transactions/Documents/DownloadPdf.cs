using System.Text.Encodings.Web;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.Net.Http.Headers;

namespace MdcTts.Features.Transactions.Documents;

/// <summary>
/// The PDF of one transaction in the reader's language: the client's download, and the staff's internal copy.
/// </summary>
/// <remarks>
/// A client's has the public part only: status moves and their public notes. Staff have the whole timeline, except
/// comments, which stay on the screen.
/// </remarks>
public sealed class DownloadPdf(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    Timeline timeline,
    TrackingLinks links,
    PdfPrinter printer,
    PrintStyle style,
    HtmlEncoder encoder,
    TimeProvider clock
)
{
    public sealed record View(
        TransactionFacts Facts,
        IReadOnlyList<Timeline.Line> Lines,
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

    /// <summary>The facts and the lines of the sheet.</summary>
    public sealed record Sheet(TransactionFacts Facts, IReadOnlyList<Timeline.Line> Lines);

    public async Task<Result<Sheet>> Handle(string number, CancellationToken stop)
    {
        if (await db.Transactions.FactsOf(number, user, stop) is not { } facts)
            return Problem.NotFound();
        var lines = await timeline.ForDocument(facts.Id, stop);
        // A client's sheet tells how the status moved.
        return new Sheet(facts, user.IsStaff ? lines : lines.FindAll(l => l.Kind == HistoryKind.Status));
    }

    private async Task<Result<byte[]>> Print(Sheet sheet, Brand brand, CancellationToken stop)
    {
        var link = links.For(sheet.Facts.TrackingToken);
        var view = new View(
            sheet.Facts,
            sheet.Lines,
            QrImage.Of(link),
            link,
            await catalogues.Get(stop),
            user,
            clock.Instant(),
            style.Element,
            brand
        );
        using var slice = TransactionSheet.Create(view);
        using var html = new StringWriter();
        await slice.RenderAsync(html, encoder, stop);
        return await printer.Print(html.ToString(), user.Id, stop);
    }

    private async Task Note(string number, CancellationToken stop)
    {
        db.Audit.Add(
            AuditLog.By(user, "transaction.downloaded", "transaction", number, clock.Instant(), new { format = "pdf" })
        );
        await db.SaveChangesAsync(stop);
    }

    private static async Task<IResult> Send(
        string number,
        DownloadPdf useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(number, stop)).Ok(out var sheet, out var problem))
            return http.Problem(problem);
        if (!(await useCase.Print(sheet, Brand.Of(http), stop)).Ok(out var pdf, out problem))
            return http.Problem(problem);

        await useCase.Note(number, stop);
        var name = new ContentDispositionHeaderValue("attachment");
        name.SetHttpFileName(FileName(sheet.Facts));
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
