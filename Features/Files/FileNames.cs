using System.Globalization;
using System.Text;
using MdcTts.Features.Files.Kinds;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Files;

/// <summary>What files may be called: whatever people call them, as far as every system can keep it.</summary>
public static class FileNames
{
    private static readonly HashSet<string> Reserved = new(
        ["con", "prn", "aux", "nul", .. Enumerable.Range(1, 9).SelectMany(i => new[] { $"com{i}", $"lpt{i}" })],
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>
    /// The last part of a path, without controls, signs that turn the direction, and what Windows forbids; with an
    /// ending that says what the file is.
    /// </summary>
    /// <param name="sent">As the browser or script said it; may be anything.</param>
    public static string Clean(string? sent, FileKind kind)
    {
        var last = sent ?? "";
        last = last[(last.LastIndexOfAny(['/', '\\']) + 1)..];
        var text = new StringBuilder();
        foreach (var rune in Bidi.WithoutControls(last).EnumerateRunes())
            if (!Rune.IsControl(rune) && rune != Rune.ReplacementChar && rune.Value is not (0xFFFE or 0xFFFF))
                text.Append(rune.Value is '<' or '>' or ':' or '"' or '|' or '?' or '*' ? "_" : rune.ToString());
        var name = text.ToString().Trim().TrimEnd('.', ' ');
        var ending = EndingOf(name);
        // An ending that means another kind would deceive; any other is a part of the name.
        if (!kind.Endings.Contains(ending) && FileKinds.IsEnding(ending))
        {
            name = StemOf(name);
            ending = EndingOf(name);
        }

        var isRight = kind.Endings.Contains(ending);
        var stem = (isRight ? StemOf(name) : name).TrimEnd('.', ' ').TrimStart('.');
        var end = isRight ? name[(name.LastIndexOf('.') + 1)..] : kind.Endings[0];
        if (!Bidi.HasVisible(stem))
            stem = "file";
        if (Reserved.Contains(stem.Split('.')[0]))
            stem = "_" + stem;
        return Fit(stem, "." + end);
    }

    /// <summary>The same name with a number that no other has.</summary>
    public static string ToldApart(string name, IReadOnlyCollection<string> others)
    {
        var stem = StemOf(name);
        var end = name[stem.Length..];
        var candidate = name;
        for (var i = 2; others.Contains(candidate, StringComparer.OrdinalIgnoreCase); i++)
            candidate = Fit(stem, $" ({i.ToString(CultureInfo.InvariantCulture)}){end}");
        return candidate;
    }

    /// <summary>What stands behind the last dot, in small letters.</summary>
    public static string EndingOf(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot < 0 ? "" : name[(dot + 1)..].ToLowerInvariant();
    }

    private static string StemOf(string name)
    {
        var dot = name.LastIndexOf('.');
        return dot < 0 ? name : name[..dot];
    }

    private static string Fit(string stem, string end)
    {
        var room = Attachment.FileNameMaxLength - end.Length;
        if (stem.Length > room)
            stem = stem[..(char.IsHighSurrogate(stem[room - 1]) ? room - 1 : room)].TrimEnd();
        return stem + end;
    }
}
