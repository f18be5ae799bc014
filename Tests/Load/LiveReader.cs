using System.Collections.Concurrent;
using System.Globalization;
using System.Net;

namespace MdcTts.Load;

/// <summary>
/// An open list that listens for what others change, as a browser does: a stream that breaks is opened again and goes
/// on after the last event that was heard.
/// </summary>
/// <param name="visitor">Signed in, and sees everything.</param>
/// <param name="made">Numbers that there are: "many" means that the page reads them all.</param>
internal sealed class LiveReader(Visitor visitor, ConcurrentBag<string> made)
{
    private readonly ConcurrentDictionary<string, bool> _heard = new(StringComparer.Ordinal);
    private string? _last;
    private TimeSpan _pause = TimeSpan.FromSeconds(2);

    /// <summary>How often it was opened again.</summary>
    public int Resumed { get; private set; }

    /// <summary>What was made and not heard of.</summary>
    public IEnumerable<string> Missed => made.Where(number => !_heard.ContainsKey(number));

    /// <summary>Opens the stream and listens in the background until told to stop.</summary>
    public async Task<Task> Listen(CancellationToken stop)
    {
        var isOpen = new TaskCompletionSource();
        var listening = Again(isOpen, stop);
        await isOpen.Task.WaitAsync(TimeSpan.FromSeconds(30), stop);
        return listening;
    }

    private async Task Again(TaskCompletionSource isOpen, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var answer = await visitor.Stream("/transactions/live?list=1", _last, stop);
                if (answer.StatusCode == HttpStatusCode.OK)
                    await Read(answer, isOpen, stop);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                // The server went away, or we are to.
            }

            if (stop.IsCancellationRequested)
                return;
            Resumed++;
            await Task.Delay(_pause, CancellationToken.None);
        }
    }

    private async Task Read(HttpResponseMessage answer, TaskCompletionSource isOpen, CancellationToken stop)
    {
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(stop));
        var (type, id) = ("", _last);
        while (await lines.ReadLineAsync(stop) is { } line)
        {
            if (line.Split(": ", 2) is not [var field, var value])
            {
                // An event counts when it is whole.
                _last = id;
                isOpen.TrySetResult();
            }
            else if (field == "event")
                type = value;
            else if (field == "id")
                id = value;
            else if (field == "retry")
                _pause = TimeSpan.FromMilliseconds(int.Parse(value, CultureInfo.InvariantCulture));
            else if (field == "data" && type == "many")
                Hear(made);
            else if (field == "data" && type is "new" or "changed")
                Hear(value.Split(' '));
        }
    }

    private void Hear(IEnumerable<string> numbers)
    {
        foreach (var number in numbers)
            _heard[number] = true;
    }
}
