using System.CommandLine;
using MdcTts.Features.Backups.Making;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Backups.Restoring;

/// <summary>
/// <c>MdcTts restore NAME|FILE [--force]</c>: restores into DATABASE_URL and DATA_DIR while the app is stopped. Exit
/// code 0 when everything is back, 1 and the reason when nothing was touched.
/// </summary>
public static class RestoreCommand
{
    public static void AddTo(RootCommand root, RunWeb.Build build)
    {
        var which = new Argument<string>("backup")
        {
            Description = "A name in BACKUP_DIR or the bucket, or the file of a manifest",
        };
        var force = new Option<bool>("--force")
        {
            Description = "Also over what is there, after a safety backup of it",
        };
        var restore = new Command("restore", "Bring a backup back; the app must be stopped") { which, force };
        restore.SetAction(
            (parsed, stop) =>
                BackupCommand.Run(
                    parsed,
                    build,
                    services =>
                    {
                        var (store, name) = BackupCommand.Find(
                            parsed.GetValue(which),
                            services.GetRequiredService<Backups>().Store
                        );
                        return Handle(new(name, store, parsed.GetValue(force)), services, Console.Out, stop);
                    }
                )
        );
        root.Add(restore);
    }

    /// <summary>Says what was restored, and what to do next.</summary>
    public static async Task Handle(
        RestoreBackup.Command command,
        IServiceProvider services,
        TextWriter output,
        CancellationToken stop
    )
    {
        var words = Words.For("en");
        await using var scope = services.CreateAsyncScope();
        var done = await scope.ServiceProvider.GetRequiredService<RestoreBackup>().Handle(command, stop);
        if (done.Safety is { } safety)
            await output.WriteLineAsync(words["backups.safety", safety]);
        await output.WriteLineAsync(
            words[
                "backups.restored",
                done.Manifest.Name,
                Words.Number(done.Manifest.Tables.Values.Sum(t => t.Rows)),
                Words.Number(done.Manifest.Tables.Count),
                Words.Number(done.Manifest.Files.Count)
            ]
        );
        if (done.IsOlder)
            await output.WriteLineAsync(words["backups.restored_older"]);
        await services
            .GetRequiredService<Backups>()
            .Record("backup.restored", command.Name, by: null, new { done.Safety }, stop);
    }
}
