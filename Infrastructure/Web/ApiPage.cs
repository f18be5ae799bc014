using System.Text.Json;
using System.Text.Json.Serialization;
using MdcTts.Infrastructure.Database;

namespace MdcTts.Infrastructure.Web;

/// <summary>A page of a list in the API's answer; the <c>Link</c> header has the same links.</summary>
public sealed record ApiPage<T>(
    IReadOnlyList<T> Items,
    int Page,
    int PageSize,
    long Total,
    int TotalPages,
    string? Next,
    string? Previous
)
{
    /// <summary>Makes it from a page and writes the header.</summary>
    public static ApiPage<T> From(Paged<T> paged, HttpContext http)
    {
        var next = paged.Page < paged.TotalPages ? Address(http, paged.Page + 1) : null;
        var previous = paged.Page > 1 ? Address(http, Math.Min(paged.Page - 1, paged.TotalPages)) : null;
        var links = new[] { (Url: next, Rel: "next"), (Url: previous, Rel: "prev") }
            .Where(l => l.Url is not null)
            .Select(l => $"<{l.Url}>; rel=\"{l.Rel}\"")
            .ToArray();
        if (links.Length > 0)
            http.Response.Headers.Link = string.Join(", ", links);
        return new(paged.Items, paged.Page, paged.PageSize, paged.Total, paged.TotalPages, next, previous);
    }

    private static string Address(HttpContext http, int page)
    {
        var others = http
            .Request.Query.Where(q => q.Key != "page")
            .SelectMany(q => q.Value.Select(v => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(v ?? "")}"));
        return http.Request.Path + "?" + string.Join('&', others.Append($"page={page}"));
    }
}

/// <summary>How the API reads and writes JSON.</summary>
public static class ApiJson
{
    /// <summary>camelCase, unknown and repeated members refused, at most 16 deep; Arabic written as it is.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = 16;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All);
        options.Converters.Add(new UtcConverter());
    }

    // Instants as 2026-11-22T09:30:00Z: the fraction only where there is one.
    private sealed class UtcConverter : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTime().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteStringValue(
                value.ToString("yyyy-MM-ddTHH:mm:ss.FFFZ", System.Globalization.CultureInfo.InvariantCulture)
            );
    }
}

/// <summary>Versions in ETag and If-Match.</summary>
public static class Versions
{
    /// <summary>Says which version an answer is.</summary>
    public static void Tag(this HttpContext http, int version) => http.Response.Headers.ETag = $"\"{version}\"";

    /// <summary>The version If-Match names; null when it is absent or <c>*</c>; -1 when it is none of ours.</summary>
    public static int? IfMatch(this HttpContext http)
    {
        var text = http.Request.Headers.IfMatch.ToString();
        if (text.Length == 0 || text == "*")
            return null;
        return int.TryParse(
            text.Replace("W/", "", StringComparison.Ordinal).Trim('"'),
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out var version
        )
            ? version
            : -1;
    }
}
