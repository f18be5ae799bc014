using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MdcTts.Load;

/// <summary>
/// Of ten requests: five pages, two lists by a script, two transactions by a script under a key, one comment by a form.
/// Beside them lists that are open all the time and must hear of every transaction.
/// </summary>
internal sealed class MixedLoad(Target target, Ledger ledger, bool retry, string run)
{
    private const int People = 8;
    private const int Listeners = 6;

    // So many that two comments on one transaction do not meet: the later of two at once is told that it changed
    // meanwhile.
    private const int Commented = 5 * People;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // Whether news comes is proved here, not how fast: that depends on what else the machine does.
    private static readonly TimeSpan NewsMax = TimeSpan.FromSeconds(120);
    private static readonly string[] Pages =
    [
        "/transactions",
        "/dashboard",
        "/transactions?q=facade",
        "/transactions?status=submitted",
        "/account",
    ];

    private readonly Visitor[] _browsers = [.. Enumerable.Range(1, People).Select(p => new Visitor(target, p))];
    private readonly Visitor[] _scripts = [.. Enumerable.Range(1, People).Select(p => new Visitor(target, p))];
    private readonly string[] _commented = new string[Commented];
    private readonly ConcurrentBag<string> _made = [];
    private readonly List<LiveReader> _listeners = [];
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly Latencies _latencies = new();
    private int _repeated;
    private string _client = "";

    public static async Task<int> Run(
        Target target,
        double rate,
        TimeSpan time,
        string? until,
        string ledgerFile,
        bool retry,
        CancellationToken stop
    )
    {
        using var ledger = new Ledger(ledgerFile);
        var run = $"Lab {DateTime.UtcNow:HHmmss}";
        var load = new MixedLoad(target, ledger, retry, run);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await load.Begin(stop);
        var listening = await load.Listen(leaving.Token);
        Console.WriteLine("ready");
        await Schedule.Run(
            rate,
            due => (until is null ? due < time : !File.Exists(until)) && !stop.IsCancellationRequested,
            (number, due) => load.Send(number, due, stop)
        );
        await load.Settle(stop);
        await leaving.CancelAsync();
        await Task.WhenAll(listening);
        return await load.Report(stop);
    }

    private async Task<List<Task>> Listen(CancellationToken stop)
    {
        var listening = new List<Task>();
        // The admin: an editor is not told of transactions that are somebody else's.
        var visitor = new Visitor(target, Target.TheAdmin);
        await visitor.SignIn(stop);
        for (var i = 0; i < Listeners; i++)
        {
            _listeners.Add(new(visitor, _made));
            listening.Add(await _listeners[i].Listen(stop));
        }

        return listening;
    }

    // The news of the last ones is on its way.
    private async Task Settle(CancellationToken stop)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < NewsMax && _listeners.Exists(l => l.Missed.Any()))
            await Task.Delay(100, stop);
    }

    private async Task Begin(CancellationToken stop)
    {
        foreach (var browser in _browsers)
            await browser.SignIn(stop);
        foreach (var script in _scripts)
            await script.SignInToApi(stop);
        _client = (await _scripts[0].Json("/clients", stop)).GetProperty("items")[0].GetProperty("id").GetString()!;
        for (var i = 0; i < Commented; i++)
        {
            var title = $"{run} begin {i}";
            using var made = await _scripts[i % People].Post("/transactions", Body(title), title, stop);
            ledger.Answered(title);
            _commented[i] = (await made.Content.ReadFromJsonAsync<JsonElement>(stop))
                .GetProperty("number")
                .GetString()!;
        }
    }

    private async Task Send(int number, DateTime due, CancellationToken stop)
    {
        var person = number / 10 % People;
        var what = (number % 10) switch
        {
            2 or 7 => "list",
            4 or 9 => "create",
            5 => "comment",
            _ => "page",
        };
        try
        {
            var isDone = what switch
            {
                "list" => await Good(await _scripts[person].Get("/api/v1/transactions?pageSize=25", stop), what),
                "create" => await Create(_scripts[person], number, stop),
                "comment" => await Comment(person, number, stop),
                _ => await Good(await _browsers[person].Get(Pages[number / 7 % Pages.Length], stop), what),
            };
            if (isDone)
                _latencies.Add(due);
        }
        catch (Exception e)
            when (e is HttpRequestException or IOException or OperationCanceledException or InvalidOperationException)
        {
            _failures.Enqueue(
                $"{what}: {(e is OperationCanceledException ? "hung" : (e.InnerException ?? e).Message)}"
            );
        }
    }

    private async Task<bool> Create(Visitor script, int number, CancellationToken stop)
    {
        var title = $"{run} create {number}";
        ledger.Asked(title);
        for (var until = DateTime.UtcNow + Patience; ; Interlocked.Increment(ref _repeated))
        {
            string? why;
            try
            {
                using var answer = await script.Post("/transactions", Body(title), title, stop);
                if (answer.StatusCode == HttpStatusCode.Created)
                {
                    ledger.Answered(title);
                    _made.Add(
                        (await answer.Content.ReadFromJsonAsync<JsonElement>(stop)).GetProperty("number").GetString()!
                    );
                    return true;
                }

                var text = await answer.Content.ReadAsStringAsync(stop);
                // It was done, and the answer died with its server: as good as an acknowledgement.
                if (text.Contains("idempotency-answer-lost", StringComparison.Ordinal))
                {
                    ledger.Answered(title);
                    return true;
                }

                why = $"{(int)answer.StatusCode} {(text.Length > 150 ? text[..150] : text)}";
                if ((int)answer.StatusCode < 500 && answer.StatusCode != HttpStatusCode.Conflict)
                    until = default;
            }
            catch (HttpRequestException e) when (retry)
            {
                why = e.Message;
            }

            if (!retry || DateTime.UtcNow > until)
            {
                _failures.Enqueue($"create: {why}");
                return false;
            }

            await Task.Delay(500, stop);
        }
    }

    private async Task<bool> Comment(int person, int number, CancellationToken stop)
    {
        var (about, text) = (_commented[number / 10 % Commented], $"{run} comment {number}");
        ledger.Asked(text);
        var answer = await _browsers[person]
            .Submit($"/transactions/{about}", $"/transactions/{about}/comments", new() { ["text"] = text }, stop);
        var isDone = await Good(answer, "comment", HttpStatusCode.SeeOther);
        if (isDone)
            ledger.Answered(text);
        return isDone;
    }

    private async Task<bool> Good(HttpResponseMessage answer, string what, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using (answer)
        {
            await answer.Content.ReadAsByteArrayAsync();
            if (answer.StatusCode == expected)
                return true;
            _failures.Enqueue($"{what}: {(int)answer.StatusCode}");
            return false;
        }
    }

    private object Body(string title) =>
        new
        {
            title,
            client = _client,
            type = "approval_request",
            priority = "high",
            submit = true,
        };

    private async Task<int> Report(CancellationToken stop)
    {
        using var admin = new Visitor(target, Target.TheAdmin);
        await admin.SignInToApi(stop);
        var wrong = await ledger.Compare(run, _commented, admin, stop);
        wrong.AddRange(_listeners.SelectMany(l => l.Missed).Select(number => "not told of to an open list: " + number));
        Console.WriteLine(
            $"{_latencies.Count} answered, {_failures.Count} failed, {_repeated} repeated; "
                + $"{ledger.Acknowledged} writes acknowledged, {wrong.Count} wrong; "
                + $"{Latencies.Line(_latencies.Sorted())}"
        );
        Console.WriteLine(
            $"{_listeners.Count} open lists, opened again {_listeners.Sum(l => l.Resumed)} times, heard of "
                + $"{_made.Count} transactions"
        );
        foreach (var failure in _failures.GroupBy(f => f).OrderByDescending(g => g.Count()).Take(15))
            Console.WriteLine($"  {failure.Count()} x {failure.Key}");
        foreach (var line in wrong.Take(20))
            Console.WriteLine("  " + line);
        var hasHung = _failures.Any(f =>
            f.EndsWith("hung", StringComparison.Ordinal) || f.StartsWith("create", StringComparison.Ordinal)
        );
        return wrong.Count == 0 && ledger.Acknowledged > 1 && (retry ? !hasHung : _failures.IsEmpty) ? 0 : 1;
    }
}
