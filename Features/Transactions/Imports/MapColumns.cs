using System.Globalization;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// A person says which column is which; the rows are checked again. What they changed is remembered for their next
/// imports, and for everybody's when an admin says so.
/// </summary>
public sealed class MapColumns(AppDb db, CurrentUser user, TimeProvider clock)
{
    public static void Map(RouteGroupBuilder pages) => pages.MapPost("/{id:int}/columns", Submit);

    /// <summary>
    /// The columns that can be chosen for: a heading that stands twice counts once, one without words cannot be named.
    /// </summary>
    public static IEnumerable<(int Index, ImportColumn Column)> Choosable(ImportPreview preview) =>
        preview
            .Columns.Select((column, index) => (Index: index, Column: column))
            .Where(c => Headings.Key(c.Column.Heading).Length > 0)
            .DistinctBy(c => Headings.Key(c.Column.Heading), StringComparer.Ordinal);

    /// <summary>Chosen fields by the place of the column; empty leaves a column out.</summary>
    public async Task<Result<int>> Handle(int id, IReadOnlyDictionary<int, string> chosen, CancellationToken stop)
    {
        var run = await db.Imports.AsNoTracking().VisibleTo(user).SingleOrDefaultAsync(i => i.Id == id, stop);
        if (run is null)
            return Problem.NotFound();
        if (run.Status != ImportStatus.Checked)
            return Problem.Conflict("import.not_waiting");

        var errors = new FieldErrors();
        var mapping = new Dictionary<string, RegisterField?>(StringComparer.Ordinal);
        var changed = new Dictionary<string, RegisterField?>(StringComparer.Ordinal);
        foreach (var (index, column) in Choosable(run.ReadPreview()))
        {
            var name = chosen.GetValueOrDefault(index) ?? "";
            var field = ImportMapping.Fields.TryGetValue(name, out var known) ? known : (RegisterField?)null;
            if (name.Length > 0 && field is null)
                errors.Add("c" + index, "error.not_in_list");
            else if (field is not null && mapping.ContainsValue(field))
                errors.Add("c" + index, "import.column_twice");
            mapping[column.Heading] = field;
            if (field != column.Field)
                changed[column.Heading] = field;
        }

        if (errors.Any)
            return Problem.Invalid(errors);
        var json = ImportJson.Write(mapping);
        await using var write = await db.BeginWrite(stop);
        var queued = await db
            .Imports.Where(i => i.Id == id && i.Status == ImportStatus.Checked)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(i => i.Mapping, json)
                        .SetProperty(i => i.Status, ImportStatus.Queued)
                        .SetProperty(i => i.Attempts, 0),
                stop
            );
        if (queued == 0)
            return Problem.Conflict("import.not_waiting");
        await db.Remember(changed, user, clock.Instant(), stop);
        db.Audit.Add(
            AuditLog.By(
                user,
                "import.mapped",
                "import",
                id.ToString(CultureInfo.InvariantCulture),
                clock.Instant(),
                new { old = run.Mapping, @new = json }
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return id;
    }

    private static async Task<IResult> Submit(
        int id,
        Jobs jobs,
        MapColumns useCase,
        ShowImport show,
        HttpContext http,
        CancellationToken stop
    )
    {
        var form = await http.Request.ReadFormAsync(stop);
        var chosen = Enumerable
            .Range(0, RegisterFile.MaxColumns)
            .Where(i => form.ContainsKey("c" + i))
            .ToDictionary(i => i, i => form["c" + i].ToString());
        var result = await useCase.Handle(id, chosen, stop);
        if (result.Problem is { Kind: ProblemKind.Invalid } invalid)
            return await show.Again(id, invalid, http, stop);
        if (result.Problem is { } problem)
            return http.HtmlProblem(problem);
        jobs.Enqueue<ImportJob>(id);
        return http.SeeOther(TransactionRoutes.Import(id));
    }
}
