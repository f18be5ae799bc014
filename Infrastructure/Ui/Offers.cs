using System.Net;

namespace MdcTts.Infrastructure.Ui;

/// <summary>
/// What a text field offers while somebody types: names that were written before. Anything else may be typed too, and
/// without a script nothing is offered.
/// </summary>
public static class Offers
{
    /// <summary>The attributes of such a field.</summary>
    /// <param name="url">Answers the options for what was typed.</param>
    /// <param name="list">The id of their place; several fields may share it.</param>
    public static string Attributes(string url, string list) =>
        $" list=\"{list}\" autocomplete=\"off\" hx-get=\"{url}\" hx-target=\"#{list}\" hx-swap=\"innerHTML\""
        + " hx-trigger=\"focus once, input changed delay:200ms\" hx-push-url=\"false\"";

    /// <summary>Their place.</summary>
    public static string List(string list) => $"<datalist id=\"{list}\"></datalist>";

    /// <summary>One of them.</summary>
    public static string Option(string name) => $"<option value=\"{WebUtility.HtmlEncode(name)}\"></option>";
}
