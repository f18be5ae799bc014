using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Codes;

/// <summary>A label of 90 × 48 mm for the paper file: both numbers, title, client and QR.</summary>
public sealed class ShowLabel(AppDb db, CurrentUser user)
{
    public sealed record Row(
        string Number,
        string? Reference,
        string Title,
        string? ClientEn,
        string? ClientAr,
        string TrackingToken
    );

    public sealed record View(Row Row, QrImage Qr);

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/{number}/label", Page).RequireAuthorization(Policies.SignedIn);

    public async Task<Result<Row>> Handle(string number, CancellationToken stop) =>
        await db
            .Transactions.Numbered(number, user)
            .Select(t => new Row(
                t.Number,
                t.ReferenceNumber,
                t.Title,
                t.Client.NameEn,
                t.Client.NameAr,
                t.TrackingToken
            ))
            .SingleOrDefaultAsync(stop)
            is { } row
            ? row
            : Problem.NotFound();

    private static async Task<IResult> Page(
        string number,
        TrackingLinks links,
        ShowLabel useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(number, stop)).Match(
            row => LabelPage.Create(new(row, QrImage.Of(links.For(row.TrackingToken)))),
            http.HtmlProblem
        );
}
