namespace MdcTts.Features.Backups.Restoring;

/// <summary>
/// Puts files and folders in the places of others, on one disk. Unless <see cref="Keep"/> is called, everything goes
/// back to where it was.
/// </summary>
public sealed class FileSwap(string aside) : IDisposable
{
    private readonly Stack<(string From, string To)> _moves = [];

    public void Replace(string with, string place)
    {
        Remove(place);
        Move(with, place);
    }

    public void Remove(string place)
    {
        if (!Path.Exists(place))
            return;
        Directory.CreateDirectory(aside);
        Move(place, Path.Combine(aside, $"{_moves.Count}-{Path.GetFileName(place)}"));
    }

    public void Keep() => _moves.Clear();

    public void Dispose()
    {
        while (_moves.TryPop(out var move))
            Directory.Move(move.To, move.From);
    }

    private void Move(string from, string to)
    {
        // Moves files as well.
        Directory.Move(from, to);
        _moves.Push((from, to));
    }
}
