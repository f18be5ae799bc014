using System.Text;
using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Infrastructure.Exports;

[Trait("runs", "once")]
public sealed class CsvExportTests
{
    [Theory]
    [InlineData("=1+1")]
    [InlineData("+966512345678")]
    [InlineData("-2+3")]
    [InlineData("@SUM(A1)")]
    [InlineData("\tx")]
    [InlineData("\rx")]
    [InlineData("\nx")]
    [InlineData("＝1+1")]
    public async Task A_text_that_would_be_computed_becomes_text(string text) =>
        Assert.Equal("'" + text, await Written(text));

    [Theory]
    [InlineData("RRM-4471/12")]
    [InlineData("00123")]
    [InlineData("أ, ب")]
    [InlineData("a \"quoted\" word")]
    [InlineData(" blank ")]
    [InlineData("two\r\nlines")]
    public async Task Any_other_text_comes_back_as_it_is(string text) => Assert.Equal(text, await Written(text));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a;b", "\"a;b\"")]
    [InlineData("a\tb", "\"a\tb\"")]
    [InlineData("it's", "\"it's\"")]
    [InlineData(" x", "\" x\"")]
    [InlineData("x ", "\"x \"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("=1", "\"'=1\"")]
    public async Task A_cell_is_quoted_where_some_program_would_split_or_trim_it(string text, string cell) =>
        Assert.Equal($"text,end\r\n{cell},end\r\n", await File(text));

    [Property(MaxTest = 2000)]
    public bool No_cell_ever_begins_with_a_sign_that_is_computed(string? text)
    {
        if (text is null || text.Contains('\0'))
            return true;
        var content = Written(text).GetAwaiter().GetResult();
        return (content.Length == 0 || !"=+-@\t\r\n＝＋－＠".Contains(content[0]))
            && (content == text || content == "'" + text);
    }

    private static async Task<string> Written(string text)
    {
        var lines = Csv.Read(await File(text));
        Assert.Equal([2, 2], lines.Select(line => line.Count));
        return lines[1][0];
    }

    private static async Task<string> File(string text)
    {
        using var file = new MemoryStream();
        await CsvExport.Write<string>(
            file,
            [new("text", 1, cell => new(cell)), new("end", 1, _ => new("end"))],
            new[] { text }.ToAsyncEnumerable(),
            CancellationToken.None
        );
        Assert.Equal(Encoding.UTF8.GetPreamble(), file.ToArray()[..3]);
        return Encoding.UTF8.GetString(file.ToArray()[3..]);
    }
}

/// <summary>RFC 4180, to the letter.</summary>
internal static class Csv
{
    public static List<List<string>> Read(string text)
    {
        var lines = new List<List<string>> { new() };
        for (var at = 0; at < text.Length; )
        {
            var cell = new StringBuilder();
            if (text[at] == '"')
            {
                for (at++; ; at++)
                {
                    if (text[at] == '"' && (at + 1 == text.Length || text[++at] != '"'))
                        break;
                    cell.Append(text[at]);
                }
            }
            else
            {
                while (at < text.Length && text[at] != ',' && !(text[at] == '\r' && text[at + 1] == '\n'))
                    cell.Append(text[at++]);
            }

            lines[^1].Add(cell.ToString());
            if (at < text.Length && text[at] == ',')
                at++;
            else if (at < text.Length)
            {
                Assert.Equal("\r\n", text.Substring(at, 2));
                at += 2;
                if (at < text.Length)
                    lines.Add([]);
            }
        }

        return lines;
    }
}
