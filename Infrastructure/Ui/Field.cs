using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using MdcTts.Infrastructure.Results;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Infrastructure.Ui;

/// <summary>One labelled control with its hint and its errors, tied together for screen readers.</summary>
/// <param name="Name">Form field name, as in the JSON.</param>
/// <param name="Label">Text key of the label.</param>
/// <param name="Value">What was typed, shown again as it was.</param>
public sealed partial record Field(string Name, string Label, string? Value)
{
    /// <summary>As many choices as a select can carry; beyond it people search.</summary>
    public const int ChoicesMax = 500;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public string Type { get; init; } = "text";
    public bool Required { get; init; }
    public int? MaxLength { get; init; }

    /// <summary>Text key of the hint.</summary>
    public string? Hint { get; init; }
    public object[] HintArgs { get; init; } = [];
    public string? Placeholder { get; init; }

    /// <summary><c>ltr</c> for numbers, codes and addresses, <c>auto</c> for what people write.</summary>
    public string Dir { get; init; } = "auto";
    public string? Autocomplete { get; init; }
    public string? InputMode { get; init; }
    public bool Multiline { get; init; }

    /// <summary>A date in either calendar: what was understood is said under it while it is typed.</summary>
    public bool IsDate { get; init; }

    /// <summary>As wide as the form.</summary>
    public bool Wide { get; init; }

    /// <summary>Makes it a select: value and name of each choice. The first may be empty.</summary>
    public IEnumerable<(string Value, string Name)>? Choices { get; init; }

    /// <summary>Where the select looks further: with a script it becomes a field that searches.</summary>
    public Search? Search { get; init; }

    /// <summary>Where a text field gets what it offers: see <see cref="Ui.Offers"/>.</summary>
    public string? Offers { get; init; }
    public FieldErrors? Errors { get; init; }

    /// <summary>Writes it.</summary>
    public IHtmlContent Render()
    {
        var words = Words.T;
        var errors = Errors?.Of(Name) ?? [];
        var id = "f-" + Name;
        var html = new StringBuilder();
        html.Append(Wide ? "<div class=\"field all\">" : "<div class=\"field\">");
        html.Append($"<label for=\"{id}\">{E(words[Label])}");
        if (!Required)
            html.Append($" <span class=\"opt\">{E(words["form.optional"])}</span>");
        html.Append("</label>");
        var attributes =
            $" id=\"{id}\" name=\"{Name}\"{(Required ? " required" : "")}"
            + A("aria-describedby", string.Join(' ', Descriptions(id, errors.Count > 0)))
            + (errors.Count > 0 ? " aria-invalid=\"true\"" : "");
        if (Choices is not null)
        {
            var choices = Choices.ToList();
            // What is chosen is always offered: a select without it would send another choice.
            if (Value is { Length: > 0 } && choices.TrueForAll(choice => choice.Value != Value))
                choices.Add((Value, Value));
            html.Append($"<select{attributes}{Search?.AttributesFor(choices.Count)}>");
            foreach (var (value, name) in choices)
                html.Append(
                    $"<option value=\"{E(value)}\"{(value == (Value ?? "") ? " selected" : "")}>{E(name)}</option>"
                );
            html.Append("</select>");
            // Without a script, and with more than a select offers, searching is a step of its own.
            if (Search is not null && choices.Count >= ChoicesMax)
                html.Append(
                    $"<noscript><div class=\"acts\"><input name=\"{Name}.find\" dir=\"auto\""
                        + $" aria-label=\"{E(words["search.in", words[Label]])}\">"
                        + $"<button class=\"btn\" name=\"find\" value=\"{Name}\" formnovalidate>"
                        + $"{E(words["search.find"])}</button></div></noscript>"
                );
        }
        else
        {
            attributes +=
                A("maxlength", (IsDate ? DateEcho.TextMaxLength : MaxLength)?.ToString())
                + A("dir", Dir)
                + A("placeholder", Placeholder)
                + (Offers is { } url ? Ui.Offers.Attributes(url, id + "-list") : A("autocomplete", Autocomplete))
                + A("inputmode", InputMode)
                + (IsDate ? DateEcho.Attributes(id) : "");
            html.Append(
                Multiline
                    ? $"<textarea{attributes}>\n{E(Value)}</textarea>"
                    : $"<input type=\"{Type}\"{attributes}{(Type == "password" ? "" : A("value", Value))}>"
            );
        }

        if (Offers is not null)
            html.Append(Ui.Offers.List(id + "-list"));
        if (IsDate)
            html.Append(DateEcho.Output(id, Value));
        if (Hint is not null)
            html.Append($"<p class=\"hint\" id=\"{id}-h\">{E(words[Hint, HintArgs])}</p>");
        if (errors.Count > 0)
        {
            var texts = string.Join(" ", errors.Select(e => words[e.Key, e.Args]));
            html.Append($"<p class=\"err\" id=\"{id}-e\">{Markup.Icon("exclamation-triangle")}{E(texts)}</p>");
        }

        return new HtmlString(html.Append("</div>").ToString());
    }

    private IEnumerable<string> Descriptions(string id, bool wrong)
    {
        if (Hint is not null)
            yield return id + "-h";
        if (wrong)
            yield return id + "-e";
    }

    // Written as numbers, browsers would read these controls as signs of an old code page.
    private static string E(string? text) =>
        Controls()
            .Replace(Encoder.Encode(text ?? ""), found => $"{(char)Convert.ToInt32(found.Groups["code"].Value, 16)}");

    [GeneratedRegex("&#x(?<code>[89][0-9A-F]);", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Controls();

    private static string A(string name, string? value) => string.IsNullOrEmpty(value) ? "" : $" {name}=\"{E(value)}\"";
}
