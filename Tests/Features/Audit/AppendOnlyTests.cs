using MdcTts.Infrastructure.Audit;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Audit;

public sealed class AppendOnlyTests(App app) : IClassFixture<App>
{
    [Theory]
    [InlineData("UPDATE \"Audit\" SET \"Data\" = NULL")]
    [InlineData("UPDATE \"Audit\" SET \"Action\" = 'x.y'")]
    [InlineData("UPDATE \"Audit\" SET \"Personal\" = NULL, \"Salt\" = NULL")]
    [InlineData("UPDATE \"Audit\" SET \"Personal\" = 'x'")]
    [InlineData("UPDATE \"Audit\" SET \"Signature\" = NULL")]
    [InlineData("DELETE FROM \"Audit\"")]
    [InlineData("UPDATE \"AuditSeals\" SET \"EntryId\" = \"EntryId\" + 1")]
    [InlineData("DELETE FROM \"AuditSeals\"")]
    [InlineData("UPDATE \"AuditErasures\" SET \"UserId\" = 1")]
    [InlineData("DELETE FROM \"AuditErasures\"")]
    public async Task The_database_refuses(string statement)
    {
        await app.Sealed(1);
        await Erase(Lina.Id);

        var refused = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => app.Run(statement));
        Assert.Contains("append-only", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_parts_of_an_erased_person_go_and_the_chain_still_verifies()
    {
        var (his, others) = (
            (await app.Sealed(3, Omar.Id)).ConvertAll(e => e.Id),
            (await app.Sealed(1, Sara.Id))[0].Id
        );
        var about = await app.Db(async db =>
        {
            var entry = AuditLog.Entry(
                "user.edited",
                "user",
                Omar.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Nasser.Id,
                app.Now,
                about: new { phone = "+966500000001" }
            );
            db.Audit.Add(entry);
            await db.SaveChangesAsync();
            return entry.Id;
        });
        await app.Seal();

        await Erase(Omar.Id);
        await app.Db(db =>
            db.Audit.Where(e => e.ActorId == Omar.Id || (e.EntityType == "user" && e.EntityKey == "" + Omar.Id))
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(e => e.Personal, (string?)null).SetProperty(e => e.Salt, (byte[]?)null)
                )
        );

        Assert.All(
            await app.Db(db => db.Audit.Where(e => his.Contains(e.Id) || e.Id == about).ToListAsync()),
            e => Assert.True(e is { Personal: null, Salt: null, Commitment.Length: 32 })
        );
        Assert.NotNull((await app.Db(db => db.Audit.SingleAsync(e => e.Id == others))).Personal);
        Assert.True((await app.Verify()).IsWhole);
    }

    private Task<int> Erase(int person) =>
        app.Db(async db =>
        {
            if (await db.AuditErasures.AnyAsync(e => e.UserId == person))
                return 0;
            var key = person.ToString(System.Globalization.CultureInfo.InvariantCulture);
            db.Audit.Add(AuditLog.Entry("account.erased", "user", key, Nasser.Id, app.Now));
            db.AuditErasures.Add(
                new()
                {
                    UserId = person,
                    At = app.Now,
                    ById = Nasser.Id,
                }
            );
            return await db.SaveChangesAsync();
        });
}
