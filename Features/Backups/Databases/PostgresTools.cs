using System.ComponentModel;
using System.Diagnostics;
using Npgsql;

namespace MdcTts.Features.Backups.Databases;

/// <summary>
/// Runs PostgreSQL's own programs against a database. They get the password by the environment, because the list of
/// processes shows arguments to everybody.
/// </summary>
internal sealed class PostgresTools(NpgsqlConnectionStringBuilder target)
{
    /// <param name="arguments">Nothing secret.</param>
    /// <param name="give">Writes to its input; null for none.</param>
    /// <param name="take">Reads its output; null to discard it.</param>
    /// <exception cref="BackupException">
    /// The program failed; says the first thing that it wrote as an error.
    /// </exception>
    public async Task Run(
        string program,
        IEnumerable<string> arguments,
        Func<Stream, Task>? give,
        Func<Stream, Task>? take,
        CancellationToken stop
    )
    {
        using var process = Start(program, arguments);
        var complaints = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            take ??= output => output.CopyToAsync(Stream.Null, stop);
            var taking = take(process.StandardOutput.BaseStream);
            try
            {
                if (give is not null)
                    await give(process.StandardInput.BaseStream);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // The program ended before it had read everything; its exit code says why.
            }

            await taking;
            await process.WaitForExitAsync(stop);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }

        if (process.ExitCode != 0)
            throw new BackupException("backups.fault.program", program, First(await complaints));
    }

    private Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Find(program), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in Variables())
            if (value is not null)
                start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new BackupException("backups.fault.no_program", program);
        }
    }

    private IEnumerable<(string Name, string? Value)> Variables()
    {
        yield return ("PGHOST", target.Host);
        yield return ("PGPORT", target.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        yield return ("PGDATABASE", target.Database);
        yield return ("PGUSER", target.Username);
        yield return ("PGPASSWORD", target.Password);
        yield return ("PGSSLROOTCERT", target.RootCertificate);
        yield return ("PGCONNECT_TIMEOUT", "15");
        yield return ("PGAPPNAME", "mdc-backup");
        // Npgsql has VerifyFull where libpq has verify-full.
        yield return (
            "PGSSLMODE",
            target.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                var mode => mode.ToString().ToLowerInvariant(),
            }
        );
    }

    // On the PATH or, as Debian installs them, beside the newest server.
    private static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)))
        || !Directory.Exists("/usr/lib/postgresql")
            ? program
            : Directory
                .EnumerateDirectories("/usr/lib/postgresql")
                .OrderByDescending(f => int.TryParse(Path.GetFileName(f), out var version) ? version : 0)
                .Select(f => Path.Combine(f, "bin", program))
                .FirstOrDefault(File.Exists)
                ?? program;

    private static string First(string complaints) =>
        complaints
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .FirstOrDefault(l => !l.Contains("warning", StringComparison.OrdinalIgnoreCase))
        ?? "";
}
