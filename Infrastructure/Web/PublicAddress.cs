using MdcTts.Infrastructure.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace MdcTts.Infrastructure.Web;

/// <summary>
/// Where people find this app, for links that are read outside of it. Never taken from a request: its Host header is
/// the sender's to choose.
/// </summary>
public sealed class PublicAddress(AppSettings settings, IServer server)
{
    /// <summary>PUBLIC_URL; without it the address that the app listens on. No slash at its end.</summary>
    public string Root => settings.PublicUrl ?? Listening() ?? "http://localhost";

    /// <summary>The whole address of a path.</summary>
    public string Of(string path) => Root + path;

    private string? Listening() =>
        server
            .Features.Get<IServerAddressesFeature>()
            ?.Addresses.FirstOrDefault()
            ?.Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)
            .TrimEnd('/');
}
