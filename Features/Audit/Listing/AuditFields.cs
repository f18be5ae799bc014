using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Audit.Listing;

/// <summary>A field whose changes the log can be asked for.</summary>
/// <param name="Key">In the address: <c>dueDate</c>.</param>
/// <param name="Action">The kind of entry that changes it.</param>
/// <param name="InData">What stands in the data of such an entry; null when each of this kind changes it.</param>
public sealed record AuditField(string Key, string Action, string? InData)
{
    /// <summary>All, in the order in which they are offered.</summary>
    public static IReadOnlyList<AuditField> All { get; } =
    [
        Edited("dueDate"),
        new("status", "transaction.status_changed", null),
        new("assignee", "transaction.assigned", null),
        new("holder", "transaction.edited", "\"field\":\"holder"),
        Edited("amount"),
        Edited("priority"),
        Edited("referenceNumber"),
        Edited("title"),
        Edited("client"),
        Edited("project"),
        Edited("type"),
        Edited("category"),
        Edited("department"),
        Edited("tags"),
        Edited("authorityReferences"),
        Edited("description"),
        Edited("internalNotes"),
    ];

    public string Name => Words.T["field." + Key];

    public static AuditField? Of(string? key) => All.FirstOrDefault(f => f.Key == key);

    private static AuditField Edited(string key) => new(key, "transaction.edited", $"\"field\":\"{key}\"");
}

/// <summary>What the fields of an entry's data are called and what their values mean.</summary>
public static class AuditFields
{
    /// <summary>A word for a field; null when it is nothing for people.</summary>
    public static string? Label(string entityType, string field) =>
        Candidates(entityType, field).Where(Words.T.Has).Select(key => Words.T[key]).FirstOrDefault();

    /// <summary>Whether a value is the id of a <c>person</c>, a <c>client</c> or a <c>project</c>.</summary>
    public static string? RefersTo(string entityType, string field) =>
        (entityType, field) switch
        {
            (_, "assignee" or "recipient" or "handedTo") => "person",
            (_, "client" or "clientId") => "client",
            (_, "project" or "projectId") => "project",
            _ => null,
        };

    /// <summary>The text that says a value.</summary>
    public static string? ValueKey(string entityType, string field, string value) =>
        (entityType, field) switch
        {
            (_, "role") => "role." + value,
            ("user", "status") => "user.status." + value,
            (_, "priority") => "priority." + value,
            (_, "editors_see") => "settings.editorsSee." + value,
            (_, "what" or "language" or "default_language" or "theme" or "format" or "visibility") =>
                $"audit.value.{value}",
            _ => value is "true" or "True" ? "audit.value.yes"
            : value is "false" or "False" ? "audit.value.no"
            : null,
        };

    private static IEnumerable<string> Candidates(string entityType, string field) =>
        entityType switch
        {
            "transaction" => ["field." + field, "audit.field." + field],
            "user" or "client" or "project" => [$"{entityType}.{field}", "audit.field." + field],
            "settings" => ["audit.field." + field, "settings." + Camel(field)],
            _ => ["audit.field." + field],
        };

    private static string Camel(string snake) =>
        string.Concat(snake.Split('_').Select((part, i) => i == 0 || part.Length == 0 ? part : Upper(part)));

    private static string Upper(string part) => char.ToUpperInvariant(part[0]) + part[1..];
}
