using System.CommandLine;
using System.Data.Common;
using System.Globalization;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Audit.Verifying;

/// <summary>
/// <c>MdcTts audit verify [--anchor FILE]</c>: exit code 0 when the log is whole, 1 and the first fault when it is not.
/// It only reads, so it may run beside the app.
/// </summary>
public static class VerifyCommand
{
    public static Command Make(RunWeb.Build build)
    {
        var anchor = new Option<FileInfo?>("--anchor")
        {
            Description = "A file of DATA_DIR/anchors: finds a tail that was cut off",
        };
        var verify = new Command("verify", "Check every entry of the audit log against its seal") { anchor };
        verify.SetAction(
            async (parsed, stop) =>
            {
                // The root command passes unknown options on to the host; here they are typing errors.
                if (parsed.UnmatchedTokens is [var unknown, ..])
                    throw new SettingsException($"There is no option {unknown}.");
                var kept = parsed.GetValue(anchor) is { } file ? Read(file) : null;
                await using var app = build([], demo: false);
                return await Handle(kept, app.Services, Console.Out, stop);
            }
        );
        return verify;
    }

    /// <summary>Prints one line on <paramref name="output"/>.</summary>
    public static async Task<int> Handle(
        Anchor? anchor,
        IServiceProvider services,
        TextWriter output,
        CancellationToken stop
    )
    {
        await using var scope = services.CreateAsyncScope();
        try
        {
            var useCase = scope.ServiceProvider.GetRequiredService<VerifyChain>();
            var verdict = await useCase.Handle(anchor, progress: null, stop);
            await output.WriteLineAsync(verdict.Describe(Words.For("en")));
            return verdict.IsWhole ? 0 : 1;
        }
        catch (Exception e) when (e is DbException or InvalidOperationException { InnerException: DbException })
        {
            throw new SettingsException($"The audit log cannot be read: {e.InnerException?.Message ?? e.Message}");
        }
    }

    /// <summary>
    /// A verdict in words: what was checked, or the first fault and where it is; then what is only worth knowing.
    /// </summary>
    public static string Describe(this Verdict verdict, Words words)
    {
        var parts = new List<string> { DescribeFault(verdict, words) };
        if (verdict.Unsigned > 0)
            parts.Add(words["audit.unsigned", Words.Number(verdict.Unsigned)]);
        if (verdict is { Acknowledged: > 0, FirstAcknowledged: { } forged })
            parts.Add(
                words[
                    "audit.acknowledged",
                    Words.Number(verdict.Acknowledged),
                    forged.ToString(CultureInfo.InvariantCulture)
                ]
            );
        if (verdict is { OddTimes: > 0, FirstOdd: { } first })
            parts.Add(
                words["audit.odd_times", Words.Number(verdict.OddTimes), first.ToString(CultureInfo.InvariantCulture)]
            );
        return string.Join(' ', parts);
    }

    private static string DescribeFault(Verdict verdict, Words words)
    {
        var fault = verdict.Fault is { } f ? words["audit.fault." + Infrastructure.Text.Keys.Of(f)] : null;
        var where = string.Join(
            " ",
            new[]
            {
                verdict.Sequence is { } sequence
                    ? words["audit.at_seal", sequence.ToString(CultureInfo.InvariantCulture)]
                    : null,
                verdict.EntryId is { } id ? words["audit.at_entry", id.ToString(CultureInfo.InvariantCulture)] : null,
                verdict.UserId is { } person
                    ? words["audit.at_person", person.ToString(CultureInfo.InvariantCulture)]
                    : null,
            }.Where(part => part is not null)
        );
        return fault is null
            ? words["audit.whole", Words.Number(verdict.Checked), Words.Number(verdict.Waiting)]
            : words["audit.broken", where, fault, Words.Number(verdict.Checked)];
    }

    private static Anchor Read(FileInfo file) =>
        file.Exists
            ? Anchor.Read(File.ReadAllText(file.FullName))
                ?? throw new SettingsException($"{file.FullName} is no anchor.")
            : throw new SettingsException($"There is no file {file.FullName}.");
}
