using System.Collections.Concurrent;
using System.Text.Json;

namespace MdcTts.Load;

/// <summary>
/// What was asked for and what was acknowledged, on disk before the next request of its writer; then held against what
/// the system has.
/// </summary>
internal sealed class Ledger(string path) : IDisposable
{
    private readonly StreamWriter _file = new(path) { AutoFlush = true };
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new(StringComparer.Ordinal);

    public int Acknowledged => _acknowledged.Values.Count(known => known);

    public void Asked(string text) => Write(text, false);

    public void Answered(string text) => Write(text, true);

    /// <summary>
    /// Every acknowledged write is there, none is there twice, and nothing is there that was not asked for.
    /// </summary>
    public async Task<List<string>> Compare(
        string run,
        IEnumerable<string> commented,
        Visitor reader,
        CancellationToken stop
    )
    {
        var there = new Dictionary<string, int>(StringComparer.Ordinal);
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await reader.Json($"/transactions?after={Uri.EscapeDataString(cursor)}&limit=100", stop);
            foreach (
                var title in page.GetProperty("items")
                    .EnumerateArray()
                    .Select(t => t.GetProperty("title").GetString()!)
                    .Where(t => t.StartsWith(run, StringComparison.Ordinal))
            )
                Count(title);
            cursor = page.GetProperty("nextCursor") is { ValueKind: JsonValueKind.String } next
                ? next.GetString()
                : null;
        }

        foreach (var number in commented)
        {
            for (var next = $"/transactions/{number}/comments?pageSize=100"; next is not null; )
            {
                var page = await reader.Json(next, stop);
                foreach (
                    var text in page.GetProperty("items")
                        .EnumerateArray()
                        .Select(c => c.GetProperty("text").GetString()!)
                )
                    Count(text);
                next = page.GetProperty("next").GetString()?.Replace("/api/v1", "", StringComparison.Ordinal);
            }
        }

        return
        [
            .. _acknowledged.Where(a => a.Value && !there.ContainsKey(a.Key)).Select(a => "lost: " + a.Key),
            .. there.Where(t => t.Value > 1).Select(t => $"{t.Value} times: {t.Key}"),
            .. there.Keys.Where(t => !_acknowledged.ContainsKey(t)).Select(t => "never asked for: " + t),
        ];

        void Count(string text) => there[text] = there.GetValueOrDefault(text) + 1;
    }

    public void Dispose() => _file.Dispose();

    private void Write(string text, bool known)
    {
        _acknowledged[text] = known;
        lock (_file)
            _file.WriteLine((known ? "+ " : "? ") + text);
    }
}
