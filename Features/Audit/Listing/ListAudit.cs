using System.Globalization;
using System.Text.Json;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Listing;

/// <summary>Who did what, newest first.</summary>
public sealed class ListAudit(AppDb db, CatalogueCache catalogue, CountCache counts, TimeProvider clock)
{
    public sealed record View(
        AuditFilter Filter,
        Paged<AuditRow> Rows,
        AuditNames Names,
        IReadOnlyList<(int Id, string Name)> People,
        DateTime Now
    );

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/", Page).RequireAuthorization(Policies.Admin);
        api.MapGet("/", Json)
            .RequireAuthorization(Policies.Admin)
            .Produces<ApiPage<AuditBody>>()
            .WithSummary("The audit log, newest first, by page; with after and limit, oldest first, by cursor")
            .WithDescription(
                "`who` is a user's id or `none`; `action` a kind such as `transaction.edited` or a group such as "
                    + "`transaction`; `entity` and `key` name what it is about; `from` and `to` are days in Riyadh; "
                    + "`field` is a field of transactions that was changed, such as `dueDate`; `period` is `today`, "
                    + "`yesterday`, `last_7_days`, `last_week` or `this_month` and stands for `from` and `to`; "
                    + "`q` looks in kind, key and data, in reference numbers and in names, without `from` in the "
                    + "newest 100,000 entries. `changes` lists what changed, whatever form `data` has."
            );
    }

    public async Task<Result<View>> Handle(AuditQuery query, CancellationToken stop)
    {
        if (!AuditFilter.Read(query, clock.Today()).Ok(out var filter, out var problem))
            return problem;
        var rows = await PageOf(filter, stop);
        var people = await db
            .Users.Where(u => u.Role != Role.Client || u.Id.ToString() == filter.Who)
            .ByName()
            .Select(u => new { u.Id, Name = PersonName.Shown(u.FullName, u.NameAr) })
            .ToListAsync(stop);
        return new View(
            filter,
            rows,
            await AuditNames.Of(db, catalogue, rows.Items, stop),
            people.ConvertAll(p => (p.Id, p.Name)),
            clock.Instant()
        );
    }

    /// <summary>A page for scripts.</summary>
    public async Task<Result<Paged<AuditBody>>> List(AuditQuery query, CancellationToken stop)
    {
        if (!AuditFilter.Read(query, clock.Today()).Ok(out var filter, out var problem))
            return problem;
        var rows = await PageOf(filter, stop);
        var names = await AuditNames.Of(db, catalogue, rows.Items, stop);
        var items = rows.Items.Select(row => AuditBody.Of(row, names)).ToList();
        return new Paged<AuditBody>(items, rows.Page, rows.PageSize, rows.Total);
    }

    /// <summary>A stretch of the log, for scripts that walk through all of it.</summary>
    public sealed record Stretch(IReadOnlyList<AuditBody> Items, string? NextCursor);

    /// <summary>
    /// Reads by key and not by offset: as fast at the end as at the start, and new entries come after the cursor.
    /// </summary>
    public async Task<Result<Stretch>> Walk(AuditQuery query, string? after, string? limit, CancellationToken stop)
    {
        if (!AuditFilter.Read(query, clock.Today()).Ok(out var filter, out var problem))
            return problem;
        var last = 0L;
        if (
            !string.IsNullOrEmpty(after)
            && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out last)
        )
            return Problem.NotAllowed("after", after, ["nextCursor"]);
        var take = PageRequest.From(null, limit ?? "100").Size;
        var rows = await filter
            .Apply(db)
            .Where(e => e.Id > last)
            .OrderBy(e => e.Id)
            .Take(take + 1)
            .AsRows(db)
            .ToListAsync(stop);
        var names = await AuditNames.Of(db, catalogue, rows, stop);
        var items = rows.Take(take).Select(row => AuditBody.Of(row, names)).ToList();
        return new Stretch(items, rows.Count > take ? items[^1].Id : null);
    }

    private async Task<Paged<AuditRow>> PageOf(AuditFilter filter, CancellationToken stop)
    {
        var entries = filter.Apply(db);
        var total = await counts.Get(
            $"audit:{filter.Query(paging: false)}",
            () => entries.LongCountAsync(stop),
            stop,
            DataMark.Audit
        );
        var rows = await entries
            .OrderByDescending(e => e.Id)
            .Skip(filter.Page.Skip)
            .Take(filter.Page.Size)
            .AsRows(db)
            .ToListAsync(stop);
        return new(rows, filter.Page.Page, filter.Page.Size, total);
    }

    private static async Task<IResult> Page(
        [AsParameters] AuditQuery query,
        ListAudit useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(query, stop)).Match<IResult>(
            view => http.WantsFragment() ? AuditTable.Create(view) : AuditPage.Create(view),
            http.HtmlProblem
        );

    private static async Task<IResult> Json(
        [AsParameters] AuditQuery query,
        string? after,
        string? limit,
        ListAudit useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (http.Request.Query.Keys.FirstOrDefault(k => !AuditQuery.Names.Contains(k)) is { } unknown)
            return ProblemResults.Json(Problem.NotAllowed("parameter", unknown, AuditQuery.Names));
        if (after is not null || limit is not null)
            return (await useCase.Walk(query, after, limit, stop)).Match<IResult>(
                stretch => TypedResults.Ok(new { items = stretch.Items, nextCursor = stretch.NextCursor }),
                ProblemResults.Json
            );
        return (await useCase.List(query, stop)).Match<IResult>(
            page => TypedResults.Ok(ApiPage<AuditBody>.From(page, http)),
            ProblemResults.Json
        );
    }
}

/// <summary>An entry as the API answers it.</summary>
/// <param name="Sequence">Its place in the chain; null while it waits for its seal.</param>
/// <param name="ReferenceNumber">That of the transaction it is about.</param>
public sealed record AuditBody(
    string Id,
    DateTime At,
    AuditBody.Person? Actor,
    string Action,
    string EntityType,
    string EntityKey,
    JsonElement? Data,
    string? Address,
    string? Agent,
    JsonElement? About,
    string? SessionId,
    string? RequestId,
    long? Sequence,
    string? ReferenceNumber,
    IReadOnlyList<AuditBody.Change> Changes
)
{
    public sealed record Person(string Id, string? Name);

    /// <summary>A value as it was recorded: keys and ids.</summary>
    public sealed record Change(string Field, string? Old, string? New);

    public static AuditBody Of(AuditRow row, AuditNames names) =>
        new(
            row.Id.ToString(CultureInfo.InvariantCulture),
            row.At,
            row.ActorId is { } id ? new(id.ToString(CultureInfo.InvariantCulture), row.Actor) : null,
            row.Action,
            row.EntityType,
            row.EntityKey,
            row.Data is null ? null : JsonSerializer.Deserialize<JsonElement>(row.Data),
            row.Address,
            row.Agent,
            row.About,
            row.SessionId?.ToString("N"),
            row.RequestId,
            row.Sequence == 0 ? null : row.Sequence,
            names.SubjectOf(row).Reference,
            [.. row.Story.Changes.Select(c => new Change(c.Field, Given(c.Old), Given(c.New)))]
        );

    private static string? Given(string value) => value.Length == 0 ? null : value;
}
