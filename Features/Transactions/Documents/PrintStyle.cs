using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Features.Transactions.Documents;

/// <summary>The stylesheet with its fonts inside, for documents that may fetch nothing.</summary>
public sealed partial class PrintStyle(IWebHostEnvironment environment)
{
    private readonly Lazy<HtmlString> _element = new(() => new($"<style>{Read(environment)}</style>"));

    /// <summary>The whole of it as one element of the head.</summary>
    public HtmlString Element => _element.Value;

    private static string Read(IWebHostEnvironment environment)
    {
        string? css = null;
        using (var reader = new StreamReader(environment.WebRootFileProvider.GetFileInfo("app.css").CreateReadStream()))
            css = reader.ReadToEnd();
        return Fonts()
            .Replace(
                css,
                match =>
                {
                    using var file = environment
                        .WebRootFileProvider.GetFileInfo(match.Groups["file"].Value)
                        .CreateReadStream();
                    using var bytes = new MemoryStream();
                    file.CopyTo(bytes);
                    return "url(data:font/woff2;base64,"
                        + $"{Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length)})";
                }
            );
    }

    [GeneratedRegex(
        """url\("(?<file>lib/fonts/[^"]+)"\)""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        5000
    )]
    private static partial Regex Fonts();
}
