using MdcTts.Features.Clients.Contacts;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Clients.Showing;

/// <summary>
/// One client with its numbers and contacts. Its projects, its people and the way to its transactions are sections that
/// the features above register.
/// </summary>
public sealed class ShowClient(AppDb db, IEnumerable<ClientConcern> concerns, KeepContacts contacts)
{
    /// <param name="Concerned">
    /// What deactivating it concerns; empty for those who cannot, and when it is inactive.
    /// </param>
    public sealed record View(
        Client Client,
        PageSections Sections,
        IReadOnlyList<ClientContact> Contacts,
        IReadOnlyList<(ClientConcern Concern, int Count)> Concerned,
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

    public async Task<Result<Client>> Handle(int id, CancellationToken stop) =>
        await db.Clients.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, stop) is { } client
            ? client
            : Problem.NotFound();

    private Task<List<(ClientConcern Concern, int Count)>> Concerned(int id, CancellationToken stop) =>
        concerns.CountAll(db, id, stop);

    private Task<List<ClientContact>> Contacts(int id, CancellationToken stop) => contacts.Of(id, stop);

    private static async Task<IResult> Page(
        int id,
        ShowClient useCase,
        CurrentUser user,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Handle(id, stop)).Ok(out var client, out var problem))
            return http.HtmlProblem(problem);
        var concerned = user.IsAdmin && client.IsActive ? await useCase.Concerned(id, stop) : [];
        var sections = await PageSections.Of(client, http.RequestServices, stop);
        return ClientPage.Create(new(client, sections, await useCase.Contacts(id, stop), concerned, user));
    }

    private static async Task<IResult> Json(int id, ShowClient useCase, HttpContext http, CancellationToken stop)
    {
        if (!(await useCase.Handle(id, stop)).Ok(out var client, out var problem))
            return ProblemResults.Json(problem);
        http.Tag(client.Version);
        return TypedResults.Ok(ClientBody.Of(client));
    }
}
