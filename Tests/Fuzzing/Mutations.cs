namespace MdcTts.Fuzzing;

/// <summary>What is sent instead of a value, by kind: one that takes longer than the others is worth a look.</summary>
internal static class Mutations
{
    /// <summary>Found as it stands in HTML only when it was not escaped.</summary>
    public const string Markup = "<zq a='1' onmouseover=\"2\">";

    private static readonly (string Kind, object? Value)[] All =
    [
        ("markup", Markup),
        ("markup", "\"'>" + Markup),
        ("markup", "javascript:" + Markup),
        ("template", "{{7*7}}${7*7}@(7*7)<%=7*7%>"),
        ("sql", "'; DROP TABLE x; --"),
        ("sql", "1 OR 1=1"),
        ("sql", "%_\\%' ESCAPE '"),
        ("path", "../../../../etc/passwd"),
        ("path", "..\\..\\x\0.png"),
        ("path", "//evil.example/%2e%2e"),
        ("nothing", ""),
        ("nothing", " \t\r\n"),
        ("nothing", null),
        ("long", new string('a', 70_000)),
        ("long", string.Concat(Enumerable.Repeat("ا ", 20_000))),
        ("long", string.Concat(Enumerable.Repeat("e\u0301", 5_000))),
        ("number", "-1"),
        ("number", "0"),
        ("number", "2147483648"),
        ("number", "9223372036854775808"),
        ("number", "1e308"),
        ("number", "NaN"),
        ("number", "٣٤٥"),
        ("number", "0x7f"),
        ("date", "0001-01-01"),
        ("date", "9999-12-31"),
        ("date", "2026-02-30"),
        ("date", "1447-13-45"),
        ("characters", "\0\u0001\u001b[31m"),
        ("characters", "\u202e\u200f\u2066abc"),
        ("characters", "\ud83c\udfd7\ufe0f👨‍👩‍👧‍👦"),
        ("characters", "\ufeff\ufffe\uffff"),
        ("header", "a\r\nSet-Cookie: zq=1"),
        ("word", "true"),
        ("word", "null"),
        ("word", "admin"),
        ("word", "me"),
        ("word", "-createdAt,dueDate"),
        ("word", "TRX-2026-00001"),
        ("word", "TRX-9999999999-00001"),
    ];

    private static readonly (string Kind, object? Value)[] OnlyJson =
    [
        ("type", 1),
        ("type", -1.5),
        ("type", long.MinValue),
        ("type", true),
        ("type", Array.Empty<object>()),
        ("type", new object?[] { null, 1, "a", new Dictionary<string, object?>() }),
        ("type", new Dictionary<string, object?> { ["a"] = 1 }),
        ("deep", Deep(60)),
        ("many", Enumerable.Range(0, 20_000).Select(i => $"{i}").ToArray()),
    ];

    public static (string Kind, string? Value) OfText(Random random)
    {
        var (kind, value) = All[random.Next(All.Length)];
        return (kind, (string?)value);
    }

    public static (string Kind, object? Value) OfJson(Random random)
    {
        var at = random.Next(All.Length + OnlyJson.Length);
        return at < All.Length ? All[at] : OnlyJson[at - All.Length];
    }

    private static object Deep(int levels) => levels == 0 ? 1 : new[] { Deep(levels - 1) };
}
