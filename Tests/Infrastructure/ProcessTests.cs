using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MdcTts.Support;
using Microsoft.Data.Sqlite;
using Xunit;

namespace MdcTts.Infrastructure;

/// <summary>The program itself, as an operator starts it: what it writes, what it refuses, how it ends.</summary>
[Trait("runs", "once")]
[Trait("runs", "proof")]
public sealed class ProcessTests : IDisposable
{
    private const string Person = "somebody.private@mdc.example";
    private const string Phrase = "kT9-vLq2-wZp8-Rm";

    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("mdc-process-");
    private readonly List<AppProcess> _started = [];

    public void Dispose()
    {
        foreach (var process in _started)
            process.Dispose();
        SqliteConnection.ClearAllPools();
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task Its_log_reports_and_answers_share_an_id_and_name_nobody()
    {
        using var receiver = new Receiver();
        var process = Start(
            "web",
            ("SENTRY_DSN", receiver.Dsn),
            ("TRUSTED_PROXIES", "127.0.0.1"),
            ("ANY_ADDRESS", "true"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
            ("OTEL_BSP_SCHEDULE_DELAY", "300")
        );
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = await process.Address(),
        };
        using (var database = new SqliteConnection($"Data Source={_data.FullName}/mdc.db"))
        {
            database.Open();
            using var broken = database.CreateCommand();
            broken.CommandText = "ALTER TABLE Transactions RENAME TO Gone";
            broken.ExecuteNonQuery();
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/track?number=TRX-2026-00001&reference={Person}");
        request.Headers.Add("X-Request-Id", "proxy-request-0001");
        request.Headers.Add("Cookie", "mdc.private=" + Person);
        request.Headers.TryAddWithoutValidation("User-Agent", Person);
        using var answer = await http.SendAsync(request);
        Assert.Equal(500, (int)answer.StatusCode);
        Assert.Equal("proxy-request-0001", answer.Headers.GetValues("X-Request-Id").Single());
        Assert.Contains("proxy-request-0001", await answer.Content.ReadAsStringAsync());
        // An exception's way around every handler must not cost the headers.
        Assert.True(answer.Headers.Contains("Content-Security-Policy") && answer.Headers.Contains("X-Frame-Options"));

        using var forged = new HttpRequestMessage(HttpMethod.Get, "/signin")
        {
            Headers = { { "X-Request-Id", "bad id <x>" } },
        };
        Assert.Matches("^[0-9a-f]{32}$", (await http.SendAsync(forged)).Headers.GetValues("X-Request-Id").Single());

        await receiver.Until(r => r.Contains("\"exception\"") && r.Contains("/v1/metrics") && r.Contains("/v1/traces"));
        var report = receiver.Texts.First(t => t.Contains("\"exception\""));
        Assert.Contains("proxy-request-0001", report);
        Assert.Contains("SqliteException", report);
        Assert.DoesNotContain(Person, string.Join('\n', receiver.Texts));
        Assert.DoesNotContain("TRX-2026-00001", string.Join('\n', receiver.Texts));
        Assert.DoesNotContain("Cookie", report, StringComparison.OrdinalIgnoreCase);

        Assert.Equal(0, await process.Stop());
        var lines = process.Lines;
        Assert.Empty(
            lines.Where(l => l.Contains(Person, StringComparison.Ordinal)).Select(l => l[..Math.Min(600, l.Length)])
        );
        var entries = lines.Where(l => l.StartsWith('{')).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        var error = Assert.Single(
            entries,
            e =>
                e.GetProperty("log.level").GetString() == "error"
                && e.TryGetProperty("error.type", out var type)
                && type.GetString()!.EndsWith("SqliteException", StringComparison.Ordinal)
                && e.GetProperty("log.logger").GetString()!.EndsWith("UnexpectedErrors", StringComparison.Ordinal)
        );
        Assert.Equal("proxy-request-0001", error.GetProperty("http.request.id").GetString());
        var done = Assert.Single(
            entries,
            e => e.TryGetProperty("http.response.status_code", out var status) && status.GetInt32() == 500
        );
        Assert.Equal(
            ("proxy-request-0001", "/track", "GET"),
            (
                done.GetProperty("http.request.id").GetString(),
                done.GetProperty("url.path").GetString(),
                done.GetProperty("http.request.method").GetString()
            )
        );
        Assert.True(done.GetProperty("event.duration").GetInt64() > 0);
    }

    [Fact]
    public async Task No_link_that_lets_in_is_logged_however_it_is_asked_for()
    {
        var process = Start("web", ("Log__Json", "true"));
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
        {
            BaseAddress = await process.Address(),
        };
        foreach (var method in new[] { "GET", "HEAD", "POST", "PUT", "DELETE" })
        foreach (
            var link in new[]
            {
                "reset",
                "Invitation",
                "register/confirm",
                "REGISTER/Confirm",
                "t",
                "T",
                "api/v1/Tracking",
            }
        )
        foreach (var rest in new[] { "", "/x", "%2e", "?a=SECRETLINK" })
            await http.SendAsync(new(new(method), $"/{link}/SECRETLINK{rest}"));

        Assert.Equal(0, await process.Stop());
        var asked = process.Lines.Where(l => l.Contains("\"url.path\"", StringComparison.Ordinal)).ToList();
        Assert.True(asked.Count >= 100);
        Assert.Contains(asked, l => l.Contains("\"url.path\":\"/reset/-\"", StringComparison.Ordinal));
        Assert.DoesNotContain("SECRETLINK", string.Join('\n', process.Lines), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_worker_serves_health_only_and_slow_clients_are_cut_off()
    {
        var process = Start("worker", ("Limits__HeadersSeconds", "1"), ("Limits__SlowSeconds", "1.5"));
        using var http = new HttpClient { BaseAddress = await process.Address() };
        Assert.Equal(200, (int)(await http.GetAsync("/health")).StatusCode);
        var nothing = await http.GetAsync("/signin");
        Assert.Equal(404, (int)nothing.StatusCode);
        Assert.True(nothing.Headers.Contains("Content-Security-Policy"));

        Assert.True(await IsCutOff(http.BaseAddress, "GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "));
        Assert.Equal(0, await process.Stop());
    }

    [Fact]
    public async Task A_body_that_trickles_is_cut_off()
    {
        var process = Start("web", ("Limits__SlowSeconds", "1.5"));

        Assert.True(
            await IsCutOff(
                await process.Address(),
                "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 900\r\n\r\n{"
            )
        );
    }

    [Theory]
    [InlineData("SECRET_KEY", "your-secret-key-here")]
    [InlineData("EMAIL_HOST_PASSWORD", "your-password")]
    [InlineData("DATABASE_URL", "postgresql://user:pass@db:5432/mdc_tts")]
    public async Task A_placeholder_stops_the_start_with_one_line(string name, string value)
    {
        var watch = Stopwatch.StartNew();
        var process = Start("web", (name, value));

        Assert.Equal(1, await process.Ended());
        Assert.Contains(name, Assert.Single(process.Lines, l => l.Length > 0));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("https://mdc.example", null)]
    [InlineData(null, "mdc.example")]
    public async Task Behind_a_proxy_it_asks_for_its_own_address(string? url, string? hosts)
    {
        var process = Start(
            "web",
            ("TRUSTED_PROXIES", "127.0.0.1"),
            ("PUBLIC_URL", url),
            ("ALLOWED_HOSTS", hosts),
            ("SECRET_KEY", App.SecretKey)
        );

        Assert.Equal(78, await process.Ended());
        var line = Assert.Single(process.Lines, l => l.Length > 0);
        Assert.Contains("PUBLIC_URL", line);
        Assert.Contains("ALLOWED_HOSTS", line);
        Assert.Contains("ANY_ADDRESS", line);
        Assert.Empty(_data.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task With_its_own_address_it_starts_behind_a_proxy_and_believes_no_other()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        var process = Start(
            ["web", "--urls", address],
            ("TRUSTED_PROXIES", "127.0.0.1"),
            ("PUBLIC_URL", "https://mdc.example"),
            ("ALLOWED_HOSTS", "mdc.example")
        );
        // It says the address that people use.
        await Wait.Until(() => process.Lines.Any(l => l.EndsWith("at https://mdc.example", StringComparison.Ordinal)));
        using var http = new HttpClient { BaseAddress = new(address) };
        using var ours = new HttpRequestMessage(HttpMethod.Get, "/track") { Headers = { Host = "mdc.example" } };
        using var evil = new HttpRequestMessage(HttpMethod.Get, "/track") { Headers = { Host = "evil.example" } };

        Assert.Equal(200, (int)(await http.SendAsync(ours)).StatusCode);
        Assert.Equal(400, (int)(await http.SendAsync(evil)).StatusCode);
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://127.0.0.1:0;http://[::]:0")]
    [InlineData("http://192.0.2.1:0")]
    [InlineData("http://mdc.example:0")]
    public async Task The_demonstration_is_refused_where_others_reach_it(string urls)
    {
        var process = Start(["web", "--demo", "--urls", urls]);

        Assert.Equal(78, await process.Ended());
        Assert.Contains("--demo twice", Assert.Single(process.Lines, l => l.Length > 0));
        Assert.False(File.Exists(Path.Combine(_data.FullName, "mdc.db")));
    }

    [Fact]
    public async Task The_demonstration_is_refused_on_ports_of_the_environment_too()
    {
        var process = Start(["--demo"], ("ASPNETCORE_HTTP_PORTS", "0"));

        Assert.Equal(78, await process.Ended());
    }

    [Fact]
    public async Task Said_twice_the_demonstration_is_for_others_too()
    {
        var process = Start(["web", "--demo", "--demo", "--urls", "http://127.0.0.1:0;http://0.0.0.0:0"]);

        var address = await process.Address();
        using var http = new HttpClient();
        Assert.Equal(200, (int)(await http.GetAsync(new Uri(address, "/track"))).StatusCode);
        await Wait.Until(() => process.Lines.Any(l => l.StartsWith("Demonstration data", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_it_writes_nobody_else_may_read()
    {
        var data = Path.Combine(_data.FullName, "made", "by-itself");
        var process = Start("web", ("DATA_DIR", data), ("ADMIN_EMAIL", "a@mdc.example"), ("ADMIN_PASSWORD", Phrase));
        await process.Address();
        Assert.Equal(0, await process.Stop());
        var backup = new AppProcess(["backup"], [("DATA_DIR", data)], _data.FullName);
        _started.Add(backup);
        Assert.Equal(0, await backup.Ended());

        var made = new DirectoryInfo(data).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).ToList();
        Assert.Contains(made, m => m.Name == "mdc.db");
        Assert.Contains(made, m => m.FullName.Contains("backups", StringComparison.Ordinal));
        const UnixFileMode file = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.All(
            made.Prepend(new DirectoryInfo(data)),
            m => Assert.Equal(m is DirectoryInfo ? file | UnixFileMode.UserExecute : file, m.UnixFileMode)
        );
    }

    private AppProcess Start(string verb, params (string, string?)[] settings) =>
        Start([verb, "--urls", "http://127.0.0.1:0"], settings);

    private AppProcess Start(string[] arguments, params (string, string?)[] settings)
    {
        var process = new AppProcess(
            arguments,
            [("DATA_DIR", _data.FullName), ("ASPNETCORE_ENVIRONMENT", "Production"), .. settings],
            _data.FullName
        );
        _started.Add(process);
        return process;
    }

    // One byte now and then, for as long as the other side bears it.
    private static async Task<bool> IsCutOff(Uri address, string beginning)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning));
        var buffer = new byte[4096];
        for (var i = 0; i < 60; i++)
        {
            try
            {
                await stream.WriteAsync("x"u8.ToArray());
                using var patience = new CancellationTokenSource(200);
                if (await stream.ReadAsync(buffer, patience.Token) == 0)
                    return true;
            }
            catch (OperationCanceledException)
            {
                // Still open.
            }
            catch (IOException)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes whatever is sent to it, and keeps it as text.</summary>
    private sealed class Receiver : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly List<string> _texts = [];
        private readonly SemaphoreSlim _came = new(0);

        public Receiver()
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
            }

            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            _ = Listen();
        }

        public string Address { get; }

        public string Dsn => Address.Replace("http://", "http://0123456789abcdef@", StringComparison.Ordinal) + "/1";

        public List<string> Texts
        {
            get
            {
                lock (_texts)
                    return [.. _texts];
            }
        }

        public async Task Until(Func<string, bool> isEnough)
        {
            while (!isEnough(string.Join('\n', Texts)))
                Assert.True(
                    await _came.WaitAsync(TimeSpan.FromSeconds(15)),
                    string.Join('\n', Texts.Select(t => t[..Math.Min(300, t.Length)]))
                );
        }

        public void Dispose()
        {
            _listener.Close();
            _came.Dispose();
        }

        private async Task Listen()
        {
            while (_listener.IsListening)
            {
                var context = await _listener.GetContextAsync();
                using var bytes = new MemoryStream();
                var body =
                    context.Request.Headers["Content-Encoding"] == "gzip"
                        ? new System.IO.Compression.GZipStream(
                            context.Request.InputStream,
                            System.IO.Compression.CompressionMode.Decompress
                        )
                        : context.Request.InputStream;
                await body.CopyToAsync(bytes);
                lock (_texts)
                    _texts.Add(context.Request.Url!.AbsolutePath + "\n" + Encoding.UTF8.GetString(bytes.ToArray()));
                _came.Release();
                context.Response.Close();
            }
        }
    }
}
