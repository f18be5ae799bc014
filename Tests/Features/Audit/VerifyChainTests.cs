using MdcTts.Features.Audit.Verifying;
using MdcTts.Infrastructure.Audit;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Audit;

/// <summary>
/// Somebody who owns the database, but not SECRET_KEY, changes it by hand. Each test has a database of its own, because
/// nothing repairs one.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "DisposeAsync disposes it.")]
public sealed class VerifyChainTests : IAsyncLifetime
{
    private readonly App _app = new();

    public Task InitializeAsync() => _app.InitializeAsync();

    public Task DisposeAsync() => ((IAsyncLifetime)_app).DisposeAsync();

    [Fact]
    public async Task An_honest_log_is_whole()
    {
        await _app.Sealed(3);
        await _app.SignedInAs(Sara)
            .Submit(
                "/transactions/" + (await _app.Given.Transaction("Wall", status: "draft")).Number + "/status",
                new { to = "submitted", version = 1 }
            );
        await _app.Db(async db =>
        {
            db.Audit.Add(
                new AuditEntry
                {
                    Action = "test.bare",
                    EntityType = "test",
                    EntityKey = "",
                    At = _app.Now,
                }
            );
            return await db.SaveChangesAsync();
        });

        Assert.True((await _app.Verify()) is { IsWhole: true, Checked: 3, Waiting: >= 1 });
        await _app.Seal();
        Assert.True((await _app.Verify(await _app.Head())) is { IsWhole: true, Checked: >= 4, Waiting: 0 });
    }

    [Theory]
    [InlineData("\"Data\" = '[]'")]
    [InlineData("\"Data\" = NULL")]
    [InlineData("\"ActorId\" = NULL")]
    [InlineData("\"Action\" = 'test.other'")]
    [InlineData("\"EntityKey\" = ''")]
    [InlineData("\"RequestId\" = ''")]
    [InlineData("\"Commitment\" = \"Salt\"")]
    public async Task A_changed_entry_is_named(string change)
    {
        var entries = await _app.Sealed(5);
        await _app.Tamper($"UPDATE \"Audit\" SET {change} WHERE \"Id\" = {entries[2].Id}");

        await Broken(AuditFault.Changed, 3, entries[2].Id);
    }

    [Fact]
    public async Task An_entry_moved_in_time_is_named()
    {
        var entries = await _app.Sealed(3);
        await _app.Tamper();
        await _app.Db(db =>
            db.Audit.Where(e => e.Id == entries[1].Id)
                .ExecuteUpdateAsync(set => set.SetProperty(e => e.At, _app.Now.AddMilliseconds(1)))
        );

        await Broken(AuditFault.Changed, 2, entries[1].Id);
    }

    [Fact]
    public async Task A_changed_personal_part_is_named()
    {
        var entries = await _app.Sealed(3);
        await _app.Tamper($"UPDATE \"Audit\" SET \"Personal\" = '[]' WHERE \"Id\" = {entries[1].Id}");

        await Broken(AuditFault.PersonalChanged, 2, entries[1].Id);
    }

    [Fact]
    public async Task A_personal_part_emptied_without_an_erasure_is_named()
    {
        var entries = await _app.Sealed(3);
        await _app.Tamper($"UPDATE \"Audit\" SET \"Personal\" = NULL, \"Salt\" = NULL WHERE \"Id\" = {entries[1].Id}");

        await Broken(AuditFault.PersonalEmptied, 2, entries[1].Id);
    }

    [Fact]
    public async Task A_deleted_entry_is_named()
    {
        var entries = await _app.Sealed(5);
        await _app.Tamper($"DELETE FROM \"Audit\" WHERE \"Id\" = {entries[2].Id}");

        await Broken(AuditFault.EntryMissing, 3, entries[2].Id);
    }

    [Fact]
    public async Task An_entry_deleted_with_its_seal_is_named()
    {
        var entries = await _app.Sealed(5);
        await _app.Tamper(
            $"DELETE FROM \"Audit\" WHERE \"Id\" = {entries[2].Id}",
            "DELETE FROM \"AuditSeals\" WHERE \"Sequence\" = 3"
        );

        await Broken(AuditFault.SealMissing, 3, null);
    }

    [Fact]
    public async Task An_entry_cut_out_with_the_rest_moved_up_is_named()
    {
        var entries = await _app.Sealed(5);
        await _app.Tamper(
            $"DELETE FROM \"Audit\" WHERE \"Id\" = {entries[2].Id}",
            "DELETE FROM \"AuditSeals\" WHERE \"Sequence\" = 3",
            "UPDATE \"AuditSeals\" SET \"Sequence\" = 3 WHERE \"Sequence\" = 4",
            "UPDATE \"AuditSeals\" SET \"Sequence\" = 4 WHERE \"Sequence\" = 5"
        );

        await Broken(AuditFault.Changed, 3, entries[3].Id);
    }

    [Fact]
    public async Task An_entry_slipped_in_is_named()
    {
        await _app.Sealed(2);
        await _app.Tamper();
        var slipped = AuditLog.Entry("test.slipped", "test", "x", Nasser.Id, _app.Now);
        await _app.Db(async db =>
        {
            db.Audit.Add(slipped);
            return await db.SaveChangesAsync();
        });

        await Broken(AuditFault.NotSealed, null, slipped.Id);
    }

    [Fact]
    public async Task A_forged_seal_is_named()
    {
        await _app.Sealed(2);
        await _app.Tamper();
        var slipped = AuditLog.Entry("test.slipped", "test", "x", Nasser.Id, _app.Now);
        await _app.Db(async db =>
        {
            db.Audit.Add(slipped);
            await db.SaveChangesAsync();
            db.AuditSeals.Add(
                new()
                {
                    Sequence = 3,
                    EntryId = slipped.Id,
                    Seal = new byte[32],
                    SealedAt = _app.Now,
                }
            );
            return await db.SaveChangesAsync();
        });

        await Broken(AuditFault.Changed, 3, slipped.Id);
    }

    [Fact]
    public async Task Two_swapped_entries_are_named()
    {
        var entries = await _app.Sealed(4);
        await _app.Tamper(
            $"UPDATE \"AuditSeals\" SET \"EntryId\" = -1 WHERE \"Sequence\" = 2",
            $"UPDATE \"AuditSeals\" SET \"EntryId\" = {entries[1].Id} WHERE \"Sequence\" = 3",
            $"UPDATE \"AuditSeals\" SET \"EntryId\" = {entries[2].Id} WHERE \"Sequence\" = 2"
        );

        await Broken(AuditFault.Changed, 2, entries[2].Id);
    }

    [Fact]
    public async Task A_cut_off_tail_is_found_by_the_anchor_and_only_by_it()
    {
        var entries = await _app.Sealed(5);
        var anchor = await _app.Head();
        await _app.Tamper(
            "DELETE FROM \"AuditSeals\" WHERE \"Sequence\" > 3",
            $"DELETE FROM \"Audit\" WHERE \"Id\" >= {entries[3].Id}"
        );

        Assert.True((await _app.Verify()).IsWhole);
        Assert.Equal(new Verdict(3, 0, AuditFault.CutOff, 4), await _app.Verify(anchor));

        // Filled up again by honest entries, it is another chain.
        await _app.Sealed(3);
        Assert.True((await _app.Verify()).IsWhole);
        Assert.True(await _app.Verify(anchor) is { Fault: AuditFault.AnchorDiffers, Sequence: 5 });
    }

    [Fact]
    public async Task What_waits_without_being_an_entry_is_named_and_keeps_no_other_from_its_seal()
    {
        await _app.Tamper("INSERT INTO \"AuditPending\" (\"EntryId\") VALUES (999999)");
        await _app.Sealed(1);

        Assert.Equal(new Verdict(1, 0, AuditFault.WaitingMissing, EntryId: 999999), await _app.Verify());
    }

    [Fact]
    public async Task A_sealed_entry_that_waits_again_is_named()
    {
        var entries = await _app.Sealed(2);
        await _app.Tamper($"INSERT INTO \"AuditPending\" (\"EntryId\") VALUES ({entries[0].Id})");

        Assert.Equal(0, await _app.Seal());
        Assert.Equal(new Verdict(2, 0, AuditFault.WaitingTwice, EntryId: entries[0].Id), await _app.Verify());
    }

    private async Task Broken(AuditFault fault, long? sequence, long? entry) =>
        Assert.Equal(
            (fault, sequence, entry),
            await _app.Verify() is var v ? (v.Fault!.Value, v.Sequence, v.EntryId) : default
        );
}
