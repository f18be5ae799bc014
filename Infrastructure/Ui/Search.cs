using System.Globalization;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Infrastructure.Ui;

/// <summary>One of many, found by what somebody types into a field that chooses.</summary>
/// <param name="Value">What the form sends.</param>
/// <param name="Name">As people read it.</param>
public sealed record Suggestion(string Value, string Name);

/// <summary>Where a field that chooses among many looks further than the choices that it offers itself.</summary>
/// <param name="Url">Answers a list of <see cref="Suggestion"/>s for <c>q</c>.</param>
/// <param name="With">A field of the same form that narrows them, sent under its name.</param>
/// <param name="Fixed">How many of its own choices are offered before anything is typed: nobody, none, new.</param>
public sealed record Search(string Url, string? With = null, int Fixed = 1)
{
    private const int ChoicesMin = 10;

    /// <summary>As many as a list under a field shows.</summary>
    public const int SuggestionsMax = 20;

    /// <summary>For the tag of a select with so many choices; a few need no search. picker.js reads them.</summary>
    public HtmlString AttributesFor(int choices) =>
        choices < ChoicesMin && With is null
            ? HtmlString.Empty
            : new(
                $" data-search=\"{Url}\" data-none=\"{Encode(Words.T["search.none"])}\""
                    + (Fixed == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" data-fixed=\"{Fixed}\""))
                    + (With is null ? "" : $" data-with=\"{With}\"")
            );

    private static string Encode(string text) => System.Net.WebUtility.HtmlEncode(text);
}
