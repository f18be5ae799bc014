using System.Text.Json;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Audit;

/// <summary>Makes entries of the audit log; the caller adds them to the same database transaction as the change.</summary>
public static class AuditLog
{
    /// <summary>An entry for something a signed-in person did; where they came from is on <see cref="CurrentUser"/>.</summary>
    public static AuditEntry By(CurrentUser user, string action, string entityType, string entityKey, DateTime at, object? data = null)
    {
        var entry = Entry(action, entityType, entityKey, user.Id, at, http: null, data);
        (entry.Address, entry.RequestId) = (user.Address, user.RequestId);
        return entry;
    }

    /// <summary>An entry for something a request did. <paramref name="data"/> becomes JSON; never hand it a secret.</summary>
    public static AuditEntry Entry(string action, string entityType, string entityKey, int? actorId, DateTime at, HttpContext? http = null, object? data = null) => new()
    {
        Action = action, EntityType = entityType, EntityKey = entityKey, ActorId = actorId, At = at,
        Address = http?.Connection.RemoteIpAddress?.ToString(), RequestId = http is null ? null : ProblemResults.TraceId(http),
        Data = data is null ? null : JsonSerializer.Serialize(data, JsonSerializerOptions.Web),
    };
}
