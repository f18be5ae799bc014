using MimeKit;

namespace MdcTts.Features.Outbox;

/// <summary>The mail of a message, or why its person gets none.</summary>
/// <param name="WhyNot">Text key of the reason.</param>
/// <param name="Secret">The token in its link, which must not appear in a log or an error.</param>
public sealed record Mail(MimeMessage? Message, string? WhyNot = null, string? Secret = null);

/// <summary>
/// What a mail says, in the language of <see cref="System.Globalization.CultureInfo.CurrentUICulture"/>. HTML and plain
/// text are made from it.
/// </summary>
/// <param name="Subject">The subject line, with data isolated where the language asks for it.</param>
/// <param name="Lines">What happened.</param>
public sealed record MailContent(string Subject, IReadOnlyList<MailLine> Lines)
{
    /// <summary>What somebody wrote: a note, a comment, a reason.</summary>
    public string? Quote { get; init; }

    /// <summary>Labels and their values.</summary>
    public IReadOnlyList<MailFact> Facts { get; init; } = [];

    /// <summary>Text key and the address it leads to.</summary>
    public (string Key, string Url)? Button { get; init; }

    /// <summary>Text key of the last paragraph: how long a link works, what to do if it was somebody else.</summary>
    public string? Note { get; init; }
}

/// <summary>A sentence of the catalogue of texts with data in it.</summary>
public sealed record MailLine(string Key, params object[] Args);

/// <summary>A label with one value, or two that belong together: both calendars, old and new.</summary>
public sealed record MailFact(string Label, string Value, string? Second = null, string Between = "·");
