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
            { "iso-8859-6-english-headings.csv", ["A05 title=رخصة بناء سكني", "A05b client=" + Company], [] },
            { "mac-arabic.csv", ["A06 title=رخصة بناء", "A06 client=" + Company], [] },
            { "date-headings.csv", ["B02 created=2024-01-05", "B02 submitted=2024-01-07"], [] },
            { "sheet-per-year.xlsx", ["C01-1 title=x", "C01-2 title=y", "C01-3 amount=100.00 SAR"], [] },
            { "formula-empty-text.ods", ["E01-1 due=", "E01-2 amount=6.00 SAR", "E01-3 amount=12.50 SAR"], [] },
            {
                "error-texts.xlsx",
                [],
                ["2 Type", "3 Status", "4 Assigned To", "5 Project", "6 Project", "7 Title", "8 Client", "9 Title"]
            },
            { "error-texts.csv", ["F02-3 title=#اسم؟"], ["2 Client", "3 Reference"] },
            {
                "currency-formats.xlsx",
                [
                    "G01-0 amount=1000.00 SAR",
                    "G01-2 amount=1000.00 GBP",
                    "G01-3 amount=1000.00 AED",
                    "G01-4 amount=1000.00 USD",
                    "G01-7 amount=1000.00 KWD",
                    "G01-8 amount=1000.00 USD",
                    "G01-12 amount=1000.00 USD",
                ],
                ["15 Amount"]
            },
            { "headings-longer.xlsx", ["L02 amount=100.00 SAR", "L02 due=2026-12-31"], [] },
            {
                "number-formats.xlsx",
                ["0000-1234 title=t2", "ص/1234/47 title=t3", "00-12-34 title=t4", "1234 title=t7", "00077 title=t-f"],
                []
            },
            {
                "dates-in-other-dress.csv",
                [
                    "DO-0 due=2026-12-31",
                    "DO-1 due=2026-12-31",
                    "DO-2 due=2026-12-31",
                    "DO-3 due=2026-12-31",
                    "DO-4 due=2026-12-31",
                    "DO-5 due=2026-12-31",
                    "DO-6 due=2026-12-31",
                    "DO-7 due=2026-12-31",
                    "DO-8 due=2026-12-31",
                ],
                []
            },
            { "placeholders.csv", [" title=عنوان 1", " amount=", " due="], ["3 Title"] },
            {
                "status-words-more.csv",
                [
                    "SM2-0 status=in_progress",
                    "SM2-1 status=in_progress",
                    "SM2-2 status=completed",
                    "SM2-3 status=on_hold",
                    "SM2-4 status=cancelled",
                    "SM2-5 status=approved",
                    "SM2-6 status=payment_pending",
                ],
                []
            },
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
    public static TheoryData<string, string[], string[]> Others { get; } = OthersOf(Files);

    private static TheoryData<string, string[], string[]> OthersOf(TheoryData<string, string[], string[]> files)
    {
        var found = new TheoryData<string, string[], string[]>();
        foreach (var each in files.Where(each => ((string)each[0]).EndsWith(".xlsx", StringComparison.Ordinal)))
        {
            foreach (var name in new[] { "ods", "xls" }.Select(end => Path.ChangeExtension((string)each[0], end)))
            {
                if (File.Exists(Path.Combine(AppContext.BaseDirectory, Folder, name)))
                    found.Add(name, (string[])each[1], (string[])each[2]);
            }
        }

        return found;
    }

    [Theory]
    [MemberData(nameof(Files))]
    [MemberData(nameof(Others))]
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
            $"submitted={(t.SubmittedAt is { } then ? Clock.RiyadhTime(then).ToString("yyyy-MM-dd") : "")}",
            $"completed={(t.CompletedAt is { } at ? Clock.RiyadhTime(at).ToString("yyyy-MM-dd") : "")}",
            $"holder={t.HolderKind} {t.HolderName}",
            $"authority={string.Join("; ", t.AuthorityReferences.Select(a => $"{a.Authority} {a.Number}"))}",
        }.Select(field => $"{t.ReferenceNumber} {field}");
}
