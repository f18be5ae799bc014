using System.CommandLine;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Audit.Acknowledging;

/// <summary>
/// <c>MdcTts audit acknowledge ENTRY … --reason TEXT</c>: afterwards <c>audit verify</c> counts these forged entries
/// and finds the log intact. Only on the machine, because whoever could do it from the page could hide a forgery.
/// </summary>
public static class AcknowledgeCommand
{
    public static Command Make(RunWeb.Build build)
    {
        var entries = new Argument<long[]>("entry")
        {
            Description = "Numbers of entries that audit verify calls forged",
            Arity = ArgumentArity.OneOrMore,
        };
        var reason = new Option<string>("--reason")
        {
            Description = "What was found out; it is kept in the log",
            Required = true,
        };
        var acknowledge = new Command("acknowledge", "Record that a forged entry was looked into") { entries, reason };
        acknowledge.SetAction(
            async (parsed, stop) =>
            {
                // The root command passes unknown options on to the host; here they are typing errors.
                if (parsed.UnmatchedTokens is [var unknown, ..])
                    throw new SettingsException($"There is no option {unknown}.");
                await using var app = build([], demo: false);
                await PrepareDatabase.Handle(app.Services, stop);
                return await Handle(
                    parsed.GetValue(entries)!,
                    parsed.GetValue(reason),
                    app.Services,
                    Console.Out,
                    stop
                );
            }
        );
        return acknowledge;
    }

    /// <summary>Prints a line for each entry; 0 when all were acknowledged.</summary>
    public static async Task<int> Handle(
        IEnumerable<long> entries,
        string? reason,
        IServiceProvider services,
        TextWriter output,
        CancellationToken stop
    )
    {
        var words = Words.For("en");
        var text = reason?.Trim();
        if (
            string.IsNullOrEmpty(text)
            || text.Length > AcknowledgeForged.ReasonMaxLength
            || PlainText.HasForbidden(text)
        )
        {
            await output.WriteLineAsync(words["audit.acknowledging.reason", AcknowledgeForged.ReasonMaxLength]);
            return 1;
        }

        var result = 0;
        foreach (var id in entries)
        {
            await using var scope = services.CreateAsyncScope();
            var refusal = await scope.ServiceProvider.GetRequiredService<AcknowledgeForged>().Handle(id, text, stop);
            if (refusal is not null)
                result = 1;
            await output.WriteLineAsync(
                words[$"audit.acknowledging.{(refusal is { } why ? Keys.Of(why) : "done")}", $"{id}"]
            );
        }

        return result;
    }
}
