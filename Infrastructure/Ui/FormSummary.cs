using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using MdcTts.Infrastructure.Results;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Infrastructure.Ui;

/// <summary>
/// What is wrong with a form, above it: each field with its message, in the page's order, as a link to the field. It
/// takes the focus when the page comes; a script then leads on to the first field.
/// </summary>
public static class FormSummary
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <param name="fields">The form's fields in their order, each with the text key of its label.</param>
    /// <param name="id">What stands before a field's name in its id.</param>
    public static IHtmlContent Of(
        FieldErrors? errors,
        IEnumerable<(string Name, string Label)> fields,
        string css = "",
        string id = "f-"
    )
    {
        if (errors is not { Any: true })
            return HtmlString.Empty;
        var words = Words.T;
        var count = errors.Fields.Count();
        var html = new StringBuilder();
        html.Append($"<div class=\"say bad {css}\" role=\"alert\" tabindex=\"-1\" autofocus>");
        html.Append(Markup.Icon("exclamation-triangle"));
        html.Append($"<div><b>{E(words.Count("form.fix", count))}</b><ul>");
        var known = fields.ToList();
        foreach (var (name, label) in known.Where(f => errors.Of(f.Name).Count > 0))
            html.Append($"<li><a href=\"#{id}{name}\">{E($"{words[label]}: {Texts(name)}")}</a></li>");
        // What no field of the page is to blame for.
        foreach (var name in errors.Fields.Except(known.Select(f => f.Name)))
            html.Append($"<li>{E(Texts(name))}</li>");
        return new HtmlString(html.Append("</ul></div></div>").ToString());

        string Texts(string name) => string.Join(' ', errors.Of(name).Select(e => words[e.Key, e.Args]));
    }

    /// <summary>The same where every label's key is its field's name after <paramref name="labels"/>.</summary>
    public static IHtmlContent Of(
        FieldErrors? errors,
        string labels,
        IEnumerable<string> fields,
        string css = "",
        string id = "f-"
    ) => Of(errors, fields.Select(name => (name, labels + name)), css, id);

    private static string E(string text) => Encoder.Encode(text);
}
