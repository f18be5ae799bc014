using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions.Codes;

/// <summary>A new secret for the QR: links and labels given out before are dead from now on.</summary>
public sealed class RenewLink(AppDb db, CurrentUser user, TimeProvider clock)
{
    /// <summary>The new link.</summary>
    public sealed record View(string Number, string TrackingUrl, int Version);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{number}/qr", Submit).RequireAuthorization(Policies.Staff);
        api.MapPost("/{number}/qr", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("Renew the tracking link; the old one is dead")
            .Produces<View>()
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    public async Task<Result<Transaction>> Handle(string number, CancellationToken stop)
    {
        // What staff can see they may edit: VisibleTo is both.
        if (
            !(await db.Transactions.FindOne(number, user, version: null, stop)).Ok(out var transaction, out var problem)
        )
            return problem;
        db.Record(transaction.RenewTrackingLink(user, clock.Instant()));
        return await db.Save(transaction, stop);
    }

    private static async Task<IResult> Submit(
        string number,
        RenewLink useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(number, stop)).Match(
            transaction =>
            {
                http.Toast(Words.T["codes.renewed"]);
                return http.SeeOther(TransactionRoutes.One(transaction.Number));
            },
            http.HtmlProblem
        );

    private static async Task<IResult> Json(
        string number,
        RenewLink useCase,
        TrackingLinks links,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(number, stop)).Match<IResult>(
            transaction =>
            {
                http.Tag(transaction.Version);
                return TypedResults.Ok(
                    new View(transaction.Number, links.For(transaction.TrackingToken), transaction.Version)
                );
            },
            ProblemResults.Json
        );
}
