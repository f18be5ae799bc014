using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using MdcTts.Infrastructure.Exports;

namespace MdcTts.Benchmarks;

/// <summary>
/// What an import takes, from its upload until it is completed: seconds, memory, and what becomes of the pages that
/// others open meanwhile.
/// </summary>
internal static class Imports
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(10);
    private const double PagesPerSecond = 10;

    /// <summary>The first makes the app's code ready, as any import does on a server that has run for a day.</summary>
    private static readonly int[] Sizes = [1_000, 10_000, 50_000];

    public static async Task Measure(bool postgres, Plan plan, int most, string? file, CancellationToken stop)
    {
        var engine = postgres ? "PostgreSQL" : "SQLite";
        await using var database = await Database.Make(postgres);
        await Seed.Fill(database, plan.Rows);
        await database.Release();
        await using var app = await Run.StartApp(database, recordTo: null);
        var address = new Uri($"http://127.0.0.1:{app.Port}");
        var cookie = await Run.SignIn(address, Seed.Admin);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromMinutes(10),
        };
        using var reader = new Reader(address, cookie);
        // The pages' code is compiled before anything is compared.
        await reader.During(Task.Delay(TimeSpan.FromSeconds(5), stop), perSecond: 40);
        var calm = await reader.During(Task.Delay(Calm, stop), PagesPerSecond);
        Console.WriteLine(
            $"{engine}, {plan.Rows:N0} transactions, nobody imports: p50 {calm.P50:0.0} ms, p99 {calm.P99:0.0} ms"
        );
        Console.WriteLine(
            "| engine | rows | with readers | check s | page of the check ms | upload to completed s | processor s "
                + "| rows/s | memory before MB | more MB | p50 ms | p99 ms | times calm |"
        );
        Console.WriteLine("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        var sizes = file is null ? Sizes.Where(size => size <= most) : [1_000, 0];
        foreach (var size in sizes)
        foreach (var isRead in size < 10_000 && size > 0 ? new[] { false } : [false, true])
        {
            stop.ThrowIfCancellationRequested();
            var bytes = size == 0 ? await File.ReadAllBytesAsync(file!, stop) : await Register(size, isRead);
            await Settled(database, stop);
            var before = app.Memory;
            using var measuring = new CancellationTokenSource();
            var peak = app.Peak(measuring.Token);
            // A check that nobody lets go on: its page is what a person waits for.
            var check = Stopwatch.StartNew();
            var (id, _) = await Import(http, bytes, "validate", stop);
            var checkTime = check.Elapsed;
            var pageTime = await PageOf(http, cookie, id, stop);
            var (watch, worked) = (Stopwatch.StartNew(), app.Worked);
            var import = Import(http, bytes, "import", stop);
            var seen = isRead ? await reader.During(import, PagesPerSecond) : default;
            var (_, answer) = await import;
            var time = watch.Elapsed;
            worked = app.Worked - worked;
            await measuring.CancelAsync();
            var more = await peak - before;
            var rows = answer.GetProperty("imported").GetInt32();
            if (size > 0 && rows != size)
                throw new InvalidOperationException($"Of {size} rows {rows} were imported: {answer}");
            var times = isRead ? $"{seen.P50:0.0} | {seen.P99:0.0} | {seen.P99 / calm.P99:0.0}" : "| |";
            Console.WriteLine(
                $"| {engine} | {rows:N0} | {(isRead ? "yes" : "no")} | {checkTime.TotalSeconds:0.0} "
                    + $"| {pageTime.TotalMilliseconds:0} | {time.TotalSeconds:0.0} | {worked.TotalSeconds:0.0} "
                    + $"| {rows / time.TotalSeconds:N0} | {before >> 20} | {more >> 20} | {times} |"
            );
        }
    }

    private static async Task<(string Id, JsonElement Answer)> Import(
        HttpClient http,
        byte[] bytes,
        string mode,
        CancellationToken stop
    )
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(mode), "mode" },
            { new ByteArrayContent(bytes), "file", "register.xlsx" },
        };
        using var request = Asked(HttpMethod.Post, "/api/v1/transactions/imports", form);
        using var started = await http.SendAsync(request, stop);
        var answer = await Json(started, stop);
        var id = answer.GetProperty("id").GetString()!;
        while (answer.GetProperty("status").GetString() is "queued" or "checking" or "running")
        {
            await Task.Delay(100, stop);
            using var again = Asked(HttpMethod.Get, "/api/v1/transactions/imports/" + id);
            using var got = await http.SendAsync(again, stop);
            answer = await Json(got, stop);
        }

        return answer.GetProperty("status").GetString() is "checked" or "completed"
            ? (id, answer)
            : throw new InvalidOperationException($"The import ended otherwise: {answer}");
    }

    private static async Task<TimeSpan> PageOf(HttpClient http, string cookie, string id, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/transactions/imports/" + id);
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        using var answer = await http.SendAsync(request, stop);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync(stop);
        return watch.Elapsed;
    }

    /// <summary>Nothing of what came before waits for its seal or its followers any more.</summary>
    private static async Task Settled(Database database, CancellationToken stop)
    {
        while (
            await database.Row(
                """
                SELECT (SELECT COUNT(*) FROM "AuditPending")
                    + (SELECT COUNT(*) FROM "Events" WHERE "FollowedAt" IS NULL)
                """
            )
                is not [0L]
        )
            await Task.Delay(500, stop);
    }

    private static HttpRequestMessage Asked(HttpMethod method, string path, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Seed.Token);
        return request;
    }

    private static async Task<JsonElement> Json(HttpResponseMessage answer, CancellationToken stop) =>
        answer.IsSuccessStatusCode
            ? await answer.Content.ReadFromJsonAsync<JsonElement>(stop)
            : throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(stop));

    /// <summary>A register as offices keep them: 14 columns, both languages, dates and amounts as such.</summary>
    private static async Task<byte[]> Register(int rows, bool isArabic)
    {
        string[] titles = ["طلب اعتماد واجهات مركز الدرعية", "Review of the shop drawings of Al Arid Mosque"];
        string[] types = ["طلب اعتماد", "Document review", "Payment"];
        string[] statuses = ["معتمدة", "In progress", "Completed", "Draft"];
        string Of(string[] words, int at) => words[at % words.Length];
        List<ExportColumn<int>> columns =
        [
            new("Reference Number", 16, i => new($"{(isArabic ? "ع" : "BLD")}-{i}/{rows}")),
            new("Title", 40, i => new($"{Of(titles, i)} {i}")),
            new("Client", 30, i => new(i % 2 == 0 ? $"أمانة المنطقة {i % 40 + 1}" : $"New client {i % 97}")),
            new("Type", 16, i => new(Of(types, i))),
            new("Category", 16, _ => new("Architecture")),
            new("Priority", 16, i => new(i % 5 == 0 ? "عاجلة" : "Normal")),
            new("Status", 16, i => new(Of(statuses, i))),
            new("Amount", 16, i => new(Number: i % 50_000 * 10m)),
            new("Due Date", 16, i => new(Date: new DateOnly(2026, 1, 1).AddDays(i % 700))),
            new("Created", 16, i => new(Date: new DateOnly(2024, 1, 1).AddDays(i % 700))),
            new("Assigned To", 24, i => new($"editor{i % 5 + 1}@mdc.example")),
            new("Description", 60, i => new($"{Of(titles, i + 1)}: as agreed in the coordination meeting.")),
            new("Tags", 16, i => new(i % 3 == 0 ? "facade" : "")),
            new("Internal Notes", 30, i => new(i % 4 == 0 ? "ملاحظة داخلية" : "")),
        ];
        var book = new MemoryStream();
        await XlsxExport.Write(
            book,
            "Register",
            isRightToLeft: isArabic,
            columns,
            Enumerable.Range(1, rows).ToAsyncEnumerable(),
            CancellationToken.None
        );
        return book.ToArray();
    }

    /// <summary>Opens pages at an even pace; each is timed from when it was due.</summary>
    private sealed class Reader(Uri address, string cookie) : IDisposable
    {
        private static readonly string[] Pages = ["/transactions", "/dashboard", "/transactions?status=in_progress"];

        private readonly HttpClient _http = new(
            new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }
        )
        {
            BaseAddress = address,
        };

        public async Task<(double P50, double P99)> During(Task work, double perSecond)
        {
            var (watch, pages) = (Stopwatch.StartNew(), new List<Task<double>>());
            while (!work.IsCompleted)
            {
                var due = TimeSpan.FromSeconds(pages.Count / perSecond);
                if (due > watch.Elapsed)
                    await Task.Delay(due - watch.Elapsed);
                pages.Add(Open(Pages[pages.Count % Pages.Length], watch, due));
            }

            var times = (await Task.WhenAll(pages)).Order().ToList();
            return (times[times.Count / 2], times[times.Count * 99 / 100]);
        }

        public void Dispose() => _http.Dispose();

        private async Task<double> Open(string path, Stopwatch watch, TimeSpan due)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
            using var answer = await _http.SendAsync(request);
            answer.EnsureSuccessStatusCode();
            await answer.Content.ReadAsByteArrayAsync();
            return (watch.Elapsed - due).TotalMilliseconds;
        }
    }
}
