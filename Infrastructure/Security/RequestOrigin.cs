using System.Net;

namespace MdcTts.Infrastructure.Security;

/// <summary>
/// Where the request of somebody who has not signed in came from: for the audit log and for slowing down attempts.
/// </summary>
public sealed record RequestOrigin(IPAddress? Address, string? Agent, string? RequestId);

public static class RequestOrigins
{
    /// <summary>
    /// The network address, the browser as it names itself, and the id that finds the request's log lines.
    /// </summary>
    public static RequestOrigin Origin(this HttpContext http) =>
        new(http.Connection.RemoteIpAddress, CurrentUser.AgentOf(http), http.TraceIdentifier);
}
