using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace MdcTts.Support;

/// <summary>
/// An <see cref="App"/> that one class after the other uses, which saves its start: for tests that look at rows of
/// their own only, among those of classes before them. What they may change is their own too. When a class leaves
/// people, the cast's clients, settings, lists, the workflow or the clock other than it found them, nobody gets its
/// app.
/// </summary>
public sealed class SharedApp : App, IAsyncLifetime
{
    private static readonly ConcurrentBag<App> Idle = [];

    private static readonly string[] Common =
    [
        "SELECT * FROM \"Settings\" ORDER BY 1, 2",
        "SELECT * FROM \"WorkflowStatuses\" ORDER BY 1, 2",
        "SELECT * FROM \"WorkflowMoves\" ORDER BY 1, 2",
        "SELECT * FROM \"ListItems\" ORDER BY 1, 2",
        "SELECT * FROM \"Holidays\" ORDER BY 1, 2",
        "SELECT * FROM \"Users\" ORDER BY 1",
        $"SELECT * FROM \"Clients\" WHERE \"Id\" <= {Cast.Hospital.Id} ORDER BY 1",
    ];

    private App _app = null!;
    private string _found = "";

    static SharedApp() =>
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
            Task.WhenAll(Idle.Select(app => ((IAsyncLifetime)app).DisposeAsync())).GetAwaiter().GetResult();

    public override async Task InitializeAsync()
    {
        if (!Idle.TryTake(out _app!))
        {
            _app = new App();
            await _app.InitializeAsync();
        }

        Use(_app);
        _found = await Look();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        if (Clock.GetUtcNow() == Cast.Start && await Look() == _found)
            Idle.Add(_app);
        else
            await ((IAsyncLifetime)_app).DisposeAsync();
    }

    private Task<string> Look() =>
        Db(async db =>
        {
            var rows = new List<string>();
            await db.Database.OpenConnectionAsync();
            foreach (var sql in Common)
            {
                await using var command = db.Database.GetDbConnection().CreateCommand();
                command.CommandText = sql;
                await using var reader = await command.ExecuteReaderAsync();
                var values = new object[reader.FieldCount];
                while (await reader.ReadAsync())
                    rows.Add(
                        string.Join(
                            '|',
                            values[..reader.GetValues(values)]
                                .Select(v => Convert.ToString(v, CultureInfo.InvariantCulture))
                        )
                    );
            }

            return string.Join('\n', rows);
        });
}
