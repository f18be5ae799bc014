using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace MdcTts.Fuzzing;

/// <summary>
/// Spoils spreadsheets: their bytes, or what is inside of an archive, which then is whole again. The same seed, the
/// same files.
/// </summary>
internal static partial class RegisterMutations
{
    private static readonly string[] Words =
    [
        "0",
        "-1",
        "1048577",
        "2147483648",
        "99999999999999999999",
        "1e308",
        "NaN",
        "ZZZZZZ1",
        "A0",
        "&#x0;",
        "&x;",
        "<",
        "\"",
        "]]>",
        "\uFFFE",
        "#REF!",
        "true",
        "٣٤٥",
        "2026-02-30",
        "0001-01-01T00:00:00",
        "../../../x",
        "=1+1",
        "\0",
    ];

    /// <summary>One or a few things of a file are otherwise.</summary>
    public static byte[] Spoil(byte[] file, Random random)
    {
        var isArchive = file.AsSpan().StartsWith("PK"u8);
        return isArchive && random.Next(4) > 0 ? SpoilPart(file, random) : SpoilBytes(file, random);
    }

    private static byte[] SpoilPart(byte[] file, Random random)
    {
        using var from = new ZipArchive(new MemoryStream(file), ZipArchiveMode.Read);
        var to = new MemoryStream();
        using (var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true))
        {
            var chosen = from.Entries[random.Next(from.Entries.Count)];
            // Most of what can go wrong stands in the sheets.
            if (random.Next(2) == 0)
                chosen = from.Entries.MaxBy(entry => entry.Length)!;
            foreach (var entry in from.Entries)
            {
                if (entry == chosen && random.Next(20) == 0)
                    continue;
                using var content = new MemoryStream();
                using (var part = entry.Open())
                    part.CopyTo(content);
                var bytes = content.ToArray();
                if (entry == chosen)
                    bytes = random.Next(3) == 0 ? SpoilBytes(bytes, random) : SpoilText(bytes, random);
                using var written = zip.CreateEntry(entry.FullName, CompressionLevel.Fastest).Open();
                written.Write(bytes);
            }
        }

        return to.ToArray();
    }

    /// <summary>Its mark-up stays what it is, its words do not; an element comes many times.</summary>
    private static byte[] SpoilText(byte[] bytes, Random random)
    {
        var text = Encoding.UTF8.GetString(bytes);
        for (var times = 1 + random.Next(3); times > 0; times--)
        {
            var pieces = (random.Next(2) == 0 ? Values() : Elements()).Matches(text);
            if (pieces.Count == 0)
                break;
            var piece = pieces[random.Next(pieces.Count)];
            var instead = random.Next(5) switch
            {
                0 => "",
                1 => piece.Value + piece.Value,
                2 => string.Concat(Enumerable.Repeat(piece.Value, random.Next(2, 3_000))),
                3 => pieces[random.Next(pieces.Count)].Value,
                _ => piece.Value[0] is '"' or '\''
                    ? piece.Value[0] + Words[random.Next(Words.Length)] + piece.Value[0]
                    : Words[random.Next(Words.Length)],
            };
            text = string.Concat(text.AsSpan(0, piece.Index), instead, text.AsSpan(piece.Index + piece.Length));
        }

        return Encoding.UTF8.GetBytes(text);
    }

    private static byte[] SpoilBytes(byte[] bytes, Random random)
    {
        var list = bytes.ToList();
        for (var times = 1 + random.Next(6); times > 0 && list.Count > 8; times--)
        {
            var at = random.Next(list.Count - 4);
            switch (random.Next(8))
            {
                case 0:
                    list[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    list[at] = (byte)random.Next(256);
                    break;
                case 2:
                    list.RemoveRange(at, random.Next(1, Math.Min(200, list.Count - at)));
                    break;
                case 3:
                    list.InsertRange(at, list.GetRange(at, random.Next(1, Math.Min(500, list.Count - at))));
                    break;
                case 4:
                    list.RemoveRange(at, list.Count - at);
                    break;
                case 5:
                    list.InsertRange(at, Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]));
                    break;
                case 6:
                    // A length or an offset, as old workbooks keep them.
                    var number = random.Next(4) switch
                    {
                        0 => int.MaxValue,
                        1 => -1,
                        2 => random.Next(),
                        _ => random.Next(0x10000),
                    };
                    for (var i = 0; i < 4; i++)
                        list[at + i] = (byte)(number >> (8 * i));
                    break;
                default:
                    list.InsertRange(at, Enumerable.Repeat(list[at], random.Next(5_000)));
                    break;
            }
        }

        return [.. list];
    }

    [GeneratedRegex("\"[^\"<>]*\"|'[^'<>]*'|(?<=>)[^<>]+(?=<)", RegexOptions.None, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Values();

    [GeneratedRegex("<[^<>]+>", RegexOptions.None, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex Elements();
}
