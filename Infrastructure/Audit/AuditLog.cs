using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Infrastructure.Audit;

/// <summary>
/// Makes entries of the audit log; the caller adds them to the same database transaction as the change.
/// </summary>
public static class AuditLog
{
    // Arabic as it is, so that a search in the data finds it.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>
    /// An entry for something a signed-in person did; where they came from is on <see cref="CurrentUser"/>.
    /// </summary>
    /// <param name="user">Who.</param>
    /// <param name="action">Dotted event.</param>
    /// <param name="entityType">On what.</param>
    /// <param name="entityKey">Which one.</param>
    /// <param name="at">When.</param>
    /// <param name="data">Becomes JSON; never a secret, and nothing personal.</param>
    /// <param name="about">Names, addresses and the like: what an erasure takes away.</param>
    public static AuditEntry By(
        CurrentUser user,
        string action,
        string entityType,
        string entityKey,
        DateTime at,
        object? data = null,
        object? about = null
    ) =>
        Make(
            action,
            entityType,
            entityKey,
            user.Id,
            at,
            data,
            new(user.Address, user.Agent, about),
            user.SessionId,
            user.RequestId
        );

    /// <summary>
    /// An entry for a list that left the house as a file: in which format, narrowed how, how many rows, and whether
    /// all were sent. <paramref name="filter"/> is the list's query string.
    /// </summary>
    public static AuditEntry Export(
        CurrentUser user,
        string action,
        string entityType,
        DateTime at,
        string format,
        string filter,
        int rows,
        bool isComplete
    ) =>
        By(
            user,
            action,
            entityType,
            "list",
            at,
            new
            {
                format,
                filter,
                rows,
                complete = isComplete,
            }
        );

    /// <summary>
    /// An entry for something that a request without a signed-in person did, or, without a request, the system.
    /// <paramref name="data"/> and <paramref name="about"/> as above.
    /// </summary>
    public static AuditEntry Entry(
        string action,
        string entityType,
        string entityKey,
        int? actorId,
        DateTime at,
        RequestOrigin? from = null,
        object? data = null,
        object? about = null
    ) =>
        Make(
            action,
            entityType,
            entityKey,
            actorId,
            at,
            data,
            new(from?.Address?.ToString(), from?.Agent, about),
            sessionId: null,
            from?.RequestId
        );

    /// <summary>What the sealed part says of a personal part.</summary>
    public static byte[] CommitTo(byte[] salt, string personal) =>
        SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(personal)]);

    private static AuditEntry Make(
        string action,
        string entityType,
        string entityKey,
        int? actorId,
        DateTime at,
        object? data,
        Origin origin,
        Guid? sessionId,
        string? requestId
    )
    {
        var entry = new AuditEntry
        {
            Action = action,
            EntityType = entityType,
            EntityKey = entityKey,
            ActorId = actorId,
            At = at,
            SessionId = sessionId,
            RequestId = requestId,
            Data = data is null ? null : JsonSerializer.Serialize(data, Json),
        };
        if (origin.IsEmpty)
            return entry;
        entry.Personal = JsonSerializer.Serialize(origin, Json);
        entry.Salt = RandomNumberGenerator.GetBytes(16);
        entry.Commitment = CommitTo(entry.Salt, entry.Personal);
        return entry;
    }

    private sealed record Origin(string? Address, string? Agent, object? About)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public bool IsEmpty => Address is null && Agent is null && About is null;
    }
}
