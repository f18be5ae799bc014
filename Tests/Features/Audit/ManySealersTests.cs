using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MdcTts.Features.Accounts;
using MdcTts.Features.Audit.Verifying;
using MdcTts.Infrastructure.Audit;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Audit;

/// <summary>Real processes of the app, asked for changes side by side, each sealing; one of them is killed.</summary>
[Trait("runs", "proof")]
public sealed class ManySealersTests : IAsyncLifetime
{
    private const int AtOnce = 200;

    /// <summary>
    /// More than one batch of the sealing in any case. On SQLite there is one process at a time, and its disk is
    /// slower: fewer are enough there.
    /// </summary>
    private static readonly int Entries = (TestDatabase.IsPostgres, Proofs.AreLong) switch
    {
        (true, true) => 10_000,
        (true, false) => 800,
        (false, true) => 1_200,
        (false, false) => 400,
    };

    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await TestDatabase.Make();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Entries_of_two_processes_make_one_chain_and_a_killed_one_loses_none()
    {
        var token = await Token();
        using var first = new AppProcess(_database);
        using var second = TestDatabase.IsPostgres ? new AppProcess(_database) : null;
        var numbers = (await Task.WhenAll(Create(first, token, AtOnce / 2), Create(second ?? first, token, AtOnce / 2)))
            .SelectMany(n => n)
            .ToList();
        var rounds = Entries / AtOnce / 2;
        for (var round = 0; round < rounds; round++)
        {
            // Two at the same transactions would only refuse each other: each has its half, and assigns it to one
            // person and then to the next.
            var to = round % 2 == 0 ? Omar : Lina;
            await Task.WhenAll(
                Assign(first, token, numbers[..(AtOnce / 2)], to, Fahad),
                Assign(second ?? first, token, numbers[(AtOnce / 2)..], to, Fahad)
            );
        }

        Assert.Equal(Entries, await Assigned());
        first.Kill();
        using var third = TestDatabase.IsPostgres ? null : new AppProcess(_database);
        await Assign(second ?? third!, token, numbers, Sara);
        Assert.Equal(Entries + AtOnce, await Assigned());

        await Wait.Until(() => _database.Db(async db => !await db.AuditPending.AnyAsync()));

        var verdict = await _database.Db(db =>
            new VerifyChain(db, new AuditChain(_database.Settings), new AuditSigner(_database.Settings)).Handle(
                anchor: null,
                progress: null,
                CancellationToken.None
            )
        );
        Assert.Equal(new Verdict(await _database.Db(db => db.Audit.LongCountAsync()), 0), verdict);
    }

    private Task<int> Assigned() => _database.Db(db => db.Audit.CountAsync(e => e.Action == "transaction.assigned"));

    // The processes have the real clock: good for any day.
    private Task<string> Token() =>
        _database.Db(async db =>
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

    private static async Task<HttpClient> Client(AppProcess server, string token)
    {
        var http = new HttpClient { BaseAddress = await server.Address(), Timeout = TimeSpan.FromMinutes(2) };
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

    private static async Task<List<string>> Create(AppProcess server, string token, int count)
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

    private static async Task Assign(
        AppProcess server,
        string token,
        IReadOnlyList<string> numbers,
        params Person[] people
    )
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
}
