using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// What people said that names mean which no list knows, and which of these a register uses. A key of
/// <see cref="Known"/> is a field and a folded name; an empty name stands for all others of the field.
/// </summary>
public sealed class RegisterMeanings(IReadOnlyDictionary<(RegisterField Field, string Name), string> known)
{
    /// <summary>The meaning of a client that is to be made.</summary>
    public const string NewClient = "+";

    /// <summary>The name that stands for all others of a field.</summary>
    public const string Others = "";

    private readonly Dictionary<(RegisterField Field, string Name), (string Written, int Rows)> _used = [];

    /// <summary>Field and folded name → the key that a transaction stores.</summary>
    public IReadOnlyDictionary<(RegisterField Field, string Name), string> Known => known;

    /// <summary>What was looked up so far, as the register first writes it, and how often.</summary>
    public IReadOnlyDictionary<(RegisterField Field, string Name), (string Written, int Rows)> Used => _used;

    /// <summary>The key that a name means; null when nobody has said so.</summary>
    public string? Find(RegisterField field, string text)
    {
        if (known.Count == 0)
            return null;
        var name = (field, ArabicText.Fold(text));
        if (!known.TryGetValue(name, out var key))
            return known.GetValueOrDefault((field, Others));
        var (written, rows) = _used.GetValueOrDefault(name, (text, 0));
        _used[name] = (written, rows + 1);
        return key;
    }
}
