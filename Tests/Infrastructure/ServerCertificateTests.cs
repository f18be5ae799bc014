using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Deploy;
using MdcTts.Infrastructure.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MdcTts.Infrastructure;

/// <summary>What the script makes, shown by Kestrel and believed by a client that trusts one authority.</summary>
[Trait("runs", "once")]
public sealed class ServerCertificateTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mdc-inside-");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private WebApplication? _server;

    private string Root => Path.Combine(_folder.FullName, "ca.crt");

    private string Own(string file) => Path.Combine(_folder.FullName, "app", file);

    public async Task InitializeAsync()
    {
        await Make("app=app,localhost");
        var builder = WebApplication.CreateEmptyBuilder(new());
        var certificate = new ServerCertificate(
            new(Own("tls.crt"), Own("tls.key")),
            _clock,
            NullLogger<ServerCertificate>.Instance
        );
        builder
            .WebHost.UseKestrelCore()
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, at => at.UseHttps(certificate.Configure)));
        _server = builder.Build();
        await _server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_half_a_pair_is_not()
    {
        var first = await Shown("app", Root);
        var key = await File.ReadAllTextAsync(Own("tls.key"));
        await Make("app=app,localhost", "RENEW_DAYS=999 ");

        Assert.Equal(first, await Shown("app", Root));

        var renewed = await File.ReadAllTextAsync(Own("tls.key"));
        await File.WriteAllTextAsync(Own("tls.key"), key);
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(first, await Shown("app", Root));

        await File.WriteAllTextAsync(Own("tls.key"), renewed);
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.NotEqual(first, await Shown("app", Root));
    }

    [Fact]
    public async Task Another_authority_or_name_is_not_believed()
    {
        await Shell.Run("Infrastructure/Deploy", $"./certificates.sh {_folder.FullName}/other app=app");

        await Assert.ThrowsAsync<AuthenticationException>(() => Shown("app", _folder.FullName + "/other/ca.crt"));
        await Assert.ThrowsAsync<AuthenticationException>(() => Shown("db", Root));
        await Shown("localhost", Root);
    }

    [Fact]
    public async Task Keys_are_their_owners_alone_and_nothing_is_made_anew_before_its_time()
    {
        var made = await File.ReadAllTextAsync(Own("tls.crt"));
        await Make("app=app,localhost");

        Assert.Equal(made, await File.ReadAllTextAsync(Own("tls.crt")));
        Assert.Equal(
            "600 600",
            (await Shell.Run(_folder.FullName, "echo $(stat -c %a app/tls.key authority/ca.key)")).Trim()
        );
        using var own = X509CertificateLoader.LoadCertificateFromFile(Own("tls.crt"));
        Assert.InRange((own.NotAfter - DateTime.Now).TotalDays, 179, 180);
    }

    [Fact]
    public async Task A_new_authority_is_trusted_before_the_old_one_is_not()
    {
        var old = await File.ReadAllTextAsync(Root);
        Directory.CreateDirectory(_folder.FullName + "/authority.next");
        await Make("app=app,localhost");
        await Shown("app", Root);

        await Shell.Run(_folder.FullName, "mv authority authority.old && mv authority.next authority");
        await Make("app=app,localhost", "RENEW_DAYS=999 ");
        _clock.Advance(TimeSpan.FromSeconds(6));
        await Shown("app", Root);

        await Shell.Run(_folder.FullName, "rm -r authority.old");
        await Make("app=app,localhost");
        await Shown("app", Root);
        await File.WriteAllTextAsync(Root, old);
        await Assert.ThrowsAsync<AuthenticationException>(() => Shown("app", Root));
    }

    private Task<string> Make(string what, string settings = "") =>
        Shell.Run("Infrastructure/Deploy", $"{settings}./certificates.sh {_folder.FullName} {what}");

    /// <summary>The serial number of the certificate that was shown to a client and believed.</summary>
    private async Task<string> Shown(string name, string root)
    {
        var address = new Uri(
            _server!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
        );
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = name,
                CertificateChainPolicy = RootCertificate.Policy(root),
            }
        );
        return tls.RemoteCertificate!.GetSerialNumberString();
    }
}
