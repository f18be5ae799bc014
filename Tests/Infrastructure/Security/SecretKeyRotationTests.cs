using System.Xml.Linq;
using MdcTts.Features.Audit;
using MdcTts.Features.Audit.Sealing;
using MdcTts.Features.Audit.Verifying;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Security;

public sealed class OldApp : App
{
    public const string Key = "zP4xR8wK1nV6tB3mQ9sL2jH7gD5fC0aYuEoI";

    protected override IEnumerable<(string, string)> Settings => [("SECRET_KEY", Key)];
}

public sealed class SecretKeyRotationTests(OldApp app) : IClassFixture<OldApp>
{
    private const string NewKey = "k3J9vQ0xW7uT2rLmZ8bN4pYc6dHs1aFgE5iO";

    [Fact]
    public async Task Keys_are_wrapped_anew_once_and_then_need_the_old_secret_no_more()
    {
        (await app.Anonymous.Page("/signin")).Expect(200);
        var (old, both) = (System.Text.Encoding.UTF8.GetBytes(OldApp.Key), Settings(NewKey, OldApp.Key));
        Assert.All(await Wrapped(), w => Assert.NotNull(SecretKeyWrapping.Open(w, old)));

        Assert.NotEqual(0, await app.Db(db => SecretKeyWrapping.Renew(db, both, CancellationToken.None)));
        Assert.Equal(0, await app.Db(db => SecretKeyWrapping.Renew(db, both, CancellationToken.None)));

        Assert.All(await Wrapped(), w => Assert.Null(SecretKeyWrapping.Open(w, old)));
        Assert.All(await Wrapped(), w => Assert.NotNull(SecretKeyWrapping.Open(w, both.SecretKey)));
    }

    [Fact]
    public async Task Seals_are_verified_with_the_key_of_their_time_and_an_older_key_does_not_come_back()
    {
        var (before, after, alone) = (
            new AuditChain(Settings(OldApp.Key)),
            new AuditChain(Settings(NewKey, OldApp.Key)),
            new AuditChain(Settings(NewKey))
        );
        await Act(before);
        await Act(after);

        Assert.True((await Verify(after)).IsWhole);
        Assert.Equal(AuditFault.Changed, (await Verify(alone)).Fault);

        // Whoever has only the old key writes on with it.
        await Act(before);
        Assert.Equal(AuditFault.Changed, (await Verify(after)).Fault);
    }

    private static AppSettings Settings(string key, string? previous = null) =>
        AppSettings.From(
            new ConfigurationBuilder()
                .AddInMemoryCollection([new("SECRET_KEY", key), new("SECRET_KEY_PREVIOUS", previous)])
                .Build(),
            demo: false
        );

    private async Task<List<XElement>> Wrapped() =>
        [
            .. (await app.Db(db => db.DataProtectionKeys.AsNoTracking().ToListAsync())).Select(k =>
                XElement.Parse(k.Xml!).Descendants("wrapped").Single()
            ),
        ];

    private async Task Act(AuditChain chain)
    {
        await app.Db(db =>
        {
            db.Audit.Add(
                AuditLog.Entry("transaction.created", "transaction", Guid.NewGuid().ToString("N"), Sara.Id, app.Now)
            );
            return db.SaveChangesAsync();
        });
        await app.Db(db => new SealEntries(db, chain, app.Clock).All(CancellationToken.None));
    }

    private Task<Verdict> Verify(AuditChain chain) =>
        app.Db(db => new VerifyChain(db, chain).Handle(anchor: null, progress: null, CancellationToken.None));
}
