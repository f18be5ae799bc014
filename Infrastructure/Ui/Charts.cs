using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Infrastructure.Ui;

/// <summary>
/// Charts as SVG made on the server: each bar a link to the list of what it counts. Positions are attributes, because
/// the policy allows no inline style.
/// </summary>
/// <remarks>
/// Across, positions are per cent of the width, so that text keeps its size; in right-to-left pages they are mirrored.
/// </remarks>
public static class Charts
{
    private const int RowHeight = 32;
    private const int BarHeight = 18;
    private const double NamesEnd = 34;
    private const double BarsWidth = 56;
    private const int ColumnsHeight = 224;
    private const int Base = 196;
    private const int TallestColumn = 165;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>One bar.</summary>
    /// <param name="Name">What it counts.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Address">The list of them.</param>
    /// <param name="Css">Classes that colour it.</param>
    public sealed record Bar(string Name, long Count, string Address, string? Css = null);

    /// <summary>Lying bars, one below the other: names, bars, numbers.</summary>
    public static IHtmlContent Bars(string label, IReadOnlyList<Bar> bars)
    {
        var most = Math.Max(1, bars.Select(b => b.Count).DefaultIfEmpty().Max());
        var svg = Open(label, bars.Count * RowHeight);
        for (var i = 0; i < bars.Count; i++)
        {
            var (bar, y) = (bars[i], i * RowHeight + 6);
            svg.Append($"<a href=\"{E(bar.Address)}\">");
            Rect(svg, "rail", NamesEnd, y, BarsWidth, BarHeight, 4);
            Rect(svg, bar.Css, NamesEnd, y, Math.Round(BarsWidth * bar.Count / most, 1), BarHeight, 4);
            Text(svg, null, NamesEnd - 2, y + 13, "end", bar.Name);
            svg.Append(' ');
            Text(svg, "v", NamesEnd + BarsWidth + 2, y + 13, "start", Words.Number(bar.Count));
            svg.Append("</a>");
        }

        return new HtmlString(svg.Append("</svg>").ToString());
    }

    /// <summary>Standing bars, one beside the other, for what follows in time.</summary>
    public static IHtmlContent Columns(string label, IReadOnlyList<Bar> bars)
    {
        var most = Math.Max(1, bars.Select(b => b.Count).DefaultIfEmpty().Max());
        var svg = Open(label, ColumnsHeight);
        svg.Append($"<rect class=\"rule\" x=\"0\" y=\"{Base}\" width=\"100%\" height=\"1\"/>");
        var slot = 100.0 / Math.Max(1, bars.Count);
        for (var i = 0; i < bars.Count; i++)
        {
            var bar = bars[i];
            var height = (int)(TallestColumn * bar.Count / most);
            svg.Append($"<a href=\"{E(bar.Address)}\">");
            Rect(svg, bar.Css, i * slot + slot * 0.18, Base - height, slot * 0.64, height, 3);
            Text(svg, null, (i + 0.5) * slot, Base + 20, "middle", bar.Name);
            svg.Append(' ');
            Text(svg, "v", (i + 0.5) * slot, Base - height - 7, "middle", Words.Number(bar.Count));
            svg.Append("</a>");
        }

        return new HtmlString(svg.Append("</svg>").ToString());
    }

    private static StringBuilder Open(string label, int height) =>
        new StringBuilder().Append(
            $"<svg class=\"chart\" width=\"100%\" height=\"{height}\" role=\"group\" aria-label=\"{E(label)}\">"
        );

    private static void Rect(StringBuilder svg, string? css, double x, int y, double width, int height, int round)
    {
        var from = Words.T.IsArabic ? 100 - x - width : x;
        var style = css is null ? "" : $" class=\"{E(css)}\"";
        svg.Append(
            $"<rect{style} x=\"{N(from)}%\" y=\"{y}\" width=\"{N(width)}%\" height=\"{height}\" rx=\"{round}\"/>"
        );
    }

    private static void Text(StringBuilder svg, string? css, double x, int y, string anchor, string text)
    {
        var mirrored = Words.T.IsArabic;
        if (mirrored)
            anchor = anchor switch
            {
                "start" => "end",
                "end" => "start",
                _ => anchor,
            };
        var style = css is null ? "" : $" class=\"{css}\"";
        var anchored = anchor == "start" ? "" : $" text-anchor=\"{anchor}\"";
        svg.Append($"<text{style} x=\"{N(mirrored ? 100 - x : x)}%\" y=\"{y}\"{anchored}>{E(text)}</text>");
    }

    private static string N(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    private static string E(string text) => Encoder.Encode(text);
}
