using System.Net;
using MdcTts.Infrastructure.Saudi;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Infrastructure.Ui;

/// <summary>Says under a box how the date in it was understood, in both calendars, while somebody types.</summary>
public static class DateEcho
{
    /// <summary>Where the box asks; the first value of the query is what stands in it.</summary>
    public const string Path = "/dates/echo";

    /// <summary>Characters of a date that are looked at.</summary>
    public const int TextMaxLength = 120;

    /// <summary>The attributes of a box with this id.</summary>
    public static string Attributes(string id) =>
        $" hx-get=\"{Path}\" hx-trigger=\"input changed delay:250ms\" hx-target=\"#{id}-echo\" hx-swap=\"innerHTML\""
        + " hx-push-url=\"false\"";

    /// <summary>The place of the answer, filled for what stands in the box already.</summary>
    public static string Output(string id, string? text) =>
        $"<output class=\"hint echo\" id=\"{id}-echo\" for=\"{id}\">{Of(text)}</output>";

    /// <summary>What was understood; nothing while it is no date.</summary>
    public static string Of(string? text) =>
        text is { Length: <= TextMaxLength } && Dates.Echo(text, Words.T.Language) is { } echo
            ? WebUtility.HtmlEncode(echo)
            : "";

    /// <summary>A labelled box of a filter.</summary>
    /// <param name="wrong">What was typed, when it is no date: shown again with what would be one.</param>
    public static HtmlString Box(string name, string label, DateOnly? date, string? wrong = null)
    {
        var id = "by-" + name;
        var text = wrong ?? date?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var error = wrong is null
            ? ""
            : $"<p class=\"err\" id=\"{id}-e\">{Markup.Icon("exclamation-triangle")}"
                + $"{WebUtility.HtmlEncode(Words.T["error.date"])}</p>";
        return new(
            $"<div class=\"field\"><label for=\"{id}\">{WebUtility.HtmlEncode(label)}</label>"
                + $"<input id=\"{id}\" type=\"text\" name=\"{name}\" dir=\"auto\""
                + $" value=\"{WebUtility.HtmlEncode(text)}\""
                + $" maxlength=\"{TextMaxLength}\" placeholder=\"2026-12-01\""
                + $" title=\"{WebUtility.HtmlEncode(Words.T["date.both"])}\""
                + (wrong is null ? "" : $" aria-invalid=\"true\" aria-describedby=\"{id}-e\"")
                + $"{Attributes(id)}>{Output(id, text)}{error}</div>"
        );
    }
}
