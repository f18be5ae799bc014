using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Saudi;

/// <summary>
/// The numbers that Saudi people and companies are known by. Digits of any kind are understood; spaces around are not
/// counted.
/// </summary>
public static partial class SaudiIds
{
    private const int TimeoutMilliseconds = 2_000;
    private const int MaxLength = 60;

    /// <summary>Ten digits, the first 1 (citizen) or 2 (resident), with a valid Luhn check digit.</summary>
    public static bool IsNationalIdOrIqama(string? text) =>
        IsDigits(text, 10, out var id) && id[0] is '1' or '2' && IsLuhn(id);

    /// <summary>A commercial registration: ten digits.</summary>
    public static bool IsCommercialRegistration(string? text) => IsDigits(text, 10, out _);

    /// <summary>
    /// Reads a Saudi mobile number as people write it (05…, 9665…, 009665…, +966 5…) into <c>+9665XXXXXXXX</c>.
    /// </summary>
    public static bool TryNormalizeMobile(string? text, out string mobile)
    {
        mobile = string.Empty;
        var match = Mobile().Match(Separators().Replace(Western(text), string.Empty));
        if (!match.Success)
            return false;

        mobile = "+966" + match.Groups["number"].Value;
        return true;
    }

    private static string Western(string? text)
    {
        if (text is null || text.Length > MaxLength)
            return string.Empty;
        return Digits.ToWestern(text).Trim();
    }

    private static bool IsDigits(string? text, int count, out string digits)
    {
        digits = Western(text);
        return digits.Length == count && !digits.AsSpan().ContainsAnyExceptInRange('0', '9');
    }

    private static bool IsLuhn(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[^(i + 1)] - '0';
            if (i % 2 == 1)
                digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    // With the country code people often keep the trunk zero: +966 (0)5…
    [GeneratedRegex(
        @"^(?:(?:\+|00)?9660?|0)?(?<number>5[0-9]{8})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeoutMilliseconds
    )]
    private static partial Regex Mobile();

    [GeneratedRegex(@"[\s\-.()\p{Cf}]", RegexOptions.CultureInvariant, TimeoutMilliseconds)]
    private static partial Regex Separators();
}
