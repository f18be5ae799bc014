using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Saudi;

/// <summary>
/// Telephone numbers as people type them. Saudi mobiles become <c>+9665XXXXXXXX</c>, others keep their digits.
/// </summary>
public static partial class PhoneNumber
{
    public const int MaxLength = 20;
    private const int TypedMaxLength = 40;

    /// <summary>
    /// Reads a number: 7 to 15 digits, a plus in front or not; digits of any kind, spaces, hyphens, dots and brackets
    /// are understood.
    /// </summary>
    public static bool TryRead(string? text, out string number)
    {
        number = "";
        if (text is null || text.Length > TypedMaxLength)
            return false;
        if (SaudiIds.TryNormalizeMobile(text, out number))
            return true;
        number = Separators().Replace(Digits.ToWestern(text), "");
        return Plain().IsMatch(number);
    }

    [GeneratedRegex(@"\A\+?[0-9]{7,15}\z", RegexOptions.CultureInvariant, 200)]
    private static partial Regex Plain();

    [GeneratedRegex(@"[ \-.()/\u00A0\p{Cf}]", RegexOptions.CultureInvariant, 200)]
    private static partial Regex Separators();
}
