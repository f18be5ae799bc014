using MdcTts.Infrastructure.Security;

namespace MdcTts.Infrastructure.Web;

/// <summary>
/// What was posted, for a page that posts it again. Passwords are not carried: the person types them again.
/// </summary>
/// <param name="Fields">Hidden in the next form.</param>
/// <param name="TypedAgain">Names of the fields with passwords.</param>
public sealed record CarriedForm(IReadOnlyList<(string Name, string Value)> Fields, IReadOnlyList<string> TypedAgain)
{
    /// <param name="own">Fields of the page in between, which are not carried.</param>
    public static CarriedForm Of(IFormCollection form, params IReadOnlyCollection<string> own)
    {
        var typed = form.Where(f => f.Key is not (AntiforgeryTokens.Field or FormKeys.Field) && !own.Contains(f.Key))
            .SelectMany(f => f.Value, (f, value) => (Name: f.Key, Value: value ?? ""))
            .ToList();
        var secrets = typed.Where(f => IsSecret(f.Name) && f.Value.Length > 0).Select(f => f.Name);
        return new([.. typed.Where(f => !IsSecret(f.Name))], [.. secrets.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>What a person has written, as far as one can tell; the rest are keys and numbers.</summary>
    public IEnumerable<string> Written =>
        Fields.Where(f => f.Value.Length > 0 && IsProse(f.Name, f.Value)).Select(f => f.Value);

    private static bool IsProse(string name, string value) =>
        name is "text" or "note" or "reason" or "title" or "description" or "name" or "referenceNumber"
        || (name is not "original" && value.Any(char.IsWhiteSpace));

    // The sealed secret of the authenticator's page is carried: only this app can open it.
    private static bool IsSecret(string name) =>
        name.Contains("password", StringComparison.OrdinalIgnoreCase) || name is "repeat" or "current";
}
