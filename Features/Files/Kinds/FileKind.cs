namespace MdcTts.Features.Files.Kinds;

/// <summary>A kind of file that is taken in.</summary>
/// <param name="Key">Kept with the bytes.</param>
/// <param name="ContentType">What it is sent as.</param>
/// <param name="Endings">What its name may end with; the first is put where another ending would deceive.</param>
public sealed record FileKind(string Key, string ContentType, params IReadOnlyList<string> Endings)
{
    /// <summary>It carries programs of an office suite.</summary>
    public bool HasMacros { get; init; }
}

/// <summary>What the bytes of a file turned out to be.</summary>
/// <param name="Kind">Null when it is not taken in.</param>
/// <param name="Refusal">The text that says why not, and its arguments.</param>
public sealed record Recognised(FileKind? Kind, string? Refusal = null, params IReadOnlyList<object> Args);
