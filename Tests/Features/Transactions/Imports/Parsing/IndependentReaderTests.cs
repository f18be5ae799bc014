using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>
/// Files with all that programs write into spreadsheets, read by ours and by a reader that shares nothing with it, and
/// compared cell by cell.
/// </summary>
[Trait("runs", "once")]
public sealed class IndependentReaderTests
{
    /// <summary>Files that the other reader, or both on purpose, read otherwise; why.</summary>
    private static readonly Dictionary<string, string> Differing = new(StringComparer.Ordinal)
    {
        ["our-own-csv-apostrophe.csv"] = "the guard of our export is undone",
        ["iso-8859-6-english-headings.csv"] = "it does not know the code page",
        ["mac-arabic.csv"] = "it does not know the code page",
        ["lower-case-addresses.xlsx"] = "it finds no cells",
        ["dot-slash-target.xlsx"] = "it finds no sheet",
        ["dotdot-target.xlsx"] = "it finds no sheet",
        ["up-targets.xlsx"] = "it finds no sheet",
    };

    [Fact]
    public async Task Every_cell_is_what_another_reader_says()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, content) in Oddities.All)
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, name), content);
        foreach (var file in Directory.EnumerateFiles(Repository.Path("Tests/Features/Transactions/Imports/Field")))
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        var theirs = await Read(folder.Path);

        var (wrong, compared, files) = (new List<string>(), 0, 0);
        foreach (var path in Directory.EnumerateFiles(folder.Path).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (Differing.ContainsKey(name))
                continue;
            await using var stream = File.OpenRead(path);
            var (file, fault) = RegisterFile.Open(stream);
            if (file is null)
            {
                wrong.Add($"{name}: {fault}");
                continue;
            }

            files++;
            compared += Compare(name, file, theirs.GetProperty(name), wrong);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(60)));
        Assert.True(files >= 60 && compared > 600, $"{files} files, {compared} cells");
    }

    private static int Compare(string name, RegisterFile file, JsonElement sheets, List<string> wrong)
    {
        if (sheets.TryGetProperty("error", out var error))
        {
            wrong.Add($"{name}: the other reader says {error}");
            return 0;
        }

        var sheet = file.Sheet is null ? sheets.EnumerateObject().First().Value : sheets.GetProperty(file.Sheet);
        var place = file.Sheets.TakeWhile(s => s.Name != file.Sheet).Count();
        var compared = 0;
        foreach (var row in file.Rows.Where(row => RegisterRow.SheetOf(row.Number) == place))
        {
            var number = RegisterRow.NumberIn(row.Number);
            for (var column = 0; column < Math.Max(row.Cells.Count, file.Columns.Count); column++)
            {
                var cell = row.Cell(column);
                var address = (char)('A' + column) + number.ToString(CultureInfo.InvariantCulture);
                if (column >= 26 || cell.Sources.HasFlag(CellSources.Merged))
                    continue;
                var other = sheet.TryGetProperty(address, out var found) ? found : default;
                if (!IsSame(cell, other))
                    wrong.Add($"{name} {address}: «{cell}» is for the other reader {other}");
                compared++;
            }
        }

        return compared;
    }

    private static bool IsSame(RegisterCell cell, JsonElement other)
    {
        if (other.ValueKind == JsonValueKind.Undefined)
            return cell.IsBlank || cell.Trouble == CellTrouble.NoResult;
        var (type, value) = (other.GetProperty("t").GetString(), other.TryGetProperty("v", out var v) ? v : default);
        var date = other.TryGetProperty("date", out var said) ? said.GetString() : null;
        return type switch
        {
            "z" => cell.IsBlank || cell.Trouble == CellTrouble.NoResult,
            "e" => cell.Trouble == CellTrouble.Error && cell.Text == other.GetProperty("w").GetString(),
            "b" => cell.Text == (value.GetBoolean() ? "TRUE" : "FALSE"),
            "n" when cell.Date is { } day => date
                == string.Create(
                    CultureInfo.InvariantCulture,
                    $"{day:yyyy-MM-dd} {cell.Time ?? TimeOnly.MinValue:HH:mm:ss}"
                ),
            "n" => IsNumber(cell, value.GetDouble(), date),
            _ => Plain(cell.Text) == Plain(value.GetString() ?? string.Empty),
        };
    }

    /// <summary>
    /// A day must be read as one; a time of day alone is a number, and so is 29 February 1900, which never was.
    /// </summary>
    private static bool IsNumber(RegisterCell cell, double value, string? date)
    {
        if (cell.Trouble == CellTrouble.DigitsLost)
            return Math.Abs(value) >= 1e15;
        if (cell.Number is { } number)
            return Near((double)number, value) && (date is null || value is < 1 and > -1 or (>= 60 and < 61));
        if (date is null && TimeOnly.TryParse(cell.Text, CultureInfo.InvariantCulture, out var time))
            return Math.Abs((time.ToTimeSpan() / TimeSpan.FromDays(1)) - value) <= 1.0 / (24 * 60 * 60);
        return cell.Text.EndsWith('%')
            && double.TryParse(cell.Text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent)
            && Near(percent, value * 100);
    }

    private static bool Near(double one, double other) =>
        Math.Abs(one - other) <= 1e-13 * Math.Max(Math.Abs(one), Math.Abs(other));

    private static string Plain(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Trim();

    private static async Task<JsonElement> Read(string folder)
    {
        using var node = Process.Start(
            new ProcessStartInfo("node", [Repository.Path("Tests/Tools/read-sheets.mjs"), folder])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        using var cells = await JsonDocument.ParseAsync(node.StandardOutput.BaseStream);
        await node.WaitForExitAsync();
        return cells.RootElement.Clone();
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("mdc-sheets-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
