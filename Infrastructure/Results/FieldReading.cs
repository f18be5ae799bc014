using System.Globalization;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Infrastructure.Results;

/// <summary>Reads fields as they were sent: the value that is kept, or null and an error at the field.</summary>
public static class FieldReading
{
    /// <summary>Text of one line, or of several; null where nothing is left after trimming.</summary>
    public static string? Text(
        this FieldErrors errors,
        string field,
        string? sent,
        int most,
        bool required = false,
        bool multiline = false
    )
    {
        var text = PlainText.Trimmed(sent);
        var isBroken = !multiline && text is not null && text.AsSpan().IndexOfAny('\n', '\t') >= 0;
        if (isBroken || PlainText.HasForbidden(sent))
            errors.Add(field, "error.forbidden_characters");
        else if (text is null)
            errors.AddIf(required, field, "error.required");
        else if (text.Length > most)
            errors.Add(field, "error.too_long", most);
        else
            return text;
        return null;
    }

    /// <summary>
    /// A name of one line that nothing makes a link of: it stands in mails, also in those to people who never asked for
    /// one.
    /// </summary>
    public static string? Name(this FieldErrors errors, string field, string? sent, int max, bool required = false)
    {
        if (errors.Text(field, sent, max, required) is not { } name)
            return null;
        if (!HasLink(name) && !name.Contains('/'))
            return name;
        errors.Add(field, "error.name_link");
        return null;
    }

    /// <summary>True where mail programs would make a link of it.</summary>
    public static bool HasLink(string text) =>
        text.Contains("://", StringComparison.Ordinal) || text.Contains("www.", StringComparison.OrdinalIgnoreCase);

    /// <summary>An e-mail address.</summary>
    public static string? Email(this FieldErrors errors, string field, string? sent, bool required = false)
    {
        if (string.IsNullOrWhiteSpace(sent))
        {
            errors.AddIf(required, field, "error.required");
            return null;
        }

        if (EmailAddress.TryRead(sent, out var address))
            return address;
        errors.Add(field, "error.email");
        return null;
    }

    /// <summary>A telephone number.</summary>
    public static string? Phone(this FieldErrors errors, string field, string? sent)
    {
        if (string.IsNullOrWhiteSpace(sent))
            return null;
        if (PhoneNumber.TryRead(sent, out var number))
            return number;
        errors.Add(field, "error.phone");
        return null;
    }

    /// <summary>A key of an enum; null with an error when it is none.</summary>
    public static T? Key<T>(this FieldErrors errors, string field, string? sent)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(sent))
        {
            errors.Add(field, "error.required");
            return null;
        }

        var found = Keys.Find<T>(sent);
        errors.AddIf(found is null, field, "error.not_in_list");
        return found;
    }

    /// <summary>The id of a row.</summary>
    public static int? Id(this FieldErrors errors, string field, string? sent)
    {
        if (string.IsNullOrWhiteSpace(sent))
            return null;
        if (int.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0)
            return id;
        errors.Add(field, "error.not_in_list");
        return null;
    }
}
