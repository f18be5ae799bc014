using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MdcTts.Infrastructure.Metrics;

/// <summary>
/// What this process counts as it happens; the README.md beside this file says what each means. It costs nothing while
/// nobody listens.
/// </summary>
public static class Counters
{
    /// <summary>The name of the meter and of the source of traces.</summary>
    public const string Name = "MdcTts";

    private static readonly Meter Meter = new(Name);
    private static readonly ActivitySource Source = new(Name);
    private static readonly Counter<long> Mails = Meter.CreateCounter<long>(
        "mdc_mails",
        description: "Mails of this process by outcome"
    );
    private static readonly Counter<long> Logins = Meter.CreateCounter<long>(
        "mdc_logins",
        description: "Sign-ins by outcome"
    );
    private static readonly Counter<long> Limits = Meter.CreateCounter<long>(
        "mdc_rate_limited",
        description: "Requests answered 429"
    );
    private static readonly Counter<long> Imports = Meter.CreateCounter<long>(
        "mdc_imports",
        description: "Imports that ended in this process"
    );
    private static readonly Counter<long> Runs = Meter.CreateCounter<long>(
        "mdc_job_runs",
        description: "Runs of scheduled jobs in this process"
    );
    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "mdc_job_duration",
        "s",
        "How long runs of scheduled jobs took",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600] }
    );

    /// <summary>
    /// Work outside of requests as a trace of its own; without a listener it still has an id for logs, audit and mails.
    /// </summary>
    public static Activity Trace(string name)
    {
        Activity.Current = null;
        return Source.StartActivity(name) ?? new Activity(name).Start();
    }

    public static void Mail(string outcome) => Mails.Add(1, Of("outcome", outcome));

    /// <summary>An action that was committed to the audit log; those about signing in count.</summary>
    public static void Audited(string action)
    {
        if (action == "account.signed_in")
            Logins.Add(1, Of("outcome", "ok"));
        else if (action is "account.sign_in_failed" or "account.sign_in_delayed")
            Logins.Add(1, Of("outcome", "failed"));
    }

    public static void RateLimited(string limit) => Limits.Add(1, Of("limit", limit));

    public static void Import(string outcome) => Imports.Add(1, Of("outcome", outcome));

    public static void JobRun(string job, string outcome, TimeSpan took)
    {
        Runs.Add(1, Of("job", job), Of("outcome", outcome));
        Durations.Record(took.TotalSeconds, Of("job", job));
    }

    private static KeyValuePair<string, object?> Of(string label, string value) => new(label, value);
}
