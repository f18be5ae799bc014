using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using MdcTts.Features.Accounts;
using MdcTts.Features.Transactions;
using MdcTts.Features.Transactions.Imports;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using MdcTts.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Conventions;

/// <summary>
/// Every endpoint asked by every kind of person, compared with <c>AccessTable.txt</c> beside this file: the status it
/// answers, or <c>signin</c> for whoever it sends there.
/// The last five are admins: on pages one whose last proof of who they are is too old, in the API tokens (t:) with
/// some of the scopes.
/// Forms and bodies are empty unless <see cref="BodyOf"/> fills them, so 400 and 422 mean "allowed, but say what". A
/// new endpoint needs its line; the received table is written beside the kept one.
/// </summary>
[Trait("runs", "once")]
public sealed partial class AccessTests(App app) : IClassFixture<App>
{
    private const string SecretOfFirm = "Zamzam tower, only for the assigned and the client";
    private const string SecretOfStaff = "What clients must never read";

    private const string Unproven = "unprovd";

    private static readonly string[] Kinds =
    [
        "anonymous",
        "pending",
        "suspended",
        "other-client",
        "client",
        "other-editor",
        "editor",
        "admin",
        Unproven,
        "t:read",
        "t:write",
        "t:r+w",
        "t:admin",
    ];

    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 4 };

    // Reading changes nothing: all of a kind's reading is done in one session and with one token.
    private readonly Dictionary<string, (string Name, string Value)> _sessions = [];
    private readonly Dictionary<string, string> _tokens = [];
    private Person _pending = null!;
    private Person _suspended = null!;
    private Person _other = null!;
    private int _import;

    [Fact]
    public async Task Every_endpoint_answers_everybody_as_the_table_says_and_leaks_nothing()
    {
        _pending = await app.Given.User(
            "Pending Person",
            "pending@mdc.example",
            Role.Client,
            Municipality,
            UserStatus.Pending
        );
        _suspended = await app.Given.User(
            "Suspended Person",
            "suspended@mdc.example",
            Role.Admin,
            status: UserStatus.Suspended
        );
        _other = await app.Given.User("Other Admin", "other.admin@mdc.example", Role.Admin);
        var shared = await Transaction();
        _import = await Import();
        var routes = ListRoutes
            .Handle(app.Services.GetRequiredService<EndpointDataSource>().Endpoints)
            .Where(r => r.Method != "HEAD")
            .ToList();
        Assert.True(routes.Count > 80);

        foreach (var kind in Kinds)
            if (PersonOf(kind) is { } person)
            {
                _sessions[kind] = SessionOf(kind, person);
                _tokens[kind] = TokenOf(kind, person);
            }

        var (answers, leaks, seen) = (new string[routes.Count, Kinds.Length], new ConcurrentQueue<string>(), 0);
        async ValueTask Fill(int row, int column)
        {
            var (route, kind) = (routes[row], Kinds[column]);
            var (status, text) = await Ask(kind, route, shared);
            answers[row, column] = status;
            if (text.Contains(SecretOfFirm, StringComparison.Ordinal))
            {
                Interlocked.Increment(ref seen);
                if (kind is not ("client" or "editor" or "admin") && !IsLesserAdmin(kind))
                    leaks.Enqueue($"{route.Method} {route.Route} shows {kind} a transaction of others");
            }

            if (
                text.Contains(SecretOfStaff, StringComparison.Ordinal)
                && kind is not ("editor" or "admin")
                && !IsLesserAdmin(kind)
            )
                leaks.Enqueue($"{route.Method} {route.Route} shows {kind} what is for staff");
        }

        var rows = Enumerable.Range(0, routes.Count).ToLookup(r => routes[r].Method == "GET");
        var columns = Enumerable.Range(0, Kinds.Length).ToList();
        await Parallel.ForEachAsync(
            from row in rows[true]
            from column in columns
            select (row, column),
            AtOnce,
            (cell, _) => Fill(cell.row, cell.column)
        );
        // Some of the others end all sessions of whoever asks: nobody asks for two of them at once.
        await Parallel.ForEachAsync(
            columns,
            AtOnce,
            async (column, _) =>
            {
                foreach (var row in rows[false])
                    await Fill(row, column);
            }
        );

        Check.None(leaks, "These answers show what the person must not see: begin reads at VisibleTo(user)");
        Assert.True(seen > 5, "Nobody ever saw the transaction, so nothing was proved.");
        Check.None(app.Errors);
        var received =
            $"{"", -65}"
            + $"{string.Join(' ', Kinds.Select(k => k[..Math.Min(7, k.Length)].PadRight(7))).TrimEnd()}\n"
            + $"{string.Join('\n', routes.Select(Line))}\n";
        string Line(ListRoutes.Entry route, int row) =>
            $"{route.Method, -7}"
            + $"{route.Route, -58}{string.Join(' ', columns.Select(c => answers[row, c].PadRight(7))).TrimEnd()}";

        var path = Repository.Path("Tests/Conventions/AccessTable.txt");
        var kept = await File.ReadAllTextAsync(path);
        if (received != kept)
            await File.WriteAllTextAsync(Path.ChangeExtension(path, ".received.txt"), received);
        Check.None(
            received
                .Split('\n')
                .Except(kept.Split('\n'))
                .Select(l => "now:  " + l)
                .Concat(kept.Split('\n').Except(received.Split('\n')).Select(l => "kept: " + l)),
            """
            These answers are not those of Tests/Conventions/AccessTable.txt. Check that every kind of person gets what
            they should; if so, move AccessTable.received.txt, which stands beside it, over it. Different
            """
        );
        Assert.Equal(kept, received);
    }

    // What may change something comes from a fresh session or token and meets rows of its own: no answer depends on
    // another.
    private async Task<(string Status, string Text)> Ask(string kind, ListRoutes.Entry route, Transaction shared)
    {
        var isApi = ("/" + route.Route.Trim('/')).StartsWith(RouteGroups.Api, StringComparison.Ordinal);
        if (isApi ? kind == Unproven : kind.StartsWith("t:", StringComparison.Ordinal))
            return ("-", "");
        var person = PersonOf(kind);
        var (url, number) = await UrlOf(route, shared);
        var isSafe = route.Method == "GET";
        var body = isSafe ? null : BodyOf(route, number);
        if (url.StartsWith(RouteGroups.Api, StringComparison.Ordinal))
        {
            using var api = person is null
                ? app.AnonymousApi
                : app.ApiWith(isSafe ? _tokens[kind] : TokenOf(kind, person));
            var answer = await api.Send(
                new HttpMethod(route.Method),
                url[RouteGroups.Api.Length..],
                isSafe
                    ? null
                    : new StringContent(
                        System.Text.Json.JsonSerializer.Serialize(body ?? new { }),
                        new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")
                    ),
                route.Method == "PUT" ? [("If-Match", "\"1\"")] : []
            );
            return (answer.Status.ToString(), answer.Text);
        }

        using var visitor = person is null
            ? app.Anonymous
            : app.InSession(isSafe ? _sessions[kind] : SessionOf(kind, person));
        var page = isSafe ? await visitor.Page(url) : await visitor.Submit(url, body);
        var toSignIn =
            page.Status == 302
            && page.Location is { } to
            && new Uri(app.Address, to).AbsolutePath == AccountRoutes.SignIn;
        return (toSignIn ? "signin" : page.Status.ToString(), page.Text);
    }

    private static bool IsLesserAdmin(string kind) =>
        kind == Unproven || kind.StartsWith("t:", StringComparison.Ordinal);

    private (string Name, string Value) SessionOf(string kind, Person person)
    {
        var session = Visitor.SessionOf(app, person.Id);
        if (kind == Unproven)
            app.Db(db =>
                    db.Sessions.Where(s => s.UserId == person.Id)
                        .ExecuteUpdateAsync(set => set.SetProperty(s => s.ConfirmedAt, app.Now.AddDays(-1)))
                )
                .GetAwaiter()
                .GetResult();
        return session;
    }

    private string TokenOf(string kind, Person person) =>
        app.NewToken(
            person,
            kind switch
            {
                "t:read" => ["read"],
                "t:write" => ["write"],
                "t:admin" => ["admin"],
                "admin" => ["read", "write", "admin"],
                _ => ["read", "write"],
            }
        );

    private Person? PersonOf(string kind) =>
        kind switch
        {
            "pending" => _pending,
            "suspended" => _suspended,
            "other-client" => Khalid,
            "client" => Huda,
            "other-editor" => Omar,
            "editor" => Sara,
            "admin" => Nasser,
            _ when IsLesserAdmin(kind) => _other,
            _ => null,
        };

    private static object? BodyOf(ListRoutes.Entry route, string number) =>
        route.Route.Trim('/') switch
        {
            var r when r.EndsWith("{number}/comments", StringComparison.Ordinal) => new { text = "Seen." },
            var r when r.EndsWith("{number}/assignee", StringComparison.Ordinal) => new
            {
                assignee = Lina.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                reason = "Holidays",
            },
            var r when r.EndsWith("{number}/due", StringComparison.Ordinal) => new { dueDate = "2026-12-01" },
            "api/v1/transactions/{number}/status" => new { status = "cancelled", note = "Withdrawn" },
            "transactions/{number}/status" => new { to = "cancelled", note = "Withdrawn" },
            "api/v1/transactions/{number}" when route.Method == "PUT" => new
            {
                title = SecretOfFirm,
                client = Municipality.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                type = "submission",
            },
            "api/v1/transactions/{number}" or "transactions/{number}/delete" => new { reason = "Entered twice" },
            "api/v1/transactions/bulk" or "transactions/bulk" => new
            {
                numbers = new[] { number },
                action = "status",
                status = "cancelled",
                note = "Withdrawn",
            },
            _ => null,
        };

    private async Task<(string Url, string Number)> UrlOf(ListRoutes.Entry route, Transaction shared)
    {
        var url = "/" + route.Route.Trim('/');
        var isSafe = route.Method == "GET";
        if (url.EndsWith("/export", StringComparison.Ordinal))
            url += "?format=csv";
        var transaction =
            isSafe
            || !(url.Contains("{number}", StringComparison.Ordinal) || url.EndsWith("/bulk", StringComparison.Ordinal))
                ? shared
                : await Transaction();
        var id = url switch
        {
            _ when !url.Contains("{id", StringComparison.Ordinal) => 0,
            _ when url.Contains("/imports/", StringComparison.Ordinal) => _import,
            _ when url.Contains("/clients/", StringComparison.Ordinal) => isSafe
                ? Municipality.Id
                : (await app.Given.Client($"Client {Guid.NewGuid():N}")).Id,
            _ when url.Contains("/users/", StringComparison.Ordinal) => (
                await app.Given.User(email: $"{Guid.NewGuid():N}@mdc.example")
            ).Id,
            // None has this: which messages there are depends on what was done before.
            _ when url.Contains("/mails/", StringComparison.Ordinal) => 999_999,
            _ => 1,
        };
        url = Id()
            .Replace(url, id.ToString())
            .Replace("{number}", transaction.Number, StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal)
            .Replace("{contact:int}", "999999", StringComparison.Ordinal)
            .Replace("{key}", "new", StringComparison.Ordinal)
            .Replace("{day}", "2026-11-22", StringComparison.Ordinal)
            .Replace("{family:length(22)}", new string('f', 22), StringComparison.Ordinal)
            .Replace("{id:guid}", Guid.Empty.ToString(), StringComparison.Ordinal)
            .Replace("{job}", "PurgeMailsJob", StringComparison.Ordinal);
        if (url.Contains("{code}", StringComparison.Ordinal))
            url = url.Replace("{code}", (await app.Given.Project()).Code, StringComparison.Ordinal);
        url = url.Replace(
            "{token}",
            url.StartsWith("/t/", StringComparison.Ordinal) || url.Contains("/tracking/", StringComparison.Ordinal)
                ? shared.TrackingToken
                : "nobody-has-this",
            StringComparison.Ordinal
        );
        return url.Contains('{', StringComparison.Ordinal)
            ? throw new Xunit.Sdk.XunitException(
                $"{route.Route}: say in {nameof(UrlOf)} what stands for its parameters."
            )
            : (url, transaction.Number);
    }

    private Task<Transaction> Transaction() =>
        app.Given.Transaction(
            SecretOfFirm,
            status: "submitted",
            client: Municipality,
            by: Sara,
            assignee: Sara,
            reference: "ACCESS-1",
            notes: SecretOfStaff
        );

    /// <summary>Checked to its end: until then it has no rejected rows to download.</summary>
    private async Task<int> Import()
    {
        using var api = app.Api(Sara);
        var answer = await api.Upload(
            "/transactions/imports",
            "file",
            "register.csv",
            "Title,Client,Type\nA,Nobody,submission\n"u8.ToArray(),
            ("mode", "validate")
        );
        var ended = await api.Ended(answer.Expect(202)["id"]!);
        return int.Parse(ended["id"]!, System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\{id:(int|long)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Id();
}
