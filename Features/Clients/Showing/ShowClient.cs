using MdcTts.Features.Accounts;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Clients.Showing;

/// <summary>One client: its numbers and contacts, its projects, its people, and the way to its transactions.</summary>
public static class ShowClient
{
    private const int Most = 200;

    public sealed record Site(string Code, string? NameEn, string? NameAr, bool IsActive)
    {
        public string Name => Words.T.Pick(NameEn, NameAr);
    }

    public sealed record Person(int Id, string Name, string Email, UserStatus Status);

    /// <param name="Client">The client.</param>
    /// <param name="Projects">Its projects, newest first.</param>
    /// <param name="People">Who signs in for it.</param>
    /// <param name="Transactions">How many of its transactions the reader may see.</param>
    /// <param name="User">The reader.</param>
    public sealed record View(
        Client Client,
        IReadOnlyList<Site> Projects,
        IReadOnlyList<Person> People,
        int Transactions,
        CurrentUser User
    );

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{id:int}", Page).RequireAuthorization(Policies.Staff);
        api.MapGet("/{id:int}", Json)
            .RequireAuthorization(Policies.Staff)
            .Produces<ClientBody>()
            .WithSummary("One client");
    }

    public static async Task<Result<View>> Handle(int id, AppDb db, CurrentUser user, CancellationToken stop)
    {
        var client = await db.Clients.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, stop);
        if (client is null)
            return Problem.NotFound();
        return new View(
            client,
            await db
                .Projects.Where(p => p.ClientId == id)
                .OrderByDescending(p => p.Id)
                .Take(Most)
                .Select(p => new Site(p.Code, p.NameEn, p.NameAr, p.IsActive))
                .ToListAsync(stop),
            await db
                .Users.Where(u => u.ClientId == id)
                .OrderBy(u => u.FullName)
                .Take(Most)
                .Select(u => new Person(u.Id, u.FullName, u.Email!, u.Status))
                .ToListAsync(stop),
            await db.Transactions.VisibleTo(user).CountAsync(t => t.ClientId == id, stop),
            user
        );
    }

    private static async Task<IResult> Page(
        int id,
        AppDb db,
        CurrentUser user,
        HttpContext http,
        CancellationToken stop
    ) => (await Handle(id, db, user, stop)).Match<IResult>(ClientPage.Create, http.HtmlProblem);

    private static async Task<IResult> Json(int id, AppDb db, HttpContext http, CancellationToken stop)
    {
        var client = await db.Clients.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, stop);
        if (client is null)
            return ProblemResults.Json(Problem.NotFound());
        http.Tag(client.Version);
        return TypedResults.Ok(ClientBody.Of(client));
    }
}
