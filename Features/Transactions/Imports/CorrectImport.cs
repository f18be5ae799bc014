using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// A person says what unknown names mean and types wrong cells again; the rows are checked again. What names mean is
/// remembered for their next imports, and for everybody's when an admin says so.
/// </summary>
public sealed class CorrectImport(AppDb db, CurrentUser user, CatalogueCache catalogues, TimeProvider clock)
{
    public const int NameMaxLength = Clients.Client.NameMaxLength;
    public const int CellsMax = 5_000;
    public const int NamesMax = 1_000;

    /// <summary>The fields that hold names, as the API calls them.</summary>
    private static readonly Dictionary<string, RegisterField> NamedFields = ImportNames.Fields.ToDictionary(
        ImportMapping.NameOf,
        StringComparer.Ordinal
    );

    /// <summary>A cell as it should have been.</summary>
    /// <param name="At">The place in the request, for errors.</param>
    /// <param name="Row">Through all sheets; 0 for a sheet that is not there.</param>
    public sealed record Cell(string At, int Row, string? Field, string? Value);

    /// <summary>What a name means.</summary>
    /// <param name="At">The place in the request, for errors.</param>
    /// <param name="Text">As the file writes it; empty for all others of the field.</param>
    /// <param name="Means">What the import understands: a name, a key, an address, a code.</param>
    /// <param name="Creates">It is the name of a new client.</param>
    /// <param name="Forgets">Nobody shall read it as was said.</param>
    public sealed record Name(string At, string? Field, string? Text, string? Means, bool Creates, bool Forgets);

    /// <param name="Cells">Cells as they should have been.</param>
    /// <param name="Names">What names mean.</param>
    /// <param name="ForgottenHeadings">Headings, as the file writes them, that shall be read as they say.</param>
    public sealed record Command(
        IReadOnlyList<Cell> Cells,
        IReadOnlyList<Name> Names,
        IReadOnlyList<string> ForgottenHeadings
    );

    /// <summary>As the API takes it.</summary>
    public sealed record Body(
        IReadOnlyList<BodyCell>? Cells,
        IReadOnlyList<BodyName>? Names,
        IReadOnlyList<string>? ForgetHeadings = null
    );

    public sealed record BodyCell(int Row, string? Field, string? Value, string? Sheet = null);

    public sealed record BodyName(
        string? Field,
        string? Text,
        string? Means = null,
        bool Create = false,
        bool Forget = false
    );

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapPost("/{id:int}/corrections", Submit);
        api.MapPost("/{id:int}/corrections", Json)
            .WithName("correctImport")
            .WithSummary("Say what unknown names mean, set wrong cells right, and check again")
            .WithDescription(
                "Only while the import is checked. A name's means is anything that the import understands in that "
                    + "field; create makes it a new client, forget takes back what was said; an empty text stands for "
                    + "all other unknown names of the field. A cell's row is one of those in errors. forgetHeadings "
                    + "lists headings of columns that shall no longer be read as remembered."
            )
            .WithExample(
                """
                {"names":[{"field":"client","text":"Riyadh Muni.","means":"Riyadh Municipality"},
                {"field":"client","text":"Dar Al Omran","create":true}],
                "cells":[{"row":17,"field":"dueDate","value":"31/12/2026"}]}
                """
            )
            .Produces<ShowImport.Answer>(StatusCodes.Status202Accepted)
            .ProducesProblem(404)
            .ProducesProblem(409)
            .ProducesProblem(422);
    }

    public async Task<Result<int>> Handle(int id, Command command, CancellationToken stop)
    {
        var run = await db.Imports.AsNoTracking().VisibleTo(user).SingleOrDefaultAsync(i => i.Id == id, stop);
        if (run is null)
            return Problem.NotFound();
        if (run.Status != ImportStatus.Checked)
            return Problem.Conflict("import.not_waiting");

        var errors = new FieldErrors();
        var names = await ImportNames.Read(
            db,
            await catalogues.Get(stop),
            run,
            Clock.RiyadhTime(clock.Instant()),
            stop
        );
        var choices = Choices(command.Names, names, errors);
        var cells = await Corrections(run, command.Cells, errors, stop);
        if (errors.Any)
            return Problem.Invalid(errors);
        return await Keep(id, choices, cells, command.ForgottenHeadings, stop);
    }

    private static List<ImportChoice> Choices(IReadOnlyList<Name> said, ImportNames names, FieldErrors errors)
    {
        var choices = new List<ImportChoice>();
        foreach (var name in said)
        {
            if (!NamedFields.TryGetValue(name.Field ?? "", out var field))
            {
                errors.Add(name.At + ".field", "error.not_in_list");
                continue;
            }

            if (PlainText.HasForbidden(name.Text) || name.Text?.Length > NameMaxLength)
            {
                errors.Add(name.At + ".text", "error.too_long", NameMaxLength);
                continue;
            }

            var folded = ArabicText.Fold(name.Text);
            if (name.Forgets)
                choices.Add(new(field, folded, Key: null));
            else if (name.Creates && field == RegisterField.Client)
                choices.Add(new(field, folded, RegisterMeanings.NewClient));
            else if (name.Creates)
                errors.Add(name.At + ".create", "error.not_in_list");
            else if (PlainText.Trimmed(name.Means) is { } means)
            {
                if (names.KeyOf(field, means) is { } key)
                    choices.Add(new(field, folded, key));
                else
                    errors.Add(name.At + ".means", "import.means_nothing");
            }
        }

        return choices;
    }

    /// <summary>The cells that say something else than the file, or than was corrected before.</summary>
    private async Task<List<(int Row, RegisterField Field, string Text)>> Corrections(
        ImportRun run,
        IReadOnlyList<Cell> cells,
        FieldErrors errors,
        CancellationToken stop
    )
    {
        var numbers = cells.Select(c => c.Row).Distinct().ToList();
        var rows = numbers.Count == 0 ? [] : await RowsOf(run.Id, numbers, stop);
        var columns = run.ReadPreview()
            .Columns.Select((column, index) => (column.Field, Index: index))
            .Where(c => c.Field is not null)
            .ToDictionary(c => c.Field!.Value, c => c.Index);
        var corrections = new List<(int Row, RegisterField Field, string Text)>();
        foreach (var cell in cells)
        {
            var text = (cell.Value ?? "").Trim();
            if (
                !ImportMapping.Fields.TryGetValue(cell.Field ?? "", out var field)
                || !columns.TryGetValue(field, out var index)
            )
                errors.Add(cell.At + ".field", "import.no_such_column");
            else if (!rows.TryGetValue(cell.Row, out var texts))
                errors.Add(cell.At + ".row", "import.no_such_row");
            else if (PlainText.HasForbidden(text))
                errors.Add(cell.At + ".value", "error.forbidden_characters");
            else if (text.Length > Transaction.DescriptionMaxLength)
                errors.Add(cell.At + ".value", "error.too_long", Transaction.DescriptionMaxLength);
            else if (OneLine(texts.ElementAtOrDefault(index) ?? "") != OneLine(text))
                corrections.Add((cell.Row, field, text));
        }

        return corrections;
    }

    private async Task<Dictionary<int, IReadOnlyList<string>>> RowsOf(int id, List<int> rows, CancellationToken stop) =>
        (
            await db
                .ImportRejects.AsNoTracking()
                .Where(r => r.ImportRunId == id && rows.Contains(r.Row))
                .ToListAsync(stop)
        ).ToDictionary(r => r.Row, r => r.ReadCells());

    // A browser's field of one line drops the breaks of what it shows.
    private static string OneLine(string text) => text.Trim().ReplaceLineEndings("");

    private async Task<Result<int>> Keep(
        int id,
        List<ImportChoice> choices,
        List<(int Row, RegisterField Field, string Text)> cells,
        IReadOnlyList<string> forgottenHeadings,
        CancellationToken stop
    )
    {
        await using var write = await db.BeginWrite(stop);
        var run = await db.Imports.AsNoTracking().SingleAsync(i => i.Id == id, stop);
        var said = run.ReadChoices()
            .Concat(choices)
            .GroupBy(c => (c.Field, c.Name))
            .Select(same => same.Last())
            .ToList();
        var corrected = run.ReadCorrections();
        foreach (var (row, field, text) in cells)
        {
            if (!corrected.TryGetValue(row, out var texts))
                corrected[row] = texts = [];
            texts[field] = text;
        }

        if (said.Count > NamesMax || corrected.Values.Sum(texts => texts.Count) > CellsMax)
            return Problem.Invalid("cells", "import.too_many_corrections", CellsMax, NamesMax);
        var (newChoices, newCorrections) = (ImportJson.Write(said), ImportJson.Write(corrected));
        var changed = await db
            .Imports.Where(i => i.Id == id && i.Status == ImportStatus.Checked)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(i => i.Choices, newChoices)
                        .SetProperty(i => i.Corrections, newCorrections)
                        .SetProperty(i => i.Status, ImportStatus.Queued)
                        .SetProperty(i => i.Attempts, 0),
                stop
            );
        if (changed == 0)
            return Problem.Conflict("import.not_waiting");
        await Remember(choices, stop);
        await Forget(forgottenHeadings, stop);
        db.Audit.Add(
            AuditLog.By(
                user,
                "import.corrected",
                "import",
                id.ToString(CultureInfo.InvariantCulture),
                clock.Instant(),
                new
                {
                    names = choices.Count,
                    cells = cells.Count,
                    headings = forgottenHeadings.Count,
                }
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return id;
    }

    private async Task Remember(List<ImportChoice> choices, CancellationToken stop)
    {
        int? owner = user.IsAdmin ? null : user.Id;
        var at = clock.Instant();
        foreach (var choice in choices.Where(c => c.Key != RegisterMeanings.NewClient))
        {
            await db
                .ImportSynonyms.Where(s => s.UserId == owner && s.Field == choice.Field && s.Name == choice.Name)
                .ExecuteDeleteAsync(stop);
            if (choice is { Key: { } key, Name.Length: > 0 })
                db.ImportSynonyms.Add(
                    new()
                    {
                        UserId = owner,
                        Field = choice.Field,
                        Name = choice.Name,
                        Key = key,
                        CreatedAt = at,
                    }
                );
        }
    }

    /// <summary>An editor whose own memory has nothing to forget is no longer bound by the firm's.</summary>
    private async Task Forget(IReadOnlyList<string> headings, CancellationToken stop)
    {
        int? owner = user.IsAdmin ? null : user.Id;
        foreach (var heading in headings.DistinctBy(Headings.Key, StringComparer.Ordinal))
        {
            var key = Headings.Key(heading);
            var forgotten = await db
                .ImportHeadings.Where(h => h.UserId == owner && h.Heading == key)
                .ExecuteDeleteAsync(stop);
            if (
                forgotten == 0
                && owner is not null
                && await db.ImportHeadings.AnyAsync(h => h.UserId == null && h.Heading == key, stop)
            )
                db.ImportHeadings.Add(
                    new()
                    {
                        UserId = owner,
                        Heading = key,
                        Field = Headings.Field(heading),
                        CreatedAt = clock.Instant(),
                    }
                );
        }
    }

    private static async Task<IResult> Submit(
        int id,
        Jobs jobs,
        CorrectImport useCase,
        ShowImport show,
        HttpContext http,
        CancellationToken stop
    )
    {
        var form = await http.Request.ReadFormAsync(stop);
        var sent = form.Select(field => (field.Key, Value: field.Value.ToString())).ToList();
        var result = await useCase.Handle(id, CorrectionFields.Read(sent), stop);
        if (result.Problem is { Kind: ProblemKind.Invalid } invalid)
            return await show.Again(id, invalid, http, stop, sent);
        if (result.Problem is { } problem)
            return http.HtmlProblem(problem);
        jobs.Enqueue<ImportJob>(id);
        return http.SeeOther(TransactionRoutes.Import(id));
    }

    private static async Task<IResult> Json(
        int id,
        Body body,
        Jobs jobs,
        CorrectImport useCase,
        ShowImport show,
        CancellationToken stop
    )
    {
        if (!(await show.Handle(id, stop)).Ok(out var view, out var missing))
            return ProblemResults.Json(missing);
        var command = new Command(
            [
                .. (body.Cells ?? []).Select(
                    (c, i) => new Cell($"cells[{i}]", RowIn(view.Preview, c.Row, c.Sheet), c.Field, c.Value)
                ),
            ],
            [
                .. (body.Names ?? []).Select(
                    (n, i) => new Name($"names[{i}]", n.Field, n.Text, n.Means, n.Create, n.Forget)
                ),
            ],
            body.ForgetHeadings ?? []
        );
        if ((await useCase.Handle(id, command, stop)).Problem is { } problem)
            return ProblemResults.Json(problem);
        jobs.Enqueue<ImportJob>(id);
        return await show.Accepted(id, stop);
    }

    /// <summary>A row through all sheets; without a sheet's name, of the first one that was read.</summary>
    private static int RowIn(ImportPreview preview, int row, string? sheet)
    {
        if (row is < 1 or >= RegisterRow.SheetSpan)
            return 0;
        var place = preview
            .Sheets.Select((each, at) => (each, at))
            .Where(s => s.each.IsRead && (sheet is null || s.each.Name == sheet))
            .Select(s => (int?)s.at)
            .FirstOrDefault();
        if (place is null && sheet is not null)
            return 0;
        return ((place ?? 0) * RegisterRow.SheetSpan) + row;
    }
}
