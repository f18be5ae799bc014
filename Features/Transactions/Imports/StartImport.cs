using System.Globalization;
using System.Text;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Takes a file in: a kept copy and a row, and once these are safe, a word to the worker.</summary>
public sealed class StartImport(AppDb db, CurrentUser user, TimeProvider clock, ImportFiles files)
{
    /// <summary>The body's frame (boundaries, the other fields) beside the file.</summary>
    private const int FormRoom = 64 * 1024;

    /// <summary>As sent; strings, because forms leave things out.</summary>
    public sealed class Command
    {
        public IFormFile? File { get; set; }

        /// <summary>Cells copied from a spreadsheet, instead of a file.</summary>
        public string? Text { get; set; }
        public string? Mode { get; set; }
        public string? CreateClients { get; set; }
        public string? Mapping { get; set; }
        public string? RememberMapping { get; set; }
        public string? Existing { get; set; }
    }

    /// <summary>Understood.</summary>
    /// <param name="FileName">For people.</param>
    /// <param name="RunsWhenChecked">Write the good rows without asking.</param>
    /// <param name="CreatesClients">Null: what the person's role has.</param>
    /// <param name="Mapping">Where the guess of the headings is wrong.</param>
    /// <param name="Existing">What becomes of rows that are here already.</param>
    /// <param name="RemembersMapping">The mapping holds for later files as well.</param>
    public sealed record Start(
        string FileName,
        bool RunsWhenChecked,
        bool? CreatesClients,
        Dictionary<string, RegisterField?>? Mapping,
        ExistingRows Existing = ExistingRows.Skip,
        bool RemembersMapping = false
    );

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        var limit = new RequestSizeLimitAttribute(RegisterFile.MaxBytes + FormRoom);
        pages
            .MapPost("/", Submit)
            .WithMetadata(limit)
            .WithFormOptions(valueLengthLimit: RegisterFile.MaxBytes)
            .Limited(RateLimits.Bulk)
            .TakesLong();
        api.MapPost("/", Json)
            .WithMetadata(limit)
            .WithFormOptions(valueLengthLimit: RegisterFile.MaxBytes)
            .Limited(RateLimits.Bulk)
            .TakesLong()
            .WithName("startImport")
            .WithSummary("Import a register from xlsx, xls, ods, csv or json")
            .WithDescription(
                "Form fields: file, or text with cells copied from a spreadsheet; "
                    + "mode (validate or import, default import); "
                    + "createClients (true or false: clients that are not known are created; default true for admins); "
                    + "mapping (JSON: heading to field); rememberMapping (true or false, default false); "
                    + "existing (skip, update or import: what becomes of rows that are here already, default skip). "
                    + "A file of rejected rows that was set right continues its import: undone with it. "
                    + "An editor's import with rows that need an admin (statuses that editors cannot set, new clients) "
                    + "writes nothing yet: it waits, with its good rows, until an admin releases it (status "
                    + "waiting, forRelease counts those rows) or sends it back (status checked, with a refusal). To "
                    + "write the good rows alone, send mode=validate and then run it. "
                    + "mapping is for this file alone, so that a script changes nothing for people, unless "
                    + "rememberMapping is true: then it is remembered as what is chosen on the page is, for the "
                    + "person, or for all when an admin says so. The reasons of columns tell which it was. "
                    + "Answers at once; follow Location for progress."
            )
            .Produces<ShowImport.Answer>(StatusCodes.Status202Accepted)
            .ProducesProblem(400)
            .ProducesProblem(403)
            .ProducesProblem(413)
            .ProducesProblem(422);
    }

    /// <summary>Keeps the file, then the row; the caller queues it.</summary>
    public async Task<Result<int>> Handle(Start start, Stream file, CancellationToken stop)
    {
        if (await files.Keep(file, stop) is not var (stored, hash))
            return TooLarge;
        try
        {
            var now = clock.Instant();
            var former = await db.FormerOf(RejectedMark.Find(await files.Read(stored, stop)), user, stop);
            var run = new ImportRun
            {
                FileName = NameOf(start.FileName),
                StoredName = stored,
                Hash = hash,
                Existing = start.Existing,
                CreatedById = user.Id,
                CreatedAt = now,
                Status = ImportStatus.Queued,
                RunsWhenChecked = start.RunsWhenChecked,
                CreatesClients = start.CreatesClients ?? user.IsAdmin,
                SetsAnyStatus = user.IsAdmin,
                Mapping = start.Mapping is { Count: > 0 } mapping ? ImportJson.Write(mapping) : former?.Mapping,
                Choices = former?.Choices,
                ContinuesId = former?.ContinuesId ?? former?.Id,
            };
            await using var write = await db.BeginWrite(stop);
            db.Imports.Add(run);
            if (start is { RemembersMapping: true, Mapping: { } said })
                await db.Remember(said, user, now, stop);
            await db.SaveChangesAsync(stop);
            db.Audit.Add(
                AuditLog.By(
                    user,
                    "import.started",
                    "import",
                    run.Id.ToString(CultureInfo.InvariantCulture),
                    now,
                    new
                    {
                        run.FileName,
                        run.RunsWhenChecked,
                        run.CreatesClients,
                        run.ContinuesId,
                        Existing = Keys.Of(run.Existing),
                    }
                )
            );
            await db.SaveChangesAsync(stop);
            await write.Commit(stop);
            return run.Id;
        }
        catch
        {
            files.Delete(stored);
            throw;
        }
    }

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        StartImport useCase,
        ListImports list,
        Jobs jobs,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!useCase.Check(command ??= new()).Ok(out var start, out var problem))
            return await ShowAgain(command, problem, list, http, stop);
        // A box that is not ticked is not sent.
        start = start with
        {
            RunsWhenChecked = false,
            CreatesClients = start.CreatesClients ?? false,
        };
        await using var file = Open(command);
        if (!(await useCase.Handle(start, file, stop)).Ok(out var id, out problem))
            return await ShowAgain(command, problem, list, http, stop);
        jobs.Enqueue<ImportJob>(id);
        return http.SeeOther(TransactionRoutes.Import(id));
    }

    private static async Task<IResult> ShowAgain(
        Command command,
        Problem problem,
        ListImports list,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (problem.Kind is not (ProblemKind.Invalid or ProblemKind.TooLarge))
            return http.HtmlProblem(problem);
        var view = await list.Handle(page: null, stop);
        var errors = problem.Fields ?? new FieldErrors().Add("file", problem.Key, problem.Args);
        view = view with { Errors = errors, Pasted = command.Text };
        return ImportsPage.Create(view).Status(ProblemResults.StatusOf(problem.Kind));
    }

    private static async Task<IResult> Json(
        [FromForm] Command? command,
        StartImport useCase,
        ShowImport show,
        Jobs jobs,
        CancellationToken stop
    )
    {
        if (!useCase.Check(command ??= new()).Ok(out var start, out var problem))
            return ProblemResults.Json(problem);
        await using var file = Open(command);
        if (!(await useCase.Handle(start, file, stop)).Ok(out var id, out problem))
            return ProblemResults.Json(problem);
        jobs.Enqueue<ImportJob>(id);
        return await show.Accepted(id, stop);
    }

    private static bool IsPasted(Command command) =>
        command.File is not { Length: > 0 } && !string.IsNullOrWhiteSpace(command.Text);

    /// <summary>The file; what was pasted is one of text, with the mark that says in which encoding.</summary>
    private static Stream Open(Command command) =>
        IsPasted(command)
            ? new MemoryStream([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(command.Text!)])
            : command.File!.OpenReadStream();

    private static Problem TooLarge => new(ProblemKind.TooLarge, "import.too_large", ImportLimits.Size);

    private Result<Start> Check(Command command)
    {
        if (command.Mode is not (null or "" or "validate" or "import"))
            return Problem.NotAllowed("mode", command.Mode, ["validate", "import"]);
        if (command.CreateClients is not (null or "" or "true" or "false"))
            return Problem.NotAllowed("createClients", command.CreateClients, ["true", "false"]);
        if (command.RememberMapping is not (null or "" or "true" or "false"))
            return Problem.NotAllowed("rememberMapping", command.RememberMapping, ["true", "false"]);
        if (!TryExisting(command.Existing, out var existing))
            return Problem.NotAllowed("existing", command.Existing!, ExistingKeys);
        var errors = new FieldErrors();
        if (IsPasted(command))
            errors.AddIf(PlainText.HasForbidden(command.Text), "text", "error.forbidden_characters");
        else if (command.File is not { Length: > 0 } file)
            errors.Add("file", command.File is null ? "error.required" : "import.failed.empty_file");
        else if (file.Length > RegisterFile.MaxBytes)
            return TooLarge;
        if (!ImportMapping.TryRead(command.Mapping, out var mapping))
            errors.Add("mapping", "import.mapping_unreadable", string.Join(", ", ImportMapping.Fields.Keys));
        if (errors.Any)
            return Problem.Invalid(errors);
        return new Start(
            IsPasted(command)
                ? Words.T["import.pasted", Dates.Format(Clock.RiyadhDate(clock.Instant()), Words.T.Language)]
                : command.File!.FileName,
            command.Mode != "validate",
            string.IsNullOrEmpty(command.CreateClients) ? null : command.CreateClients == "true",
            mapping,
            existing,
            command.RememberMapping == "true"
        );
    }

    /// <summary>The words for what becomes of rows that are here already.</summary>
    public static string[] ExistingKeys { get; } = [.. Enum.GetValues<ExistingRows>().Select(each => Keys.Of(each))];

    /// <summary>Reads one of these words; nothing means skip.</summary>
    public static bool TryExisting(string? sent, out ExistingRows existing)
    {
        var found = string.IsNullOrEmpty(sent) ? ExistingRows.Skip : Keys.Find<ExistingRows>(sent);
        existing = found ?? ExistingRows.Skip;
        return found is not null;
    }

    /// <summary>What a person called the file, without a path and without what no database keeps.</summary>
    private static string NameOf(string name)
    {
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var clean = string.Concat(
                last.EnumerateRunes().Where(r => !Rune.IsControl(r) && !PlainText.HasForbidden(r.ToString()))
            )
            .Trim();
        if (clean.Length > ImportRun.FileNameMaxLength)
            clean = clean[
                ..(
                    char.IsHighSurrogate(clean[ImportRun.FileNameMaxLength - 1])
                        ? ImportRun.FileNameMaxLength - 1
                        : ImportRun.FileNameMaxLength
                )
            ];
        return clean.Length == 0 ? "—" : clean;
    }
}
