using System.Net;

namespace MdcTts.Infrastructure.Security;

/// <summary>
/// Where the request of somebody who has not signed in came from: for the audit log and for slowing down attempts.
/// </summary>
public sealed record RequestOrigin(IPAddress? Address, string? Agent, string? RequestId)
{
    /// <summary>The cookie by which the browser is known again; null when it has none.</summary>
    public string? Device { get; init; }
}

public static class RequestOrigins
{
    /// <summary>Recognises a browser from one sign-in to the next.</summary>
    public const string DeviceCookie = "mdc.device";

    private const int DeviceLength = 43;

    /// <summary>
    /// The network address, the browser as it names itself, and the id that finds the request's log lines.
    /// </summary>
    public static RequestOrigin Origin(this HttpContext http) =>
        new(http.Connection.RemoteIpAddress, CurrentUser.AgentOf(http), http.TraceIdentifier)
        {
            Device = http.Device(),
        };

    /// <summary>What the browser shows as its own; null when it shows nothing that can be one of ours.</summary>
    public static string? Device(this HttpContext http) =>
        http.Request.Cookies[DeviceCookie] is { Length: DeviceLength } device ? device : null;
}
