using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Saudi;

/// <summary>The numbers that Saudi people and companies are known by. Digits of any kind are understood; spaces around are not counted.</summary>
public static partial class SaudiIds
{
    private const int TimeoutMilliseconds = 200;
    private const int MaxLength = 60;

    /// <summary>Ten digits, the first 1 (citizen) or 2 (resident), with a valid Luhn check digit.</summary>
    public static bool IsNationalIdOrIqama(string? text) =>
        IsDigits(text, 10, out var id) && id[0] is '1' or '2' && IsLuhn(id);

    /// <summary>A commercial registration: ten digits.</summary>
    public static bool IsCommercialRegistration(string? text) => IsDigits(text, 10, out _);

    /// <summary>The unified number of an establishment: ten digits, the first 7.</summary>
    public static bool IsUnifiedNumber(string? text) => IsDigits(text, 10, out var number) && number[0] == '7';

    /// <summary>A VAT registration: fifteen digits, the first and the last 3.</summary>
    public static bool IsVatNumber(string? text) =>
        IsDigits(text, 15, out var number) && number[0] == '3' && number[^1] == '3';

    /// <summary>A Saudi IBAN: SA and 22 digits that pass the modulo 97 check; spaces between groups are allowed.</summary>
    public static bool IsIban(string? text)
    {
        var iban = Western(text).Replace(" ", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
        if (!Iban().IsMatch(iban))
            return false;

        // S = 28, A = 10: the country and check digits go to the end before the division.
        var remainder = 0;
        foreach (var digit in string.Concat(iban.AsSpan(4), "2810", iban.AsSpan(2, 2)))
            remainder = ((remainder * 10) + (digit - '0')) % 97;
        return remainder == 1;
    }

    /// <summary>Reads a Saudi mobile number as people write it (05…, 9665…, 009665…, +966 5…) into <c>+9665XXXXXXXX</c>.</summary>
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

    [GeneratedRegex(
        @"^SA[0-9]{22}\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        TimeoutMilliseconds
    )]
    private static partial Regex Iban();

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
