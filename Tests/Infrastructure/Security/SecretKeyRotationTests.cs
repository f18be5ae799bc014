using System.Xml.Linq;
using MdcTts.Features;
using MdcTts.Features.Audit;
using MdcTts.Features.Audit.Sealing;
using MdcTts.Features.Audit.Verifying;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
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
        var (before, after, alone) = (Settings(OldApp.Key), Settings(NewKey, OldApp.Key), Settings(NewKey));
        await Act(app, before);
        await Act(app, after);

        Assert.True((await Verify(app, after)).IsWhole);
        Assert.Equal(AuditFault.Changed, (await Verify(app, alone)).Fault);

        // A process with only the old key leaves its entry to those with the new one.
        var entry = await Write(app, before);
        Assert.Equal(0, await Seal(app, before));
        Assert.True(await Verify(app, after) is { IsWhole: true, Waiting: 1 });

        // Whoever has only the old key writes on with it.
        await app.Db(async db =>
        {
            var last = await db.AuditSeals.AsNoTracking().OrderByDescending(s => s.Sequence).FirstAsync();
            var sealing = new AuditChain(before);
            var written = await db.Audit.AsNoTracking().SingleAsync(e => e.Id == entry);
            db.AuditSeals.Add(
                new()
                {
                    Sequence = last.Sequence + 1,
                    EntryId = entry,
                    Seal = sealing.Seal(last.Seal, last.Sequence + 1, written),
                    SealedAt = app.Now,
                }
            );
            return await db.SaveChangesAsync();
        });
        Assert.Equal(AuditFault.Changed, (await Verify(app, after)).Fault);
    }

    [Fact]
    public async Task A_process_that_does_not_know_the_newest_key_says_so_once_an_hour_and_seals_nothing()
    {
        var after = Settings(NewKey, OldApp.Key);
        await using var own = new OldApp();
        await own.InitializeAsync();
        await own.Sealed(1);
        await Act(own, after);
        await own.Sealed(1);
        await own.Seal();
        Assert.Single(own.Errors, e => e.Contains("does not know", StringComparison.Ordinal));
        Assert.Equal(1, await own.Db(db => db.AuditPending.CountAsync()));

        await Seal(own, after);
        Assert.Equal(3, await own.Db(db => db.AuditSeals.CountAsync()));
        Assert.True((await Verify(own, after)).IsWhole);

        own.Clock.Advance(TimeSpan.FromHours(1));
        await own.Sealed(1);
        Assert.Equal(2, own.Errors.Count(e => e.Contains("does not know", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Entries_signed_with_the_key_before_are_taken_for_an_hour_after_the_change()
    {
        var (before, after) = (Settings(OldApp.Key), Settings(NewKey, OldApp.Key));
        await using var own = new OldApp();
        await own.InitializeAsync();
        await Act(own, before);
        await Act(own, after);
        // A process that was not restarted yet writes; the new one seals.
        await Write(own, before);
        await Seal(own, after);
        Assert.True((await Verify(own, after)).IsWhole);

        own.Clock.Advance(SealEntries.UpgradeMax + TimeSpan.FromMinutes(1));
        var late = await Write(own, before);
        // One batch: the entry that says so is signed by this app, whose key is the old one too.
        await own.Db(db => Sealer(db, own, after).Handle(CancellationToken.None));

        Assert.False(await own.Db(db => db.AuditSeals.AnyAsync(s => s.EntryId == late)));
        Assert.False((await Verify(own, after)).IsWhole);
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

    private static async Task Act(App app, AppSettings settings)
    {
        await Write(app, settings);
        await Seal(app, settings);
    }

    private static Task<long> Write(App app, AppSettings settings) =>
        app.Db(async db =>
        {
            var entry = AuditLog.Entry(
                "transaction.created",
                "transaction",
                Guid.NewGuid().ToString("N"),
                Sara.Id,
                app.Now
            );
            new AuditSigner(settings).Sign(entry);
            db.Audit.Add(entry);
            await db.SaveChangesAsync();
            return entry.Id;
        });

    private static Task<int> Seal(App app, AppSettings settings) =>
        app.Db(db => Sealer(db, app, settings).All(CancellationToken.None));

    private static SealEntries Sealer(AppDb db, App app, AppSettings settings) =>
        new(db, new(settings), new(settings), app.Clock, NullLogger<SealEntries>.Instance);

    private static Task<Verdict> Verify(App app, AppSettings settings) =>
        app.Db(db =>
            new VerifyChain(db, new(settings), new(settings)).Handle(
                anchor: null,
                progress: null,
                CancellationToken.None
            )
        );
}
