using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Transactions;

/// <summary>What every write of the API answers: the transaction as it is now, with its ETag.</summary>
public sealed class TransactionAnswers(
    AppDb db,
    CurrentUser user,
    CatalogueCache catalogues,
    TrackingLinks links,
    TimeProvider clock
)
{
    /// <summary>The transaction after a use case, or its problem.</summary>
    public async Task<IResult> For(
        Result<Transaction> result,
        HttpContext http,
        CancellationToken stop,
        int status = StatusCodes.Status200OK
    )
    {
        if (!result.Ok(out var transaction, out var problem))
            return ProblemResults.Json(problem);
        if (status == StatusCodes.Status201Created)
            http.Response.Headers.Location = RouteGroups.Api + TransactionRoutes.One(transaction.Number);
        return await For(transaction.Number, http, stop, status);
    }

    /// <summary>One transaction, or 404.</summary>
    public async Task<IResult> For(
        string number,
        HttpContext http,
        CancellationToken stop,
        int status = StatusCodes.Status200OK
    )
    {
        if (await db.Transactions.FactsOf(number, user, stop) is not { } facts)
        {
            // Done, but handed over: what an editor no longer sees is answered without its body.
            return status == StatusCodes.Status200OK && http.Request.Method != HttpMethods.Get
                ? Results.NoContent()
                : ProblemResults.Json(Problem.NotFound());
        }

        http.Tag(facts.Version);
        return Results.Json<object>(
            TransactionJson.From(facts, await catalogues.Get(stop), user, links, clock.Today()),
            statusCode: status
        );
    }
}
