using System.Globalization;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Small files as people's programs write them, each imported and compared with what it shows.</summary>
[Trait("runs", "once")]
public sealed class FieldFilesTests(App app) : IClassFixture<App>
{
    private const string Company = "شركة نموذجية للتطوير";

    private const string Folder = "Features/Transactions/Imports/Field";

    /// <summary>File; reference, and what it must hold; the columns at which rows are rejected.</summary>
    public static TheoryData<string, string[], string[]> Files { get; } =
        new()
        {
            { "utf8-one-bad-byte.csv", ["U-1 title=رخصة بناء 1", "U-6 title=\uFFFD x"], [] },
            { "utf8-bom-one-latin1-byte.csv", ["W-5 title=رخصة بناء 5", "W-6 title=caf\uFFFD"], [] },
            { "created-date-arabic.csv", ["CR-1 created=2024-03-15", "CR-2 created=2023-07-19"], [] },
            { "sheet-per-month.xlsx", ["SM-1 amount=10.00 SAR", "SM-2 amount=20.00 SAR", "SM-3 title=فبراير 2"], [] },
            { "lists-sheet-first.xlsx", ["LF-1 title=من السجل"], [] },
            { "formula-without-value.xlsx", [], ["2 Amount", "3 Due Date"] },
            { "error-cells.xlsx", [], ["2 Title", "3 Client", "4 Reference"] },
            { "error-cells-2.xlsx", [], ["2 Description", "3 Tags", "4 Internal Notes"] },
            { "error-amount.xls", [], ["2 Amount"] },
            {
                "currency-by-format.xlsx",
                [
                    "CF-1 amount=1000.00 USD",
                    "CF-2 amount=1000.00 EUR",
                    "CF-3 amount=1000.00 SAR",
                    "CF-4 amount=1000.00 AED",
                ],
                []
            },
            { "mac-1904-modern.xlsx", ["MC-1 due=2026-12-01", "MC-2 due=2026-12-01"], [] },
            {
                "our-own-csv-apostrophe.csv",
                ["+966-11-4471 title==SUM(1,2)", "-17/2026 title=- بند أول", "AP-3 title=@omar راجع"],
                []
            },
            {
                "merged-client-down.xlsx",
                ["MG-1 client=" + Company, "MG-2 client=" + Company, "MG-3 client=" + Company],
                []
            },
            {
                "two-line-headings.xlsx",
                ["TL-1 amount=500.00 USD", "TL-1 due=2026-12-31", "TL-1 created=2026-01-05"],
                []
            },
            { "two-languages-headings.xlsx", ["TG-1 amount=70.00 SAR"], [] },
            { "headings-with-units.xlsx", ["HU-1 amount=100.00 SAR", "HU-1 due=2026-12-31"], [] },
            {
                "headings-two-languages.xlsx",
                ["HT-1 title=عنوان", "HT-1 amount=100.00 SAR", "HT-1 due=2026-12-31"],
                []
            },
            { "zeros-by-format.xlsx", ["00123 title=أصفار", "RRM-4471 title=بادئة"], [] },
            { "unquoted-comma-in-notes.csv", [], ["2 "] },
            {
                "status-words.csv",
                [
                    "SW-0 status=completed",
                    "SW-1 status=cancelled",
                    "SW-2 status=approved",
                    "SW-3 status=in_progress",
                    "SW-4 status=on_hold",
                ],
                []
            },
            {
                "dates-as-programs-write-them.csv",
                [
                    "DP-0 due=2026-12-31",
                    "DP-1 due=2026-12-31",
                    "DP-2 due=2026-12-31",
                    "DP-3 due=2026-12-31",
                    "DP-4 due=2026-12-31",
                ],
                []
            },
            { "amount-slash-dash.csv", ["AS-1 amount=5000.00 SAR", "AS-2 amount=5000.00 SAR"], [] },
            { "dot-slash-target.xlsx", ["DS-1 client=" + Company], [] },
            { "dotdot-target.xlsx", ["DD-1 client=" + Company], [] },
            { "row-number-repeated.xlsx", ["RR-1 client=" + Company], [] },
            { "lower-case-addresses.xlsx", ["LR-1 due=2026-12-31", "LR-1 amount=", " amount=75.00 SAR"], [] },
            { "inline-text-and-value.xlsx", ["IV-1 title=مخطط"], [] },
            {
                "our-own-export-two-rows.csv",
                [
                    "RT-1 created=2026-02-15",
                    "RT-1 completed=2026-05-13",
                    "RT-2 holder=Authority Balady",
                    "RT-2 authority=Balady 7133284",
                ],
                []
            },
        };

    /// <summary>Some of the workbooks once more, as LibreOffice saves them.</summary>
    public static TheoryData<string, string[], string[]> Ods { get; } = OdsOf(Files);

    private static TheoryData<string, string[], string[]> OdsOf(TheoryData<string, string[], string[]> files)
    {
        var found = new TheoryData<string, string[], string[]>();
        foreach (var each in files)
        {
            var name = Path.ChangeExtension((string)each[0], "ods");
            if (File.Exists(Path.Combine(AppContext.BaseDirectory, Folder, name)))
                found.Add(name, (string[])each[1], (string[])each[2]);
        }

        return found;
    }

    [Theory]
    [MemberData(nameof(Files))]
    [MemberData(nameof(Ods))]
    public async Task A_file_arrives_as_it_shows(string file, string[] expected, string[] rejected)
    {
        using var api = app.Api(Nasser);
        // Some of these files were exported later in the year than the test's clock stands.
        app.Clock.SetUtcNow(new DateTimeOffset(2026, 11, 28, 9, 0, 0, TimeSpan.Zero));
        var path = Path.Combine(AppContext.BaseDirectory, Folder, file);

        var upload = await api.Upload(
            "/transactions/imports",
            "file",
            file,
            await File.ReadAllBytesAsync(path),
            ("existing", "import")
        );
        var answer = await api.Ended(upload.Expect(202)["id"]!);

        Assert.Equal("completed", answer["status"]);
        Assert.Equal(
            rejected,
            answer
                .Json.GetProperty("errors")
                .EnumerateArray()
                .Select(e => $"{e.GetProperty("row")} {e.GetProperty("column").GetString()}")
        );
        var id = int.Parse(answer["id"]!, CultureInfo.InvariantCulture);
        var stored = (
            await app.Db(db =>
                db.Transactions.Where(t => t.ImportId == id)
                    .Include(t => t.Client)
                    .Include(t => t.AuthorityReferences)
                    .ToListAsync()
            )
        )
            .SelectMany(Told)
            .ToHashSet();
        Assert.All(expected, line => Assert.Contains(line, stored));
        Assert.False(
            await app.Db(db => db.Clients.AnyAsync(c => EF.Functions.Like(c.NameEn!, "#%") || c.NameAr!.Contains("ط´")))
        );
    }

    private static IEnumerable<string> Told(Transaction t) =>
        new[]
        {
            $"title={t.Title}",
            $"client={t.Client.NameAr ?? t.Client.NameEn}",
            $"status={t.Status}",
            $"amount={(t.AmountMinor is { } minor ? Amounts.ToDecimalString(minor) + " " + t.Currency : "")}",
            $"due={t.DueDate:yyyy-MM-dd}",
            $"created={Clock.RiyadhTime(t.CreatedAt):yyyy-MM-dd}",
            $"completed={(t.CompletedAt is { } at ? Clock.RiyadhTime(at).ToString("yyyy-MM-dd") : "")}",
            $"holder={t.HolderKind} {t.HolderName}",
            $"authority={string.Join("; ", t.AuthorityReferences.Select(a => $"{a.Authority} {a.Number}"))}",
        }.Select(field => $"{t.ReferenceNumber} {field}");
}
