using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Microsoft.AspNetCore.Html;

namespace MdcTts.Features.Transactions.Showing;

/// <summary>The people named in what somebody wrote.</summary>
public static partial class Mentions
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>
    /// The text with each name after an @ isolated: a Latin address at its beginning must not turn an Arabic sentence
    /// round.
    /// </summary>
    public static HtmlString In(string text) =>
        new(Name().Replace(Encoder.Encode(text).Replace("&#xA;", "\n"), "<bdi>$0</bdi>"));

    [GeneratedRegex(@"(?<![\w.])@[\w][\w.-]*", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
