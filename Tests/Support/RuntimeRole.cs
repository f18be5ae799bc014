using MdcTts.Infrastructure.Configuration;
using Npgsql;

namespace MdcTts.Support;

/// <summary>
/// The role that runs the app on PostgreSQL, made by the script for operators. On SQLite there are no roles: the app
/// has the file.
/// </summary>
internal static class RuntimeRole
{
    private static readonly SemaphoreSlim Turn = new(1);

    /// <summary>An app that has no other rights on the database.</summary>
    public static async Task<App> App(TestDatabase database)
    {
        if (database.Url is not { } url)
            return await Started(new App { On = database });
        await Make(url);
        return await Started(new AppAs(Url(url, "mdc_app"), Url(url, "mdc_drill")));
    }

    /// <summary>The same database as another role.</summary>
    public static string Url(string url, string role) =>
        new UriBuilder(url) { UserName = role }
            .Uri
            .AbsoluteUri;

    private static async Task Make(string url)
    {
        // Roles belong to the whole server: two scripts at a time would refuse each other.
        await Turn.WaitAsync();
        try
        {
            await using var owner = new NpgsqlConnection(DatabaseUrl.ToConnectionString(url) + ";Pooling=false");
            await owner.OpenAsync();
            // Twice: an operator will.
            for (var i = 0; i < 2; i++)
            {
                await using var command = owner.CreateCommand();
                command.CommandText = await File.ReadAllTextAsync(
                    Repository.Path("Infrastructure/Deploy/postgres-roles.sql")
                );
                await command.ExecuteNonQueryAsync();
            }
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async Task<App> Started(App app)
    {
        await app.InitializeAsync();
        return app;
    }

    private sealed class AppAs(string url, string drill) : App
    {
        protected override IEnumerable<(string, string)> Settings =>
            [("DATABASE_URL", url), ("DRILL_DATABASE_URL", drill)];
    }
}
