using System.Text.Json;
using System.Text.RegularExpressions;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Infrastructure.Deploy;

/// <summary>Every file of the deployment, read by the program it is for.</summary>
[Trait("runs", "once")]
public sealed partial class ConfigurationTests
{
    private const string Folder = "Infrastructure/Deploy";

    private static readonly (string, string)[] Edge =
    [
        ("NGINX_ADDRESS", "127.0.0.1"),
        ("NGINX_HTTP_PORT", "18080"),
        ("NGINX_HTTPS_PORT", "18443"),
        ("SERVER_NAME", "localhost"),
        ("PUBLIC_AUTHORITY", "localhost"),
        ("BALANCER", "127.0.0.1:18000"),
        ("HAPROXY_LISTEN", "127.0.0.1:18000"),
        ("HAPROXY_METRICS", "127.0.0.1:18405"),
        ("HAPROXY_SOCKET", "/tmp/mdc-none.sock"),
        ("APP_1", "127.0.0.1:18001"),
        ("APP_2", "127.0.0.1:18002"),
        ("APP_3", "127.0.0.1:18003"),
    ];

    [Fact]
    public Task Compose_understands_the_composition() =>
        Shell.Run(
            Folder,
            "docker-compose --env-file .env.example config -q && docker-compose --env-file .env.example "
                + "--profile spare --profile once --profile monitoring config -q"
        );

    [Fact]
    public void Only_the_edge_is_reached_from_outside_and_every_container_is_hardened()
    {
        var services = Composed();

        Assert.Equal(
            ["nginx"],
            services
                .Where(s =>
                    s.Value.TryGetProperty("ports", out var ports)
                    && ports.EnumerateArray().Any(p => !p.ToString().Contains("127.0.0.1", StringComparison.Ordinal))
                )
                .Select(s => s.Key)
        );
        foreach (var (name, service) in services)
        {
            Assert.True(service.GetProperty("read_only").GetBoolean(), name);
            Assert.Equal("ALL", service.GetProperty("cap_drop")[0].GetString());
            Assert.Equal("no-new-privileges:true", service.GetProperty("security_opt")[0].GetString());
            Assert.False(service.GetProperty("user").GetString() is "0" or "root" or "0:0", name);
            foreach (var limit in new[] { "mem_limit", "cpus", "pids_limit" })
                Assert.True(service.TryGetProperty(limit, out _), $"{name} has no {limit}");
            if (!service.TryGetProperty("profiles", out var profiles) || profiles[0].GetString() != "once")
                Assert.True(service.TryGetProperty("healthcheck", out _), $"{name} has no healthcheck");
        }
    }

    [Fact]
    public void No_secret_is_in_the_environment_of_a_container() =>
        Assert.DoesNotMatch(
            @"(?m)^\s+(\w*(PASSWORD|SECRET|SECRET_KEY|PASSPHRASE|DATABASE_URL|DSN)):",
            File.ReadAllText(Repository.Path(Folder + "/compose.yaml"))
        );

    [Fact]
    public void Every_variable_of_the_composition_is_in_the_example()
    {
        var known = File.ReadLines(Repository.Path(Folder + "/.env.example"))
            .Select(l => l.Split('=')[0])
            .ToHashSet(StringComparer.Ordinal);
        var used = Variable()
            .Matches(File.ReadAllText(Repository.Path(Folder + "/compose.yaml")))
            .Select(m => m.Groups["name"].Value)
            .ToHashSet(StringComparer.Ordinal);

        Assert.Empty(used.Except(known));
        Assert.Empty(known.Where(name => name.Length > 0 && name[0] != '#').Except(used));
    }

    [Fact]
    public Task Nginx_understands_its_configuration() =>
        Shell.Run(
            Folder,
            """
            set -e; export NGINX_RUN=$(mktemp -d); trap 'rm -rf "$NGINX_RUN"' EXIT
            ./certificates.sh $NGINX_RUN nginx >/dev/null; export INSIDE_CA=$NGINX_RUN/nginx/ca.crt
            export CERTIFICATE=$NGINX_RUN/c CERTIFICATE_KEY=$NGINX_RUN/k
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost \
              -keyout $CERTIFICATE_KEY -out $CERTIFICATE 2>/dev/null
            names=$(sed -n 's/^#   \([A-Z_ ]*\)$/\1/p' nginx/nginx.conf.template | sed 's/[A-Z_]*/$&/g')
            envsubst "$names" <nginx/nginx.conf.template >$NGINX_RUN/nginx.conf
            nginx -t -e stderr -c $NGINX_RUN/nginx.conf
            """,
            environment: Edge
        );

    [Fact]
    public Task Haproxy_understands_its_configuration() =>
        Shell.Run(
            Folder,
            """
            set -e; inside=$(mktemp -d); trap 'rm -rf "$inside"' EXIT
            ./certificates.sh $inside haproxy=haproxy >/dev/null
            export HAPROXY_CERTIFICATE=$inside/haproxy/tls.crt INSIDE_CA=$inside/ca.crt
            haproxy -c -f haproxy/haproxy.cfg
            """,
            environment: Edge
        );

    [Fact]
    public void Nothing_inside_speaks_or_listens_in_the_clear()
    {
        var balancer = Read("haproxy/haproxy.cfg").Split('\n').Select(l => l.Trim()).ToList();
        Assert.All(
            balancer.Where(l => l.StartsWith("bind ", StringComparison.Ordinal)),
            l => Assert.Contains(" ssl crt ", l, StringComparison.Ordinal)
        );
        Assert.Contains(
            " ssl verify required ca-file \"${INSIDE_CA}\" verifyhost app ",
            balancer.Single(l => l.StartsWith("default-server ssl ", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("verify none", Read("haproxy/haproxy.cfg"), StringComparison.Ordinal);
        Assert.DoesNotContain("proxy_pass http:", Read("nginx/nginx.conf.template"), StringComparison.Ordinal);
        Assert.Contains("proxy_ssl_verify on;", Read("nginx/nginx.conf.template"), StringComparison.Ordinal);
        Assert.Contains("\nport 0\n", Read("redis/redis.conf"), StringComparison.Ordinal);
        Assert.DoesNotMatch("(?m)^host(nossl|gssenc)?\\s", Read("postgres/pg_hba.conf"));
        Assert.Contains("scheme: https", Read("prometheus/prometheus.yml"), StringComparison.Ordinal);
        Assert.All(
            Directory.GetFiles(Repository.Path(Folder + "/systemd")).Select(File.ReadAllText),
            unit => Assert.DoesNotContain("--urls http:", unit, StringComparison.Ordinal)
        );
        Assert.All(
            Directory
                .GetFiles(Repository.Path(Folder + "/kubernetes"))
                .SelectMany(File.ReadLines)
                .Where(l => l.Contains("httpGet:", StringComparison.Ordinal)),
            probe => Assert.Contains("scheme: HTTPS", probe, StringComparison.Ordinal)
        );
        foreach (var (_, service) in Composed().Where(s => s.Key.StartsWith("app-", StringComparison.Ordinal)))
        {
            var environment = service.GetProperty("environment");
            Assert.Equal("", environment.GetProperty("ASPNETCORE_HTTP_PORTS").GetString());
            Assert.NotEmpty(environment.GetProperty("TLS_CERTIFICATE").GetString()!);
        }
    }

    [Fact]
    public Task Prometheus_understands_its_rules_and_they_do_what_they_say() =>
        Shell.Run(
            Folder + "/prometheus",
            "promtool check config prometheus.yml && promtool check rules rules/*.yml && promtool test rules "
                + "mdc.tests.yml"
        );

    [Fact]
    public void Every_alert_says_what_to_do()
    {
        var headings = File.ReadLines(Repository.Path(Folder + "/README.md"))
            .Where(l => l.StartsWith("### ", StringComparison.Ordinal))
            .Select(l => l[4..].Trim())
            .ToHashSet(StringComparer.Ordinal);
        var rules = File.ReadAllText(Repository.Path(Folder + "/prometheus/rules/mdc.rules.yml"));

        Assert.Equal(rules.Split("- alert: ").Length - 1, Alert().Count(rules));
        foreach (Match alert in Alert().Matches(rules))
        {
            var name = alert.Groups["name"].Value;
            Assert.Contains(name, headings);
            Assert.Equal($"README.md#{name.ToLowerInvariant()}", alert.Groups["book"].Value);
        }
    }

    [Fact]
    public void What_rules_and_dashboards_ask_for_is_served()
    {
        var served = Metric()
            .Matches(File.ReadAllText(Repository.Path("Infrastructure/Metrics/README.md")))
            .Select(m => m.Value)
            .ToHashSet(StringComparer.Ordinal);
        var asked = Directory
            .GetFiles(Repository.Path(Folder + "/grafana/dashboards"))
            .Append(Repository.Path(Folder + "/prometheus/rules/mdc.rules.yml"))
            .SelectMany(f => Metric().Matches(File.ReadAllText(f)))
            .Select(m => m.Value)
            .ToHashSet(StringComparer.Ordinal);

        Assert.Empty(asked.Except(served));
    }

    [Fact]
    public void Dashboards_are_json_with_panels_that_ask()
    {
        foreach (var file in Directory.GetFiles(Repository.Path(Folder + "/grafana/dashboards"), "*.json"))
        {
            using var board = JsonDocument.Parse(File.ReadAllText(file));
            Assert.NotEmpty(board.RootElement.GetProperty("uid").GetString()!);
            Assert.All(
                board.RootElement.GetProperty("panels").EnumerateArray(),
                p => Assert.NotEqual(0, p.GetProperty("targets").GetArrayLength())
            );
        }
    }

    [Fact]
    public async Task Kubernetes_manifests_are_what_their_schemas_say() =>
        Assert.Contains(
            " 0 wrong",
            await Shell.Run(
                Folder,
                "set -o pipefail; kubectl kustomize kubernetes | node "
                    + $"'{Repository.Path("Tests/Tools/check-kubernetes.mjs")}'"
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public Task Workflows_are_valid() =>
        Shell.Run(
            ".",
            "for f in .github/workflows/*.yml; do Tests/Tools/node_modules/.bin/action-validator $f || exit 1; done"
        );

    [Fact]
    public async Task The_bill_of_materials_names_what_is_built_in_and_what_the_browser_gets()
    {
        var folder = Directory.CreateTempSubdirectory("mdc-sbom-");
        await Shell.Run(".", $".ci/sbom {folder.FullName} 1.2.3");

        foreach (var (file, part) in new[] { ("app", "Npgsql"), ("browser", "htmx.org") })
        {
            using var bill = JsonDocument.Parse(
                await File.ReadAllTextAsync(Path.Combine(folder.FullName, file + ".cdx.json"))
            );
            Assert.Equal("CycloneDX", bill.RootElement.GetProperty("bomFormat").GetString());
            Assert.Contains(
                bill.RootElement.GetProperty("components").EnumerateArray(),
                c => c.GetProperty("name").GetString() == part
            );
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public Task Scripts_are_sound() =>
        Shell.Run(
            ".",
            "shellcheck -S warning -x Infrastructure/Deploy/*.sh Infrastructure/Deploy/drivers/*.sh "
                + "Infrastructure/Deploy/lab/lab Infrastructure/Deploy/lab/prove Tests/run "
                + "Tests/Support/postgres .ci/run .ci/sbom"
        );

    [Fact]
    public Task Systemd_understands_its_units() =>
        Shell.Run(
            Folder + "/systemd",
            "! command -v systemd-analyze >/dev/null || { for f in *.service; do systemd-analyze verify "
                + "--man=no $PWD/$f || exit 1; done; }"
        );

    [GeneratedRegex(@"\bmdc_[a-z_]+", RegexOptions.NonBacktracking)]
    private static partial Regex Metric();

    [GeneratedRegex(@"\$\{(?<name>[A-Z_0-9]+)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Variable();

    [GeneratedRegex(
        @"- alert: (?<name>\w+)[^@]*?runbook_url: ""(?<book>[^""]+)""",
        RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Alert();

    private static string Read(string file) => File.ReadAllText(Repository.Path($"{Folder}/{file}"));

    private static Dictionary<string, JsonElement> Composed()
    {
        var json = Shell
            .Run(
                Folder,
                "docker-compose --env-file .env.example --profile spare --profile once --profile monitoring "
                    + "config | node -e "
                    + "\"process.stdout.write(JSON.stringify(require('yaml').parse(require('fs').readFileSync(0,"
                    + "'utf8'), {merge:true})))\"",
                environment: ("NODE_PATH", Repository.Path("Tests/Tools/node_modules"))
            )
            .GetAwaiter()
            .GetResult();
        return JsonDocument
            .Parse(json)
            .RootElement.GetProperty("services")
            .EnumerateObject()
            .ToDictionary(s => s.Name, s => s.Value.Clone(), StringComparer.Ordinal);
    }
}
