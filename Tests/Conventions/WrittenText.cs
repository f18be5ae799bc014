using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using MdcTts.Infrastructure.Ui;
using RazorSlices;

namespace MdcTts.Conventions;

/// <summary>
/// The HTML that slices write as it stands in their source, read from the compiled code: nothing that comes from an
/// expression is in it.
/// </summary>
internal static partial class WrittenText
{
    // Stands where an expression writes; not a letter.
    private const char Gap = '\uFFFC';

    private static readonly string[] Attributes =
    [
        "aria-label",
        "placeholder",
        "title",
        "alt",
        "aria-description",
        "data-confirm",
    ];

    /// <summary>Each slice's literal HTML.</summary>
    public static IEnumerable<(string Name, string Html)> OfSlices() =>
        from type in typeof(Words).Assembly.GetTypes()
        where type.IsSubclassOf(typeof(RazorSlice)) && !type.IsAbstract
        select (type.FullName!, string.Concat(Methods(type).Select(LiteralsOf)));

    /// <summary>
    /// Words of people in text and in the attributes that are read to them. MDC is a name, TRX-… a number, EN and ع
    /// switch the language, keys of the keyboard are keys.
    /// </summary>
    public static IEnumerable<string> Words(string html)
    {
        var document = new HtmlParser().ParseDocument(html);
        foreach (var skipped in document.QuerySelectorAll("kbd, code, script, .logo"))
            skipped.Remove();
        return document
            .All.SelectMany(e => Attributes.Select(a => e.GetAttribute(a) ?? ""))
            .Concat(
                document
                    .All.SelectMany(e => e.ChildNodes)
                    .Where(n => n.NodeType == AngleSharp.Dom.NodeType.Text)
                    .Select(n => n.TextContent)
            )
            .SelectMany(t => Word().Matches(Number().Replace(t, "")).Select(m => m.Value))
            .Where(w => w is not ("MDC" or "EN" or "ع"));
    }

    private static IEnumerable<MethodInfo> Methods(Type type)
    {
        const BindingFlags all =
            BindingFlags.Instance
            | BindingFlags.Static
            | BindingFlags.Public
            | BindingFlags.NonPublic
            | BindingFlags.DeclaredOnly;
        // Async methods and lambdas live in types nested inside.
        return type.GetMethods(all).Concat(type.GetNestedTypes(all).SelectMany(Methods));
    }

    // Razor writes its literals as UTF-8: address of the bytes, their number, a span of both, WriteLiteral.
    private static string LiteralsOf(MethodInfo method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var html = new StringBuilder();
        for (var i = 0; i + 12 < code.Length; i++)
        {
            if (code[i] != OpCodes.Ldsflda.Value || code[i + 4] != 0x04)
                continue;
            var (length, at) = code[i + 5] switch
            {
                0x20 => (BitConverter.ToInt32(code, i + 6), i + 10),
                0x1F => (code[i + 6], i + 7),
                >= 0x16 and <= 0x1E and var small => (small - 0x16, i + 6),
                _ => (0, 0),
            };
            if (
                length == 0
                || at + 10 > code.Length
                || code[at] != OpCodes.Newobj.Value
                || code[at + 5] is not (0x28 or 0x6F)
                || Called(method, BitConverter.ToInt32(code, at + 6)) != "WriteLiteral"
            )
                continue;
            var bytes = RuntimeHelpers.CreateSpan<byte>(
                method.Module.ResolveField(BitConverter.ToInt32(code, i + 1))!.FieldHandle
            );
            html.Append(Encoding.UTF8.GetString(bytes[..length])).Append(Gap);
        }

        return html.Append('\n').ToString();
    }

    private static string? Called(MethodInfo from, int token)
    {
        try
        {
            return from
                .Module.ResolveMethod(
                    token,
                    from.DeclaringType!.GetGenericArguments(),
                    from.IsGenericMethod ? from.GetGenericArguments() : []
                )
                ?.Name;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"[A-Z]{3}-\d[\d-]*", RegexOptions.None, 1000)]
    private static partial Regex Number();

    [GeneratedRegex(@"\p{L}[\p{L}'’]*", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
