namespace MdcTts.Infrastructure.Text;

/// <summary>The digits that people type: 0-9, Arabic-Indic (٠-٩) and Persian (۰-۹).</summary>
public static class Digits
{
    /// <summary>The same text with Arabic-Indic and Persian digits as 0-9; everything else is left alone.</summary>
    public static string ToWestern(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return string.Empty;

        return text.AsSpan().IndexOfAnyInRange('\u0660', '\u06F9') < 0
            ? text
            : string.Create(
                text.Length,
                text,
                static (western, original) =>
                {
                    for (var i = 0; i < western.Length; i++)
                        western[i] = ToWestern(original[i]);
                }
            );
    }

    internal static char ToWestern(char character) =>
        character switch
        {
            >= '\u0660' and <= '\u0669' => (char)(character - '\u0660' + '0'),
            >= '\u06F0' and <= '\u06F9' => (char)(character - '\u06F0' + '0'),
            _ => character,
        };
}
