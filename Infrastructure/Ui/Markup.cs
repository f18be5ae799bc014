using System.Collections.Concurrent;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Infrastructure.Ui;

/// <summary>Small pieces of HTML that every slice needs. Each escapes what it is given.</summary>
public static class Markup
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    // Every row of a list shows dates, and they repeat from page to page. Bounded by the calendar: as many as there are
    // days that people type.
    private static readonly ConcurrentDictionary<(DateOnly, string), HtmlString> GregorianDates = new();
    private static readonly ConcurrentDictionary<(DateOnly, string), HtmlString> HijriDates = new();
    private static readonly ConcurrentDictionary<(string, bool), HtmlString> Icons = new();

    /// <summary>
    /// An icon of the sprite, invisible to screen readers. <paramref name="flip"/>: mirrored in right-to-left.
    /// </summary>
    public static HtmlString Icon(string name, bool flip = false) =>
        Icons.GetOrAdd(
            (name, flip),
            static key =>
                new(
                    $"<svg class=\"{(key.Item2 ? "i flip" : "i")}\" aria-hidden=\"true\">"
                        + $"<use href=\"{Assets.Url("lib/icons.svg")}#{key.Item1}\"/></svg>"
                )
        );

    /// <summary>An icon that says something by itself; with an empty label it is as silent as the others.</summary>
    public static HtmlString Sign(string name, string label) =>
        label.Length == 0
            ? Icon(name)
            : new(
                $"<svg class=\"i\" role=\"img\" aria-label=\"{Encoder.Encode(label)}\">"
                    + $"<use href=\"{Assets.Url("lib/icons.svg")}#{name}\"/></svg>"
            );

    /// <summary>
    /// Text isolated from the direction around it: numbers, references, dates, addresses in Arabic sentences.
    /// </summary>
    /// <remarks>A code never breaks at its hyphens, and keeps its groups in order (see <see cref="Bidi"/>).</remarks>
    public static HtmlString Bdi(string? text) => new(Isolated(text ?? ""));

    /// <summary>A count with separators, isolated.</summary>
    public static HtmlString Count(long number) => Bdi(Words.Number(number));

    /// <summary>
    /// A text of the catalogue whose arguments are each isolated, because they are data: names, numbers, dates.
    /// </summary>
    public static HtmlString Sentence(string key, params object?[] args) =>
        new(
            string.Format(
                System.Globalization.CultureInfo.InvariantCulture,
                Encoder.Encode(Words.T[key]).Replace("&#x7B;", "{").Replace("&#x7D;", "}"),
                [.. args.Select(object (a) => a is IHtmlContent html ? Write(html) : Isolated(a?.ToString() ?? ""))]
            )
        );

    /// <summary>Bold data inside a <see cref="Sentence"/>.</summary>
    public static HtmlString Bold(string? text) => new($"<b>{Isolated(text ?? "")}</b>");

    /// <summary>A text with what was searched for marked in it, however it is spelled there.</summary>
    public static HtmlString Marked(string text, IEnumerable<string> folded)
    {
        var html = new System.Text.StringBuilder();
        var at = 0;
        foreach (var (start, end) in ArabicText.Find(text, folded))
        {
            html.Append(Encoder.Encode(text[at..start]));
            html.Append("<mark>").Append(Encoder.Encode(text[start..end])).Append("</mark>");
            at = end;
        }

        return new(html.Append(Encoder.Encode(text[at..])).ToString());
    }

    /// <summary>A status: a coloured dot and its word.</summary>
    public static HtmlString Status(string css, string name) =>
        new($"<span class=\"st {Encoder.Encode(css)}\">{Encoder.Encode(name)}</span>");

    /// <summary>A Gregorian date, isolated.</summary>
    public static HtmlString Date(DateOnly date) =>
        GregorianDates.GetOrAdd((date, Words.T.Language), static key => WholeDate(Dates.Format(key.Item1, key.Item2)));

    /// <summary>The Hijri date, isolated; empty outside the Umm al-Qura calendar.</summary>
    public static HtmlString Hijri(DateOnly date) =>
        HijriDates.GetOrAdd(
            (date, Words.T.Language),
            static key => HijriDate.Format(key.Item1, key.Item2) is { } hijri ? WholeDate(hijri) : HtmlString.Empty
        );

    /// <summary>
    /// When something happened, as people say it: minutes and hours ago, yesterday, then the date. The exact Riyadh
    /// time is its title.
    /// </summary>
    public static HtmlString Ago(DateTime utc, DateTime nowUtc)
    {
        return new(
            $"<time datetime=\"{utc:yyyy-MM-ddTHH:mm:ssZ}\" title=\"{Exact(utc)}\">"
                + $"{Encoder.Encode(AgoText(utc, nowUtc))}</time>"
        );
    }

    /// <summary>The date and the time of day in Riyadh: "today 10:42", "17 Nov 2026 09:05".</summary>
    public static HtmlString Moment(DateTime utc, DateTime nowUtc)
    {
        var at = Clock.RiyadhTime(utc);
        var (day, today) = (DateOnly.FromDateTime(at), Clock.RiyadhDate(nowUtc));
        var date =
            day == today ? Words.T["time.today"]
            : day == today.AddDays(-1) ? Words.T["time.yesterday"]
            : Dates.Format(day, Words.T.Language);
        // Paper shows the title instead: there, today is soon another day.
        var title = day >= today.AddDays(-1) ? $" title=\"{Exact(utc)}\"" : "";
        return new(
            $"<time datetime=\"{utc:yyyy-MM-ddTHH:mm:ssZ}\"{title}>{Encoder.Encode(date)} <bdi>{at:HH:mm}</bdi></time>"
        );
    }

    private static string Exact(DateTime utc)
    {
        var at = Clock.RiyadhTime(utc);
        var day = Dates.Format(DateOnly.FromDateTime(at), Words.T.Language);
        return Encoder.Encode($"{day}{Words.T["list.comma"]}{at:HH:mm}");
    }

    /// <summary>
    /// The hidden fields that every post form carries: its antiforgery token, and the key under which it counts once.
    /// </summary>
    /// <param name="key">That of a form that is sent again.</param>
    public static HtmlString Antiforgery(HttpContext http, string? key = null) =>
        new(Token(http).Value + ((key ?? http.NextFormKey()) is { } own ? Hidden(FormKeys.Field, own) : ""));

    /// <summary>The antiforgery field alone, for a form that may well be sent again, such as a switch.</summary>
    public static HtmlString Token(HttpContext http) =>
        new(Hidden(AntiforgeryTokens.Field, WebUtility.HtmlEncode(AntiforgeryTokens.AntiforgeryToken(http))));

    // Longer ones must break, or they push their neighbours aside.
    private const int WholeCodeMaxLength = 24;

    private static string Hidden(string name, string value) =>
        $"<input type=\"hidden\" name=\"{name}\" value=\"{value}\">";

    private static string Isolated(string text)
    {
        if (!Bidi.IsCode(text))
            return $"<bdi>{Encoder.Encode(text)}</bdi>";
        var css = text.Length <= WholeCodeMaxLength ? " class=\"nowrap\"" : "";
        var parts = Bidi.Parts(text).ToList();
        if (parts is [{ IsGroup: false }])
            return $"<bdi{css}>{Encoder.Encode(text)}</bdi>";
        var inner = parts.Select(p =>
            p.IsGroup ? $"<bdi dir=\"ltr\">{Encoder.Encode(p.Text)}</bdi>" : Encoder.Encode(p.Text)
        );
        // What stands in a bdi does not count when the direction is guessed: it is said.
        return $"<bdi{css} dir=\"{(Bidi.IsRightToLeft(text) is true ? "rtl" : "ltr")}\">{string.Concat(inner)}</bdi>";
    }

    private static HtmlString WholeDate(string date) => new($"<bdi class=\"nowrap\">{Encoder.Encode(date)}</bdi>");

    private static string AgoText(DateTime utc, DateTime nowUtc)
    {
        var passed = nowUtc - utc;
        if (passed < TimeSpan.FromMinutes(1))
            return Words.T["time.now"];
        if (passed < TimeSpan.FromHours(1))
            return Words.T.Count("time.minutes_ago", (long)passed.TotalMinutes);
        var days = Clock.RiyadhDate(nowUtc).DayNumber - Clock.RiyadhDate(utc).DayNumber;
        if (days == 0)
            return Words.T.Count("time.hours_ago", (long)passed.TotalHours);
        if (days == 1)
            return Words.T["time.yesterday"];
        return days < 7 ? Words.T.Count("time.days_ago", days) : Dates.Format(Clock.RiyadhDate(utc), Words.T.Language);
    }

    private static string Write(IHtmlContent html)
    {
        if (html is HtmlString ready)
            return ready.Value ?? "";
        using var writer = new StringWriter();
        html.WriteTo(writer, Encoder);
        return writer.ToString();
    }
}
