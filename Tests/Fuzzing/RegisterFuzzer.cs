using System.Diagnostics;
using MdcTts.Features.Transactions.Imports.Parsing;

namespace MdcTts.Fuzzing;

/// <summary>
/// Reads spoilt registers: each must be answered, with its rows or with what is wrong, soon and in little memory.
/// </summary>
internal static class RegisterFuzzer
{
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);
    public const long MostBytes = 300L * 1024 * 1024;

    private static readonly RegisterNames Names = new()
    {
        Types = RegisterNames.Folded([new("type", ["type"])]),
        Categories = RegisterNames.Folded([]),
        Statuses = RegisterNames.Folded([new("draft", ["draft"])]),
        Assignees = new Dictionary<string, string>(StringComparer.Ordinal),
        DefaultType = "type",
        DefaultStatus = "draft",
        WantsClients = true,
        MayCreateClients = true,
    };

    /// <summary>What was seen.</summary>
    /// <param name="Wrong">Each with the seed that makes the file again.</param>
    public sealed record Outcome(int Read, int Refused, TimeSpan Slowest, long Largest, IReadOnlyList<string> Wrong);

    /// <param name="files">Whole ones, by name.</param>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many, turn and turn about.</param>
    public static Outcome Run(IReadOnlyList<(string Name, byte[] Content)> files, int first, int count)
    {
        var wrong = new List<string>();
        var (read, refused, slowest, largest) = (0, 0, TimeSpan.Zero, 0L);
        for (var seed = first; seed < first + count; seed++)
        {
            var (name, content) = files[seed % files.Count];
            var spoilt = RegisterMutations.Spoil(content, new Random(seed));
            var (before, watch) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
            try
            {
                if (Rows(spoilt) is { } rows)
                    read += rows >= 0 ? 1 : 0;
                else
                    refused++;
            }
            catch (Exception failed)
            {
                wrong.Add($"{name}, seed {seed}: {failed}");
            }

            // All that was asked for: no more of it was ever held at once.
            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            if (watch.Elapsed > Longest)
                wrong.Add($"{name}, seed {seed}: {watch.Elapsed.TotalSeconds:0.0} s");
            if (bytes > MostBytes)
                wrong.Add($"{name}, seed {seed}: {bytes >> 20} MB");
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            largest = Math.Max(largest, bytes);
        }

        return new(read, refused, slowest, largest, wrong);
    }

    /// <summary>How many rows are good; null when the file is refused.</summary>
    private static int? Rows(byte[] bytes)
    {
        var (file, fault) = RegisterFile.Open(new MemoryStream(bytes));
        if (file is null)
            return fault is null ? throw new InvalidOperationException("Neither rows nor a reason.") : null;
        var reader = new RowReader(file, Names);
        return file.Rows.Count(row =>
            reader.Read(row) is var reading && (reading.Draft is null) == (reading.Faults.Count == 0)
                ? throw new InvalidOperationException($"Row {row.Number} is neither good nor faulty.")
                : reading.Draft is not null
        );
    }
}
