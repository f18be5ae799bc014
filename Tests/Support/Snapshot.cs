using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using Xunit.Sdk;

namespace MdcTts.Support;

/// <summary>
/// Compares HTML with <c>Class.Method.verified.html</c> beside the test. Where they differ, <c>….received.html</c> is
/// written: look at it, and rename it when it is right.
/// Verify's file convention, so that Verify.Xunit can take its place when it is available.
/// </summary>
public static partial class Snapshot
{
    public static void Verify(
        string html,
        string? name = null,
        [CallerFilePath] string file = "",
        [CallerMemberName] string method = ""
    )
    {
        var stem = Path.Combine(
            Path.GetDirectoryName(file)!,
            $"{Path.GetFileNameWithoutExtension(file)}.{method}{(name is null ? "" : "." + name)}"
        );
        var (verified, received) = (stem + ".verified.html", stem + ".received.html");
        var text = Normalise(html);
        if (File.Exists(verified) && File.ReadAllText(verified).ReplaceLineEndings("\n").TrimEnd() == text)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, text + "\n");
        var finding = File.Exists(verified) ? "Differs from" : "There is no";
        throw new XunitException($"{finding} {Path.GetFileName(verified)}. Compare {received}");
    }

    /// <summary>
    /// The same indentation whatever the source had; tokens, fingerprints and trace ids replaced by their names.
    /// </summary>
    public static string Normalise(string html)
    {
        var whole = html.Contains("<html", StringComparison.OrdinalIgnoreCase);
        var document = new HtmlParser().ParseDocument(whole ? html : "");
        if (!whole)
            document.Body!.InnerHtml = html;
        foreach (var field in document.QuerySelectorAll("input[name=__RequestVerificationToken]"))
            field.SetAttribute("value", "{token}");
        foreach (var field in document.QuerySelectorAll("input[name=__Once]"))
            field.SetAttribute("value", "{key}");
        using var writer = new StringWriter();
        INode root = whole ? document : document.Body!;
        foreach (var node in root.ChildNodes)
            node.ToHtml(writer, new PrettyMarkupFormatter { Indentation = "  ", NewLine = "\n" });
        return string.Join(
            '\n',
            Scrub(writer.ToString()).Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0)
        );
    }

    private static string Scrub(string html) =>
        Trace().Replace(Fingerprint().Replace(HeaderToken().Replace(html, "{token}"), ""), "{trace}");

    [GeneratedRegex(@"(?<=RequestVerificationToken(""|&quot;):(""|&quot;))[\w-]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HeaderToken();

    [GeneratedRegex(@"\.[a-z0-9]{10}(?=\.(css|min\.js|js|svg|woff2)\b)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fingerprint();

    [GeneratedRegex(@"\b[0-9a-f]{32}\b", RegexOptions.None, 1000)]
    private static partial Regex Trace();
}
