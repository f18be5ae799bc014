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
    public void A_text_that_would_be_computed_becomes_text(string text) =>
        Assert.Equal("'" + text, Read(CsvExport.Text(text)));

    [Theory]
    [InlineData("RRM-4471/12")]
    [InlineData("00123")]
    [InlineData("أ, ب")]
    [InlineData("a \"quoted\" word")]
    [InlineData(" blank ")]
    [InlineData("two\r\nlines")]
    public void Any_other_text_comes_back_as_it_is(string text) => Assert.Equal(text, Read(CsvExport.Text(text)));

    [Property(MaxTest = 2000)]
    public bool No_cell_ever_begins_with_a_sign_that_is_computed(string? text)
    {
        if (text is null || text.Contains('\0'))
            return true;
        var cell = CsvExport.Text(text);
        var content = Read(cell);
        return (content.Length == 0 || !"=+-@\t\r\n＝＋－＠".Contains(content[0]))
            && (content == text || content == "'" + text);
    }

    private static string Read(string cell)
    {
        var line = Assert.Single(Csv.Read(cell + ",end\r\n"));
        Assert.Equal(2, line.Count);
        return line[0];
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
