using System.Data.Common;
using System.Globalization;
using MdcTts.Features;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Events;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Xunit;

namespace MdcTts.Infrastructure.Database;

public sealed class BulkInsertTests(SharedApp app) : IClassFixture<SharedApp>
{
    private static readonly DateTime At = new(2026, 3, 4, 5, 6, 7, 890, DateTimeKind.Utc);

    [Fact]
    public async Task Rows_are_written_as_saving_them_writes_them()
    {
        await Same(
            "Audit",
            ["Id", "Signature"],
            () =>
                new AuditEntry
                {
                    Action = "test.bulk",
                    EntityType = "",
                    EntityKey = "مفتاح 'ü",
                    At = At,
                    SessionId = Guid.Parse("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"),
                    Salt = [0, 1, 255],
                    Personal = new string('ش', 5_000),
                }
        );
        await Same(
            "Events",
            ["Id"],
            () =>
                new EventRow
                {
                    Kind = "test.bulk",
                    Key = "1",
                    At = At.Date,
                    ActorId = 7,
                    Effect = PageEffect.HandedOver,
                }
        );
    }

    [Fact]
    public async Task Rows_of_a_transaction_take_its_id()
    {
        var transaction = await app.Given.Transaction();
        var (id, by) = (transaction.Id, transaction.CreatedById);
        await app.Db(async db =>
        {
            await using var write = await db.BeginWrite(default);
            var last = await db.History.MaxAsync(h => h.Id);
            var entry = new HistoryEntry(HistoryKind.Edited, by, At)
            {
                ToStatus = "draft",
                ToMeaning = Features.Catalogue.Meaning.Draft,
                Changes = [new("title", null, "\"عنوان\"")],
            };
            var reference = new AuthorityReference
            {
                Authority = "Balady",
                Number = "bulk",
                Date = new DateOnly(2026, 1, 31),
            };
            await db.InsertMany([(entry, (object?)id)], nameof(HistoryEntry.TransactionId), default);
            await db.InsertMany([(reference, (object?)id)], nameof(AuthorityReference.TransactionId), default);

            var read = await db.History.SingleAsync(h => h.Id > last);
            Assert.Equal((id, by, At), (read.TransactionId, read.ById, read.At));
            Assert.Equal((entry.ToMeaning, entry.Changes[0]), (read.ToMeaning, Assert.Single(read.Changes)));
            var dates = await db.Set<AuthorityReference>()
                .Where(r => r.TransactionId == id && r.Number == "bulk")
                .Select(r => r.Date)
                .ToListAsync();
            Assert.Equal(reference.Date, Assert.Single(dates));
            return true;
        });
    }

    [Fact]
    public async Task A_row_that_the_database_refuses_fails_as_elsewhere()
    {
        await app.Db(async db =>
        {
            await using var write = await db.BeginWrite(default);
            var tag = new TransactionTag { Name = "bulk" };

            await Assert.ThrowsAnyAsync<DbException>(() =>
                db.InsertMany(
                    [(tag, (object?)int.MaxValue), (tag, (object?)int.MaxValue)],
                    nameof(TransactionTag.TransactionId),
                    default
                )
            );
            return true;
        });
    }

    /// <summary>Both in one write that is not committed; compared as the database keeps them.</summary>
    private Task<bool> Same<T>(string table, string[] except, Func<T> make)
        where T : class =>
        app.Db(async db =>
        {
            await using var write = await db.BeginWrite(default);
            db.Add(make());
            await db.SaveChangesAsync();
            await db.InsertMany<T>([make()], default);

            var rows = await Last(db, table);
            Assert.NotEmpty(rows[0]);
            foreach (var column in rows[0].Keys.Except(except, StringComparer.Ordinal))
                Assert.Equal((column, rows[0][column]), (column, rows[1][column]));
            return true;
        });

    private static async Task<List<Dictionary<string, string>>> Last(AppDb db, string table)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandText = $"SELECT * FROM \"{table}\" ORDER BY \"Id\" DESC LIMIT 2";
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Dictionary<string, string>>();
        while (await reader.ReadAsync())
        {
            rows.Add(
                Enumerable
                    .Range(0, reader.FieldCount)
                    .ToDictionary(reader.GetName, at => Shown(reader.GetValue(at)), StringComparer.Ordinal)
            );
        }

        return rows;
    }

    private static string Shown(object value) =>
        value is byte[] bytes
            ? "bytes " + Convert.ToHexString(bytes)
            : value.GetType().Name + " " + Convert.ToString(value, CultureInfo.InvariantCulture);
}
