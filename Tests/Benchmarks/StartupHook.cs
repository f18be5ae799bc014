using System.Diagnostics;
using System.Text.Json;
using MdcTts.Benchmarks;
using Microsoft.EntityFrameworkCore.Diagnostics;

/// <summary>
/// Loaded into the real app by DOTNET_STARTUP_HOOKS before its first line: writes down what EF sends to the database,
/// by the trace of the request, or takes the audit entries out of every save.
/// The app itself is not changed for it.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design",
    "CA1050",
    Justification = "The runtime looks for this name outside any namespace."
)]
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design",
    "MA0047",
    Justification = "The runtime looks for this name outside any namespace."
)]
internal static class StartupHook
{
    public const string FileVariable = "MDC_BENCHMARK_RECORDING";

    public const string ForgetVariable = "MDC_BENCHMARK_WITHOUT_AUDIT";

    /// <summary>Called by the runtime.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(FileVariable) is { } file)
            Recorder.Start(file);
        if (Environment.GetEnvironmentVariable(ForgetVariable) is { } forgets)
            Forgetter.Start(forgets == "yes");
    }
}

namespace MdcTts.Benchmarks
{
    /// <summary>
    /// Lets no audit entry be saved; where they are kept it looks for them as well, so that the search for them costs
    /// both sides.
    /// </summary>
    internal sealed class Forgetter(bool forgets)
        : IObserver<DiagnosticListener>,
            IObserver<KeyValuePair<string, object?>>
    {
        public static void Start(bool forgets) => DiagnosticListener.AllListeners.Subscribe(new Forgetter(forgets));

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == Microsoft.EntityFrameworkCore.DbLoggerCategory.Name)
                value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (
                value.Key != CoreEventId.SaveChangesStarting.Name
                || value.Value is not DbContextEventData { Context: { } context }
            )
                return;
            foreach (var entry in context.ChangeTracker.Entries<Infrastructure.Audit.AuditEntry>().ToList())
                if (forgets)
                    entry.State = Microsoft.EntityFrameworkCore.EntityState.Detached;
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }
    }

    /// <summary>Writes one JSON line a step.</summary>
    internal sealed class Recorder(StreamWriter writer)
        : IObserver<DiagnosticListener>,
            IObserver<KeyValuePair<string, object?>>
    {
        /// <summary>A step and the request it belongs to.</summary>
        public sealed record Line(string? Trace, Step Step);

        public static void Start(string file) =>
            DiagnosticListener.AllListeners.Subscribe(new Recorder(new(file) { AutoFlush = true }));

        /// <summary>The steps of one request.</summary>
        public static IReadOnlyList<Step> Read(string file, string trace)
        {
            using var reader = new StreamReader(
                new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)
            );
            return
            [
                .. reader
                    .ReadToEnd()
                    .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(l => JsonSerializer.Deserialize<Line>(l)!)
                    .Where(l => l.Trace == trace)
                    .Select(l => l.Step),
            ];
        }

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == Microsoft.EntityFrameworkCore.DbLoggerCategory.Name)
                value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Value is CommandEventData e && value.Key == RelationalEventId.CommandExecuting.Name)
                Write(
                    new(
                        Step.Statement,
                        e.Command.CommandText,
                        [.. e.Command.Parameters.Cast<System.Data.Common.DbParameter>().Select(SentValue.From)]
                    )
                );
            else if (value.Key == RelationalEventId.TransactionStarted.Name)
                Write(new(Step.Begin));
            else if (value.Key == RelationalEventId.TransactionCommitted.Name)
                Write(new(Step.Commit));
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }

        private void Write(Step step)
        {
            var line = JsonSerializer.Serialize(new Line(Activity.Current?.TraceId.ToString(), step));
            lock (writer)
                writer.WriteLine(line);
        }
    }
}
