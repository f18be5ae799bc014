using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Serilog.Events;
using Serilog.Formatting;

namespace MdcTts.Infrastructure.Logging;

/// <summary>
/// One JSON object a line, under the names of the Elastic Common Schema; what it has no name for is in <c>labels</c>.
/// </summary>
public sealed class EcsFormatter : ITextFormatter
{
    private const string Requests = "Serilog.AspNetCore.RequestLoggingMiddleware";

    // Said elsewhere, or (the raw path of the request) not to be said: it may be a secret.
    private static readonly HashSet<string> LeftOut = new(StringComparer.Ordinal)
    {
        "SourceContext",
        "RequestId",
        "RequestPath",
        "ConnectionId",
        "EventId",
        "TraceId",
        "SpanId",
        "ParentId",
        "Elapsed",
        "Query",
    };

    private static readonly Dictionary<string, string> Named = new(StringComparer.Ordinal)
    {
        ["RequestMethod"] = "http.request.method",
        ["StatusCode"] = "http.response.status_code",
        ["Route"] = "http.route",
        ["UserId"] = "user.id",
    };

    private static readonly Serilog.Formatting.Display.MessageTemplateTextFormatter Message = new(
        "{Message:lj}",
        CultureInfo.InvariantCulture
    );

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
            Write(logEvent, json);
        output.WriteLine(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    private static void Write(LogEvent entry, Utf8JsonWriter json)
    {
        var source = Text(entry, "SourceContext");
        json.WriteStartObject();
        json.WriteString(
            "@timestamp",
            entry.Timestamp.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)
        );
        json.WriteString(
            "log.level",
            entry.Level switch
            {
                LogEventLevel.Information => "info",
                LogEventLevel.Warning => "warn",
                _ => entry.Level.ToString().ToLowerInvariant(),
            }
        );
        json.WriteString("message", Rendered(entry));
        json.WriteString("ecs.version", "8.11.0");
        json.WriteString("service.name", "mdc-tts");
        if (source is not null)
            json.WriteString("log.logger", source);
        if (Text(entry, Logs.RequestIdProperty) is { } request)
            json.WriteString("http.request.id", request);
        if (entry.TraceId is { } trace)
            json.WriteString("trace.id", trace.ToHexString());
        if (entry.SpanId is { } span)
            json.WriteString("span.id", span.ToHexString());
        if (source == Requests && Text(entry, "RequestPath") is { } path)
            json.WriteString("url.path", path);
        if (entry.Properties.GetValueOrDefault("Elapsed") is ScalarValue { Value: double milliseconds })
            json.WriteNumber("event.duration", (long)(milliseconds * 1_000_000));
        foreach (var (name, value) in entry.Properties)
            if (Named.TryGetValue(name, out var known))
                Value(json, known, value);
        if (entry.Exception is { } error)
        {
            json.WriteString("error.type", error.GetType().FullName);
            json.WriteString("error.stack_trace", error.ToString());
        }

        var labels = entry
            .Properties.Where(p =>
                !LeftOut.Contains(p.Key) && !Named.ContainsKey(p.Key) && p.Key != Logs.RequestIdProperty
            )
            .ToList();
        if (labels.Count > 0)
        {
            json.WriteStartObject("labels");
            foreach (var (name, value) in labels)
                Value(json, name, value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    // Literally: without the quotes that words have among objects.
    private static string Rendered(LogEvent entry)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Message.Format(entry, text);
        return text.ToString();
    }

    private static string? Text(LogEvent entry, string name) =>
        entry.Properties.GetValueOrDefault(name) is ScalarValue { Value: string text } ? text : null;

    private static void Value(Utf8JsonWriter json, string name, LogEventPropertyValue value)
    {
        switch (value)
        {
            case ScalarValue { Value: null }:
                json.WriteNull(name);
                break;
            case ScalarValue { Value: bool flag }:
                json.WriteBoolean(name, flag);
                break;
            case ScalarValue { Value: int or long or short }:
                json.WriteNumber(name, Convert.ToInt64(((ScalarValue)value).Value, CultureInfo.InvariantCulture));
                break;
            case ScalarValue { Value: double number } when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case ScalarValue { Value: IFormattable thing }:
                json.WriteString(name, thing.ToString(null, CultureInfo.InvariantCulture));
                break;
            case ScalarValue { Value: { } other }:
                json.WriteString(name, other.ToString());
                break;
            default:
                json.WriteString(name, value.ToString(null, CultureInfo.InvariantCulture));
                break;
        }
    }
}
