using System.Globalization;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Codes;

/// <summary>The QR of a transaction's tracking link, as SVG or PNG, for people who may see the transaction.</summary>
public sealed class ShowQr(AppDb db, CurrentUser user)
{
    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        foreach (var face in new[] { pages, api })
        {
            face.MapGet("/{number}/qr.svg", Svg)
                .RequireAuthorization(Policies.SignedIn)
                .WithSummary("QR of the tracking link as SVG")
                .Produces(StatusCodes.Status200OK, contentType: "image/svg+xml")
                .ProducesProblem(StatusCodes.Status404NotFound);
            face.MapGet("/{number}/qr.png", Png)
                .RequireAuthorization(Policies.SignedIn)
                .WithSummary("QR of the tracking link as PNG, size 100 to 1000 pixels")
                .Produces(StatusCodes.Status200OK, contentType: "image/png")
                .ProducesProblem(StatusCodes.Status404NotFound);
        }
    }

    /// <summary>The secret of the link.</summary>
    public async Task<Result<string>> Handle(string number, CancellationToken stop) =>
        await db.Transactions.Numbered(number, user).Select(t => t.TrackingToken).SingleOrDefaultAsync(stop)
            is { } token
            ? token
            : Problem.NotFound();

    private static async Task<IResult> Svg(
        string number,
        TrackingLinks links,
        ShowQr useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(number, stop)).Match(
            token => TypedResults.Text(QrImage.Of(links.For(token)).Svg(), "image/svg+xml"),
            http.Problem
        );

    private static async Task<IResult> Png(
        string number,
        string? size,
        TrackingLinks links,
        ShowQr useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        var pixels = QrImage.SizeDefault;
        if (
            !string.IsNullOrEmpty(size)
            && !int.TryParse(size, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out pixels)
        )
            return http.Problem(Problem.NotAllowed("size", size, [$"{QrImage.SizeMin}–{QrImage.SizeMax}"]));
        return (await useCase.Handle(number, stop)).Match(
            token => TypedResults.Bytes(QrImage.Of(links.For(token)).Png(pixels), "image/png"),
            http.Problem
        );
    }
}
