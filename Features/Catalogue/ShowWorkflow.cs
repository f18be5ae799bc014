using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Catalogue;

/// <summary>The statuses, the moves between them and the keys of the lists, for scripts.</summary>
public sealed class ShowWorkflow(CatalogueCache catalogues)
{
    public sealed record StatusJson(
        string Key,
        string NameEn,
        string NameAr,
        string Meaning,
        int Position,
        bool IsInitial,
        bool IsEnd
    );

    public sealed record MoveJson(
        string From,
        string To,
        string? Meaning,
        IReadOnlyList<string> Roles,
        bool NoteNeeded
    );

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapApi("/workflow", "Workflow")
            .MapGet("/", Json)
            .RequireAuthorization(Policies.SignedIn)
            .WithSummary("Statuses and the moves between them");

    public async Task<WorkflowMap> Handle(CancellationToken stop) => (await catalogues.Get(stop)).Workflow;

    private static async Task<IResult> Json(ShowWorkflow useCase, CancellationToken stop)
    {
        var workflow = await useCase.Handle(stop);
        return Results.Json(
            new
            {
                statuses = workflow.Statuses.Select(s => new StatusJson(
                    s.Key,
                    s.NameEn,
                    s.NameAr,
                    Keys.Of(s.Meaning),
                    s.Position,
                    s.IsInitial,
                    s.IsEnd
                )),
                moves = workflow
                    .Moves.OrderBy(m => m.Position)
                    .Select(m => new MoveJson(
                        m.From,
                        m.To,
                        m.Meaning is { } meaning ? Keys.Of(meaning) : null,
                        m.ForEditors ? ["editor", "admin"] : ["admin"],
                        m.NeedsNote
                    )),
            }
        );
    }
}
