using System.CommandLine;
using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary><c>MdcTts import FILE</c>: the same import without a browser, for the operator.</summary>
public static class ImportFromCommandLine
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static void AddTo(RootCommand root, RunWeb.Build build)
    {
        var file = new Argument<FileInfo>("file") { Description = "xlsx, xls, ods, csv or json" };
        var person = new Option<string?>("--as")
        {
            Description = "E-mail of the editor or admin who imports; the first admin if left out",
        };
        var clients = new Option<bool>("--create-clients") { Description = "Create clients that are not known" };
        var validate = new Option<bool>("--validate") { Description = "Check only; import nothing" };
        var existing = new Option<string>("--existing")
        {
            Description = "What becomes of rows that are here already: skip, update or import",
            DefaultValueFactory = _ => Keys.Of(ExistingRows.Skip),
        };
        existing.AcceptOnlyFromAmong(StartImport.ExistingKeys);
        var command = new Command("import", "Import a register of transactions")
        {
            file,
            person,
            clients,
            validate,
            existing,
        };
        command.SetAction(
            async (parsed, stop) =>
            {
                var source = parsed.GetValue(file)!;
                if (!source.Exists)
                    return Refuse($"There is no file {source.FullName}.");
                await using var app = build([], false);
                await PrepareDatabase.Handle(app.Services, stop);
                return await Handle(
                    source,
                    parsed.GetValue(person),
                    parsed.GetValue(clients),
                    parsed.GetValue(validate),
                    Keys.Find<ExistingRows>(parsed.GetValue(existing)!) ?? ExistingRows.Skip,
                    app.Services,
                    stop
                );
            }
        );
        root.Add(command);
    }

    /// <summary>0 when the file was imported (or checked), 1 when not.</summary>
    private static async Task<int> Handle(
        FileInfo source,
        string? email,
        bool createClients,
        bool validate,
        ExistingRows existing,
        IServiceProvider services,
        CancellationToken stop
    )
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        var normalized = email?.Trim().ToUpperInvariant();
        var user = await db
            .Users.Where(u =>
                u.Status == UserStatus.Active
                && (
                    normalized == null ? u.Role == Role.Admin : u.NormalizedEmail == normalized && u.Role != Role.Client
                )
            )
            .OrderBy(u => u.Id)
            .Select(u => new CurrentUser(u.Id, u.FullName, u.Email!, u.Role, null, u.Language, null))
            .FirstOrDefaultAsync(stop);
        if (user is null)
            return Refuse(
                email is null
                    ? "There is no active admin; name somebody with --as."
                    : $"No active editor or admin has the address {email}."
            );

        scope.ServiceProvider.GetRequiredService<ActingPerson>().User = user;
        await using var file = source.OpenRead();
        var start = new StartImport.Start(
            source.Name,
            RunsWhenChecked: !validate,
            createClients,
            Mapping: null,
            existing
        );
        var started = await scope.ServiceProvider.GetRequiredService<StartImport>().Handle(start, file, stop);
        if (started.Problem is { } problem)
            return Refuse(Words.For("en")[problem.Key, problem.Args]);

        var work = scope.ServiceProvider.GetRequiredService<RunImport>().Handle(started.Value, stop);
        return await Follow(started.Value, work, services, stop);
    }

    private static async Task<int> Follow(int id, Task work, IServiceProvider services, CancellationToken stop)
    {
        var said = "";
        while (true)
        {
            await Task.WhenAny(work, Task.Delay(Pause, stop));
            stop.ThrowIfCancellationRequested();
            if (work.IsFaulted)
                await work;
            await using var scope = services.CreateAsyncScope();
            var run = await scope
                .ServiceProvider.GetRequiredService<AppDb>()
                .Imports.AsNoTracking()
                .SingleAsync(i => i.Id == id, stop);
            var words = Words.For("en");
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{words["import.status." + Keys.Of(run.Status)]}: {run.Processed} of {run.Rows} rows"
            );
            if (line != said)
                Console.WriteLine(said = line);
            if (run.IsUnderway)
            {
                // A server beside this process may have been quicker to take it.
                if (work.IsCompleted)
                    await Task.Delay(Pause, stop);
                continue;
            }

            if (run.Failure is { } failure)
                return Refuse(ImportLimits.Text(words, failure));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Import {id}: {run.Rows} rows, {run.Imported} imported, {run.Updated} updated, "
                        + $"{run.Skipped} already here, {run.Rejected} rejected."
                )
            );
            return 0;
        }
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine(reason);
        return 1;
    }
}
