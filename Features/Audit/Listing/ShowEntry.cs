using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Listing;

/// <summary>Shows all of one entry: what changed, side by side; where it came from; its seal.</summary>
public sealed class ShowEntry(AppDb db, CatalogueCache catalogue, TimeProvider clock)
{
    public sealed record View(
        AuditRow Row,
        AuditNames Names,
        string? Seal,
        DateTime? SealedAt,
        bool IsWaiting,
        DateTime Now
    );

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/{id:long}", Page).RequireAuthorization(Policies.Admin);

    public async Task<Result<View>> Handle(long id, CancellationToken stop)
    {
        if (await db.Audit.Where(e => e.Id == id).AsRows(db).SingleOrDefaultAsync(stop) is not { } row)
            return Problem.NotFound();
        var seal = await db.AuditSeals.AsNoTracking().SingleOrDefaultAsync(s => s.EntryId == id, stop);
        return new View(
            row,
            await AuditNames.Of(db, catalogue, [row], stop),
            seal is null ? null : Convert.ToHexStringLower(seal.Seal),
            seal?.SealedAt,
            await db.AuditPending.AnyAsync(p => p.EntryId == id, stop),
            clock.Instant()
        );
    }

    private static async Task<IResult> Page(long id, ShowEntry useCase, HttpContext http, CancellationToken stop) =>
        (await useCase.Handle(id, stop)).Match<IResult>(view => EntryPage.Create(view), http.HtmlProblem);
}
