using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MdcTts.Features.Accounts;
using MdcTts.Features.Audit.Verifying;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Audit;

/// <summary>Real processes of the app, asked for changes side by side, each sealing; one of them is killed.</summary>
public sealed partial class ManySealersTests : IAsyncLifetime
{
    private const int AtOnce = 200;

    /// <summary>On SQLite there is one process at a time, and its disk is slower: fewer are enough there.</summary>
    private static readonly int Entries = TestDatabase.IsPostgres ? 10_000 : 1_200;

    private TestDatabase _database = null!;
    private AppSettings _settings = null!;
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.Make();
        var settings = new Dictionary<string, string?>
        {
            ["DATA_DIR"] = _database.DataDir,
            ["SECRET_KEY"] = App.SecretKey,
            ["DATABASE_URL"] = _database.Url,
        };
        _settings = AppSettings.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), demo: false);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddDatabase(_settings);
        _services = services.BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Ten_thousand_entries_of_two_processes_make_one_chain_and_a_killed_one_loses_none()
    {
        var token = await Token();
        using var first = new Server(_database);
        using var second = TestDatabase.IsPostgres ? new Server(_database) : null;
        var numbers = (await Task.WhenAll(Create(first, token, AtOnce / 2), Create(second ?? first, token, AtOnce / 2)))
            .SelectMany(n => n)
            .ToList();
        var rounds = Entries / AtOnce / 2;
        for (var round = 0; round < rounds; round++)
        {
            // Both at the same transactions would only refuse each other: each has its half, and gives it to somebody and on to the next.
            var to = round % 2 == 0 ? Omar : Lina;
            await Task.WhenAll(
                Assign(first, token, numbers[..(AtOnce / 2)], to, Fahad),
                Assign(second ?? first, token, numbers[(AtOnce / 2)..], to, Fahad)
            );
        }

        Assert.Equal(Entries, await Assigned());
        first.Kill();
        using var third = TestDatabase.IsPostgres ? null : new Server(_database);
        await Assign(second ?? third!, token, numbers, Sara);
        Assert.Equal(Entries + AtOnce, await Assigned());

        await Wait.Until(() => Db(async db => !await db.AuditPending.AnyAsync()));

        var verdict = await Db(db =>
            VerifyChain.Handle(db, new AuditChain(_settings), anchor: null, progress: null, CancellationToken.None)
        );
        Assert.Equal(new Verdict(await Db(db => db.Audit.LongCountAsync()), 0), verdict);
    }

    private Task<int> Assigned() => Db(db => db.Audit.CountAsync(e => e.Action == "transaction.assigned"));

    private async Task<T> Db<T>(Func<AppDb, Task<T>> work)
    {
        await using var scope = _services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<AppDb>());
    }

    // The processes have the real clock: good for any day.
    private Task<string> Token() =>
        Db(async db =>
        {
            var text = "mdc_" + Guid.NewGuid().ToString("N");
            db.AccessTokens.Add(
                new AccessToken
                {
                    UserId = Nasser.Id,
                    Kind = TokenKind.Personal,
                    Name = "many",
                    Hash = Sessions.HashOf(text),
                    Scopes = "read write admin",
                    Stamp = (await db.Users.SingleAsync(u => u.Id == Nasser.Id)).SecurityStamp!,
                    CreatedAt = Start.UtcDateTime,
                    ExpiresAt = Start.UtcDateTime.AddYears(50),
                    LastUsedAt = Start.UtcDateTime.AddYears(50),
                }
            );
            await db.SaveChangesAsync();
            return text;
        });

    private static async Task<HttpClient> Client(Server server, string token)
    {
        var http = new HttpClient { BaseAddress = await server.Address, Timeout = TimeSpan.FromMinutes(2) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private static async Task<JsonElement> Post(HttpClient http, string path, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri("/api/v1" + path, UriKind.Relative), content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static async Task<List<string>> Create(Server server, string token, int count)
    {
        using var http = await Client(server, token);
        var numbers = new List<string>();
        for (var i = 0; i < count; i++)
            numbers.Add((
                    await Post(
                        http,
                        "/transactions",
                        new
                        {
                            title = $"Many {i}",
                            client = Id(Municipality.Id),
                            type = "submission",
                        }
                    )
                ).GetProperty("number").GetString()!);
        return numbers;
    }

    private static async Task Assign(Server server, string token, IReadOnlyList<string> numbers, params Person[] people)
    {
        using var http = await Client(server, token);
        foreach (var person in people)
            await Post(
                http,
                "/transactions/bulk",
                new
                {
                    numbers,
                    action = "assign",
                    assignee = Id(person.Id),
                    reason = "Shared out",
                }
            );
    }

    private static string Id(int id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private sealed class Server : IDisposable
    {
        private readonly Process _process;
        private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Server(TestDatabase database)
        {
            var start = new ProcessStartInfo(
                "dotnet",
                [typeof(Program).Assembly.Location, "web", "--urls", "http://127.0.0.1:0"]
            )
            {
                WorkingDirectory = Repository.Root,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            (start.Environment["DATA_DIR"], start.Environment["SECRET_KEY"], start.Environment["RateLimits__Enabled"]) =
                (database.DataDir, App.SecretKey, "false");
            if (database.Url is { } url)
                start.Environment["DATABASE_URL"] = url;
            _process = Process.Start(start)!;
            _process.OutputDataReceived += (_, e) => Read(e.Data);
            _process.ErrorDataReceived += (_, e) => Read(e.Data);
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public Task<Uri> Address => _address.Task.WaitAsync(TimeSpan.FromSeconds(60));

        public void Kill()
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        public void Dispose()
        {
            if (!_process.HasExited)
                Kill();
            _process.Dispose();
        }

        private void Read(string? line)
        {
            if (line is null)
                return;
            if (At().Match(line) is { Success: true } found)
                _address.TrySetResult(new(found.Groups["url"].Value));
        }
    }

    [GeneratedRegex("at (?<url>http://127[.]0[.]0[.]1:[0-9]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex At();
}
