using System.Globalization;
using MdcTts.Infrastructure.Database;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Whatever is exported comes back as it was: generated registers, all formats, both languages.</summary>
public sealed class RoundTripTests(App app) : IClassFixture<App>
{
    private const int Size = 30;

    private static readonly string[] Pieces =
    [
        "مخطط",
        "Facade",
        "=SUM(1,2)",
        "+966-11",
        "-",
        "@omar",
        "'",
        "''=x",
        "\"",
        "24\" pipe",
        "a,b",
        "c;d",
        "هـ؛ و",
        "|",
        "(1)",
        "﷼",
        "١٢٣",
        "0012",
        "_x0041_",
        "<&>",
        "#REF!",
        "😀",
        "1/2",
        "=\"0012\"",
        "\u2011",
    ];

    private static readonly string[] Statuses = [.. Given.Workflow.Statuses.Select(s => s.Key)];

    [Theory]
    [InlineData("xlsx", "en", 1)]
    [InlineData("xlsx", "ar", 2)]
    [InlineData("csv", "en", 3)]
    [InlineData("csv", "ar", 4)]
    [InlineData("json", "en", 5)]
    [InlineData("json", "ar", 6)]
    public async Task What_is_exported_is_imported_whole(string format, string language, int seed)
    {
        var tag = $"round{seed}trip";
        var originals = await Generate(new Random(seed), tag);
        using var nasser = app.SignedInAs(Nasser);
        var file = (await nasser.In(language).Page($"/transactions/export?format={format}&q={tag}&sort=number")).Expect(
            200
        );
        using var api = app.Api(Nasser);
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        var answer = await api.Ended(
            (
                await api.Upload("/transactions/imports", "file", "r." + format, file.Bytes, ("existing", "import"))
            ).Expect(202)["id"]!
        );

        Assert.Empty(answer.Errors());
        Assert.Equal(Size, answer.Number("imported"));
        var id = int.Parse(answer["id"]!, CultureInfo.InvariantCulture);
        var imported = await app.Db(db => Read(db.Transactions.Where(t => t.ImportId == id)));
        Assert.Equal(originals.SelectMany(Told), imported.SelectMany(Told));
    }

    private async Task<List<Transaction>> Generate(Random random, string tag)
    {
        var numbers = await app.Db(async db =>
        {
            var clients = await db.Clients.Where(c => c.IsActive).OrderBy(c => c.Id).Take(3).ToListAsync();
            await using var write = await db.BeginWrite(CancellationToken.None);
            var first = await NumberCounter.Take(db, "TRX", app.Today.Year, Size, CancellationToken.None);
            var made = new List<string>();
            for (var i = 0; i < Size; i++)
            {
                var client = clients[random.Next(clients.Count)];
                var status = Given.Workflow[Statuses[random.Next(Statuses.Length)]];
                var at = app.Now.AddSeconds(-random.Next(1, 100_000_000));
                var t = new Transaction(
                    TransactionNumber.Of(app.Today.Year, first + i),
                    Fields(random, tag, client.Id),
                    status,
                    Nasser.Id,
                    random.Next(3) == 0 ? null : Sara.Id,
                    at
                );
                t.Happened(
                    at,
                    t.SubmittedAt is null ? null : at.AddMinutes(random.Next(0, 10)),
                    t.CompletedAt is null ? null : at.AddMinutes(random.Next(10, 20))
                );
                t.RefreshSearchText(client);
                db.Transactions.Add(t);
                made.Add(t.Number);
            }

            await db.SaveChangesAsync();
            await write.Commit(CancellationToken.None);
            return made;
        });
        return await app.Db(db => Read(db.Transactions.Where(t => numbers.Contains(t.Number))));
    }

    private TransactionFields Fields(Random random, string tag, int client)
    {
        var holder = (HolderKind)random.Next(3);
        var fields = new TransactionFields
        {
            Title = tag + " " + Words(" "),
            ReferenceNumber = Maybe(() => Words(" ")),
            Description = Maybe(() => Words("\n")),
            InternalNotes = Maybe(() => Words("\n")),
            ClientId = client,
            Type = "payment",
            Priority = (Priority)random.Next(4),
            AmountMinor = random.Next(4) == 0 ? null : random.NextInt64(0, 1_000_000_000_000),
            Currency = random.Next(3) == 0 ? "USD" : "SAR",
            DueDate = random.Next(3) == 0 ? null : app.Today.AddDays(random.Next(-5_000, 5_000)),
            HolderKind = holder,
            HolderName = holder switch
            {
                HolderKind.Authority => Words(" "),
                HolderKind.Us => Maybe(() => "Somebody " + Words(" ")),
                _ => null,
            },
            HolderSince = app.Today.AddDays(-random.Next(0, 900)),
            Tags = [.. Enumerable.Range(0, random.Next(4)).Select(at => $"{Words(" ")} {at}")],
            AuthorityReferences =
            [
                .. Enumerable
                    .Range(0, random.Next(3))
                    .Select(_ => new AuthorityNumber(
                        Words(" "),
                        random.Next(2) == 0 ? "7133284" : Words(" "),
                        random.Next(2) == 0 ? null : app.Today.AddDays(-random.Next(0, 900))
                    )),
            ],
        };
        return fields;

        string Words(string between) =>
            string.Join(
                between,
                Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pieces[random.Next(Pieces.Length)])
            );

        string? Maybe(Func<string> text) => random.Next(3) == 0 ? null : text();
    }

    private static Task<List<Transaction>> Read(IQueryable<Transaction> transactions) =>
        transactions
            .AsNoTracking()
            .Include(t => t.Tags)
            .Include(t => t.AuthorityReferences)
            .OrderBy(t => t.Number)
            .ToListAsync();

    private static string[] Told(Transaction t) =>
        [
            $"{t.Title}: reference {t.ReferenceNumber}",
            $"{t.Title}: {t.ClientId} {t.Type} {t.Priority} {t.Status} {t.AssigneeId}",
            $"{t.Title}: {t.AmountMinor} {t.Currency} due {t.DueDate:O}",
            $"{t.Title}: description {t.Description}",
            $"{t.Title}: notes {t.InternalNotes}",
            // Nobody has what is over.
            t.IsOver()
                ? "over"
                : $"{t.Title}: with {t.HolderKind} {t.HolderName} since {t.HolderSince:O}",
            $"{t.Title}: tags {string.Join(" + ", t.Tags.Select(tag => tag.Name).Order(StringComparer.Ordinal))}",
            $"{t.Title}: {string.Join(" + ", t.AuthorityReferences.OrderBy(a => a.Id).Select(a => a.Value))}",
            $"{t.Title}: times {t.CreatedAt:s} {t.SubmittedAt:s} {t.CompletedAt:s}",
        ];
}
