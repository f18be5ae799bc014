using System.CommandLine;
using System.Globalization;
using MdcTts.Features.Backups.Storing;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Backups.Making;

/// <summary>
/// <c>MdcTts backup [--to FOLDER]</c>, <c>backup verify [NAME|FILE]</c>, <c>backup list</c>: exit code 0 when all is
/// well, 1 and the reason when it is not. They may run beside the app.
/// </summary>
public static class BackupCommand
{
    public static void AddTo(RootCommand root, RunWeb.Build build)
    {
        var to = new Option<DirectoryInfo?>("--to") { Description = "Another folder than BACKUP_DIR" };
        var which = new Argument<string?>("backup")
        {
            Description = "A name, or the file of a manifest; the newest when left out",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verify = new Command("verify", "Hash everything again and read the saved database to its end") { which };
        var list = new Command("list", "Say what backups there are");
        var backup = new Command("backup", "Save the database and the files while the app runs") { to, verify, list };
        backup.SetAction(
            (parsed, stop) =>
                Run(
                    parsed,
                    build,
                    async services =>
                    {
                        var backups = services.GetRequiredService<Backups>();
                        var store = parsed.GetValue(to) is { } folder ? new BackupStore(folder.FullName) : null;
                        var made = await backups.Make(store, by: null, stop);
                        await Console.Out.WriteLineAsync(
                            Describe(made.Name, (store ?? backups.Store).Status(made.Name))
                        );
                    }
                )
        );
        verify.SetAction(
            (parsed, stop) =>
                Run(
                    parsed,
                    build,
                    async services =>
                    {
                        var backups = services.GetRequiredService<Backups>();
                        var (store, name) = Find(parsed.GetValue(which), backups.Store);
                        var manifest = await backups.Verify(store, name, by: null, stop);
                        await Console.Out.WriteLineAsync(
                            Words.For("en")[
                                "backups.verified",
                                name,
                                Words.Number(manifest.Blobs.Count()),
                                Words.Number(manifest.Tables.Values.Sum(t => t.Rows)),
                                Words.Number(manifest.Tables.Count)
                            ]
                        );
                    }
                )
        );
        list.SetAction(
            (parsed, stop) =>
                Run(
                    parsed,
                    build,
                    async services =>
                    {
                        var backups = services.GetRequiredService<Backups>();
                        foreach (var name in backups.Store.Names())
                            await Console.Out.WriteLineAsync(Describe(name, backups.Store.Status(name)));
                    }
                )
        );
        root.Add(backup);
    }

    /// <summary>The backup that an operator names: in the folder, or by the file of its manifest.</summary>
    public static (BackupStore Store, string Name) Find(string? which, BackupStore store)
    {
        if (which is null)
            return (store, store.Newest() ?? throw new BackupException("backups.fault.no_backup"));
        if (BackupStore.IsName(which))
            return (store, which);
        var name = Path.GetFileNameWithoutExtension(which);
        return File.Exists(which) && BackupStore.IsName(name)
            ? (new(Path.GetDirectoryName(Path.GetFullPath(which))!), name)
            : throw new BackupException("backups.fault.none", which);
    }

    /// <summary>Runs a verb; what it refuses is one line and exit code 1.</summary>
    public static async Task<int> Run(ParseResult parsed, RunWeb.Build build, Func<IServiceProvider, Task> work)
    {
        // The root command passes unknown options on to the host; here they are typing errors.
        if (parsed.UnmatchedTokens is [var unknown, ..])
            throw new SettingsException($"There is no option {unknown}.");
        await using var app = build([], demo: false);
        try
        {
            await work(app.Services);
            return 0;
        }
        catch (Exception refused) when (BackupFault.IsForTheOperator(refused))
        {
            throw new SettingsException(BackupFault.Of(refused).In(Words.For("en")));
        }
    }

    private static string Describe(string name, BackupStatus? status)
    {
        var words = Words.For("en");
        if (status is null)
            return name;
        var state = status.Fault is { } fault
            ? fault.In(words)
            : words[status.IsGood ? "backups.state.good" : "backups.state.unverified"];
        var protection = words[status.IsEncrypted ? "backups.encrypted" : "backups.not_encrypted"];
        var uploaded = status.Uploaded is { } where ? ", " + where : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}  {status.Bytes:N0} bytes, {status.Files:N0} files, {protection}, {state}{uploaded}"
        );
    }
}
