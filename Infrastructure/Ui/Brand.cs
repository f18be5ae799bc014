using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Infrastructure.Ui;

/// <summary>How the firm shows itself, as its settings say; part of every request for a page.</summary>
/// <param name="NameEn">Null: the name that the texts give.</param>
/// <param name="NameAr">The same in Arabic.</param>
/// <param name="Logo">A picture as <c>data:</c> text; null: the letters MDC.</param>
/// <param name="Language">For visitors whose browser asks for none of ours.</param>
public sealed record Brand(string? NameEn, string? NameAr, string? Logo, string? Language)
{
    /// <summary>Where the picture is fetched from.</summary>
    public const string Address = "/logo";

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private static readonly Brand Unset = new(null, null, null, null);
    private static readonly HtmlString Letters = new("<span class=\"logo\">MDC</span>");

    /// <summary>What this request found; nothing special where it found none, as on the page of an error.</summary>
    public static Brand Of(HttpContext? http) => http?.Features.Get<Brand>() ?? Unset;

    /// <summary>The name in the reader's language.</summary>
    public string Name => Words.T.Pick(NameEn, NameAr) is { Length: > 0 } name ? name : Words.T["app.firm"];

    /// <summary>The logo, fetched from its own address.</summary>
    public HtmlString Picture => Logo is null ? Letters : Image($"{Address}?v={Mark(Logo)}");

    /// <summary>The logo inside a document that may fetch nothing.</summary>
    public HtmlString Inline => Logo is null ? Letters : Image(Logo);

    /// <summary>Changes with the picture.</summary>
    public static string Mark(string logo) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(logo)))[..16];

    private HtmlString Image(string source) =>
        new($"<img class=\"mark\" src=\"{Encoder.Encode(source)}\" alt=\"{Encoder.Encode(Name)}\">");
}
