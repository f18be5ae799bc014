using System.Globalization;
using MdcTts.Infrastructure.Configuration;
using Serilog.Core;
using Serilog.Events;

namespace MdcTts.Infrastructure.Logging;

/// <summary>
/// Errors to SENTRY_DSN: every error that is logged with an exception, and of it only its types, stack and template.
/// What an exception says may name people, so the log has it and this does not;
/// the request id leads from one to the other.
/// </summary>
/// <remarks>Queued in memory and sent behind; a receiver that is slow or away costs reports, never a request.</remarks>
public sealed class ErrorReports : ILogEventSink
{
    private const string Ours = "MdcTts";

    public static void AddErrorReports(WebApplicationBuilder builder, string dsn) =>
        builder.WebHost.UseSentry(
            (Sentry.AspNetCore.SentryAspNetCoreOptions o) =>
            {
                o.Dsn = dsn;
                o.Release = AppVersion.Current;
                o.SampleRate = Math.Clamp(builder.Configuration.GetValue("Sentry:SampleRate", 1f), 0.0001f, 1f);
                o.SendDefaultPii = false;
                o.MaxRequestBodySize = Sentry.Extensibility.RequestSize.None;
                o.MaxBreadcrumbs = 0;
                o.MaxQueueItems = 50;
                o.AutoSessionTracking = false;
                o.CaptureFailedRequests = false;
                o.SendClientReports = false;
                o.ServerName = "";
                o.ShutdownTimeout = TimeSpan.FromSeconds(2);
                o.FlushTimeout = TimeSpan.FromSeconds(2);
                o.ReportAssembliesMode = ReportAssembliesMode.None;
                o.DisableFileWrite = true;
                // The framework's own reports contain the whole request; ours are made below.
                o.SetBeforeSend((report, _) => report.Logger == Ours ? Scrubbed(report) : null);
            }
        );

    public void Emit(LogEvent logEvent)
    {
        if (logEvent is not { Level: >= LogEventLevel.Error, Exception: { } error } || !SentrySdk.IsEnabled)
            return;
        var report = new SentryEvent(error)
        {
            Logger = Ours,
            Level = SentryLevel.Error,
            Message = new SentryMessage { Message = logEvent.MessageTemplate.Text },
        };
        foreach (var name in new[] { "SourceContext", "Route", "Job", Logs.RequestIdProperty })
            if (logEvent.Properties.GetValueOrDefault(name) is ScalarValue { Value: string text })
                report.SetTag(name.ToLower(CultureInfo.InvariantCulture), text);
        SentrySdk.CaptureEvent(report);
    }

    private static SentryEvent Scrubbed(SentryEvent report)
    {
        report.Request = new();
        report.User = new();
        report.TransactionName = null;
        report.Contexts.Remove("response");
        foreach (var error in report.SentryExceptions ?? [])
        {
            error.Value = "see the log";
            error.Mechanism?.Data.Clear();
        }

        return report;
    }
}
