using System.Diagnostics;
using Npgsql;

namespace MdcTts.Support;

/// <summary>
/// The PostgreSQL of this run: TEST_DATABASE_URL, or one that <c>Tests/Support/postgres</c> starts on first use and
/// stops when this process ends.
/// </summary>
internal static class PostgresServer
{
    /// <summary>
    /// Names the variable whose options the script gives to the server instead of its own, which trade safety for
    /// speed.
    /// </summary>
    public const string SettingsVariable = "TEST_POSTGRES_SETTINGS";

    private static readonly Lazy<Task<string>> Started = new(Start);

    // Held so that the pipe to the script stays open as long as this process lives.
    private static Process? _script;

    /// <summary><c>postgres://…</c> of a database that may be connected to in order to make others.</summary>
    public static Task<string> Url => Started.Value;

    /// <summary>The same server, another database.</summary>
    public static async Task<string> UrlOf(string database) =>
        new UriBuilder(await Url) { Path = database }
            .Uri
            .AbsoluteUri;

    public static async Task Execute(string sql)
    {
        await using var connection = new NpgsqlConnection(
            MdcTts.Infrastructure.Configuration.DatabaseUrl.ToConnectionString(await Url) + ";Pooling=false"
        );
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> Start()
    {
        if (Environment.GetEnvironmentVariable("TEST_DATABASE_URL") is { Length: > 0 } given)
            return given;
        _script = Process.Start(
            new ProcessStartInfo("bash", [Repository.Path("Tests/Support/postgres")])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        return await _script.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("PostgreSQL did not start; see the output above.");
    }
}
