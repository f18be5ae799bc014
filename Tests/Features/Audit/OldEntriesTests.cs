using MdcTts.Features.Audit.Sealing;
using MdcTts.Features.Audit.Verifying;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Ui;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Audit;

/// <summary>A log that began before entries were signed.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "DisposeAsync disposes it.")]
public sealed class OldEntriesTests : IAsyncLifetime
{
    private readonly App _app = new();

    public Task InitializeAsync() => _app.InitializeAsync();

    public Task DisposeAsync() => ((IAsyncLifetime)_app).DisposeAsync();

    [Fact]
    public async Task Old_entries_stay_valid_and_an_hour_after_the_upgrade_none_is_accepted_without_a_signature()
    {
        await _app.Sealed(3);
        await AllowUnsigning();
        await _app.Run("UPDATE \"Audit\" SET \"Signature\" = NULL");
        var old = await _app.Verify();
        Assert.True(old is { IsWhole: true, Unsigned: 3 });
        Assert.Contains("before entries were signed: 3", old.Describe(Words.For("en")), StringComparison.Ordinal);

        // A process of the version before goes on while the new ones start.
        await _app.Sealed(1);
        await Unsigned();
        await _app.Seal();
        Assert.True(await _app.Verify() is { IsWhole: true, Checked: 5 });

        _app.Clock.Advance(SealEntries.UpgradeMax);
        await _app.Sealed(1);
        await _app.Seal();
        Assert.True(await _app.Verify() is { IsWhole: true, Checked: 7, Waiting: 0, Unsigned: 4 });
        Assert.Single(
            await _app.Db(db => db.Audit.Where(e => e.Action == AuditChain.SignaturesRequired).ToListAsync())
        );

        var late = await Unsigned();
        await _app.Seal();
        Assert.True(await _app.Verify() is { Fault: AuditFault.Forged, EntryId: var named } && named == late);
    }

    [Fact]
    public async Task What_others_write_does_not_put_off_that_signatures_are_asked_for()
    {
        await _app.Sealed(2);
        await AllowUnsigning();
        await _app.Run("UPDATE \"Audit\" SET \"Signature\" = NULL");
        await _app.Sealed(1);
        await Unsigned("test.forged", _app.Now.AddYears(100), new byte[48]);
        await Unsigned(AuditChain.SignaturesRequired, _app.Now, [1, .. new byte[47]]);
        await _app.Seal();

        _app.Clock.Advance(SealEntries.UpgradeMax);
        await _app.Sealed(1);
        await _app.Seal();
        var late = await Unsigned();
        await _app.Seal();

        Assert.False(await _app.Db(db => db.AuditSeals.AnyAsync(s => s.EntryId == late)));
        Assert.Equal(AuditFault.Forged, (await _app.Verify()).Fault);
    }

    [Fact]
    public async Task A_signature_taken_away_afterwards_is_named()
    {
        var entries = await _app.Sealed(3);
        await _app.Tamper($"UPDATE \"Audit\" SET \"Signature\" = NULL WHERE \"Id\" = {entries[1].Id}");

        Assert.Equal(new Verdict(1, 0, AuditFault.Forged, 2, entries[1].Id), await _app.Verify());
    }

    private Task<int> AllowUnsigning() =>
        _app.Db(db =>
            db.Database.ExecuteSqlRawAsync(
                db.IsSqlite
                    ? "DROP TRIGGER \"AuditUnchanged\""
                    : "ALTER TABLE \"Audit\" DISABLE TRIGGER \"AuditUnchanged\""
            )
        );

    private Task<long> Unsigned() => Unsigned("test.old", _app.Now, signature: null);

    private Task<long> Unsigned(string action, DateTime at, byte[]? signature) =>
        _app.Db(async db =>
        {
            var entry = AuditLog.Entry(action, "test", "x", Sara.Id, at);
            db.Audit.Add(entry);
            await db.SaveChangesAsync();
            await db
                .Audit.Where(e => e.Id == entry.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(e => e.Signature, signature));
            return entry.Id;
        });
}
