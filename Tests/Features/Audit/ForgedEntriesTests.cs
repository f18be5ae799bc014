using MdcTts.Features.Audit.Acknowledging;
using MdcTts.Features.Audit.Verifying;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Ui;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Audit;

/// <summary>
/// Somebody has the database as the app has it, with its role and all triggers, but not SECRET_KEY. What they write is
/// named.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "DisposeAsync disposes it.")]
public sealed class ForgedEntriesTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private App _app = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.Make();
        _app = await RuntimeRole.App(_database);
    }

    public async Task DisposeAsync()
    {
        await ((IAsyncLifetime)_app).DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_forged_entry_gets_no_seal_and_is_named()
    {
        await _app.Sealed(3);
        var forged = await Forge("transaction.status_changed", "transaction", "TRX-2026-00001", _app.Now);

        // Before the sealer has looked, and afterwards.
        Assert.Equal(new Verdict(3, 0, AuditFault.Forged, EntryId: forged), await _app.Verify());
        var honest = await _app.Sealed(2);
        Assert.True(await _app.Verify() is { Fault: AuditFault.Forged, EntryId: var named } && named == forged);

        Assert.False(await _app.Db(db => db.AuditSeals.AnyAsync(s => s.EntryId == forged)));
        Assert.False(await _app.Db(db => db.AuditPending.AnyAsync()));
        Assert.Equal(4, await _app.SequenceOf(honest[0]));
        var refusal = await _app.Db(db => db.Audit.SingleAsync(e => e.Action == "audit.refused"));
        Assert.Equal($$"""{"count":1,"entries":[{{forged}}]}""", refusal.Data);
        Assert.Contains(_app.Errors, e => e.Contains("were not written by this app", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_forged_entry_that_was_looked_into_is_named_and_no_fault_any_more()
    {
        await _app.Sealed(1);
        var forged = await Forge("transaction.status_changed", "transaction", "TRX-2026-00001", _app.Now);
        var second = await Forge("transaction.status_changed", "transaction", "TRX-2026-00002", _app.Now);
        Assert.Equal((1, $"Entry {forged} still waits"), await Acknowledge(forged));
        await _app.Seal();
        Assert.Equal(AuditFault.Forged, (await _app.Verify()).Fault);

        Assert.Equal((0, $"Entry {forged} is acknowledged"), await Acknowledge(forged));
        Assert.True(await _app.Verify() is { Fault: AuditFault.Forged, EntryId: var next } && next == second);
        Assert.Equal(0, (await Acknowledge(second)).Code);

        var verdict = await _app.Verify();
        Assert.Equal(new Verdict(4, 0, Acknowledged: 2, FirstAcknowledged: forged), verdict);
        Assert.Contains(
            $"Acknowledged forged entries: 2. The first is entry {forged}.",
            verdict.Describe(Words.For("en")),
            StringComparison.Ordinal
        );
        var said = await _app.Db(db => db.Audit.SingleAsync(e => e.EntityKey == $"{forged}"));
        Assert.Contains("\"reason\":\"A test.\"", said.Data);
        Assert.Equal(3, await _app.SequenceOf(said));
        var answer = (await _app.Api(Nasser).Get("/audit/verify")).Expect(200);
        Assert.Equal(("true", "2", $"{forged}"), (answer["ok"], answer["acknowledged"], answer["firstAcknowledged"]));
    }

    [Fact]
    public async Task Nothing_else_can_be_acknowledged_and_nobody_else_can_do_it()
    {
        var honest = (await _app.Sealed(2))[0];
        Assert.Equal((1, $"Entry {honest.Id} is not forged."), await Acknowledge(honest.Id, whole: true));
        Assert.Equal((1, "There is no entry 999999."), await Acknowledge(999_999, whole: true));
        Assert.Equal(1, (await Acknowledge(honest.Id, reason: " ")).Code);
        Assert.Equal(1, (await Acknowledge(honest.Id, reason: new string('x', 501))).Code);

        // By the role itself: with a row like those of the app, and with a genuine one of another entry.
        var forged = await Forge("transaction.status_changed", "transaction", "TRX-2026-00001", _app.Now);
        await _app.Seal();
        await Acknowledge(forged);
        var other = await Forge("transaction.status_changed", "transaction", "TRX-2026-00002", _app.Now);
        var genuine = await _app.Db(db => db.Audit.SingleAsync(e => e.EntityKey == $"{forged}"));
        var signature = genuine.Signature!.ToArray();
        signature[0] ^= 1;
        await Forge(genuine.Action, "audit", $"{other}", _app.Now, signature, genuine.Data);
        await _app.Seal();
        Assert.True(await _app.Verify() is { Fault: AuditFault.Forged, EntryId: var named } && named == other);

        // A forged acknowledgement is a forged entry too.
        await Acknowledge(other);
        Assert.Equal(AuditFault.Forged, (await _app.Verify()).Fault);
    }

    [Fact]
    public async Task Many_forged_entries_keep_no_honest_one_from_its_seal()
    {
        for (var i = 0; i < Sealing.SealEntries.Batch + 10; i++)
            await Forge("test.forged", "test", "x", _app.Now);

        var honest = await _app.Sealed(1);

        Assert.Equal(1, await _app.SequenceOf(honest[0]));
        Assert.Equal(AuditFault.Forged, (await _app.Verify()).Fault);
    }

    [Fact]
    public async Task An_early_entry_is_named()
    {
        await _app.Sealed(1);
        var forged = await Forge("transaction.approved", "transaction", "TRX-2026-00001", _app.Now.AddDays(-90));
        await _app.Seal();

        Assert.True(await _app.Verify() is { Fault: AuditFault.Forged, EntryId: var named } && named == forged);
    }

    [Fact]
    public async Task A_genuine_signature_counts_once_and_for_its_own_entry_only()
    {
        var entry = (await _app.Sealed(1))[0];
        const string Columns =
            "\"At\", \"ActorId\", \"Action\", \"EntityType\", \"EntityKey\", \"Data\", \"Commitment\", \"Signature\"";

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
            _app.Run($"INSERT INTO \"Audit\" ({Columns}) SELECT {Columns} FROM \"Audit\" WHERE \"Id\" = {entry.Id}")
        );

        // With another identifier before it, or on another content, it is no signature.
        var other = entry.Signature!.ToArray();
        other[0] ^= 1;
        var forged = await Forge(entry.Action, entry.EntityType, entry.EntityKey, entry.At, other);
        await _app.Seal();
        Assert.True(await _app.Verify() is { Fault: AuditFault.Forged, EntryId: var named } && named == forged);
    }

    [Fact]
    public async Task A_part_emptied_by_an_erasure_that_nobody_made_is_named()
    {
        var entries = await _app.Sealed(3, Omar.Id);
        await Empty(Omar.Id);

        Assert.Equal(new Verdict(0, 0, AuditFault.PersonalEmptied, 1, entries[0].Id), await _app.Verify());

        // A forged entry of the erasure does not help.
        await Forge("account.erased", "user", Omar.Id.ToString(Invariant), _app.Now);
        Assert.Equal(AuditFault.PersonalEmptied, (await _app.Verify()).Fault);
        await _app.Seal();
        Assert.Equal(AuditFault.PersonalEmptied, (await _app.Verify()).Fault);
    }

    [Fact]
    public async Task An_erasure_that_nobody_made_is_named_before_anything_is_emptied()
    {
        await _app.Sealed(2);
        await _app.Run(
            $"INSERT INTO \"AuditErasures\" (\"UserId\", \"At\", \"ById\") VALUES ({Omar.Id}, '2026-11-22 09:00:00', 1)"
        );
        Assert.Equal(new Verdict(2, 0, AuditFault.ErasureForged, UserId: Omar.Id), await _app.Verify());

        var forged = await Forge("account.erased", "user", Omar.Id.ToString(Invariant), _app.Now);
        await _app.Seal();
        Assert.True(await _app.Verify() is { Fault: AuditFault.Forged, EntryId: var named } && named == forged);
    }

    [Fact]
    public async Task An_entry_cut_from_the_queue_is_named()
    {
        await _app.Sealed(2);
        var entry = AuditLog.Entry("test.cut", "test", "1", Sara.Id, _app.Now);
        await Add(entry);
        await _app.Run($"DELETE FROM \"AuditPending\" WHERE \"EntryId\" = {entry.Id}");
        await _app.Sealed(1);

        Assert.True(
            await _app.Verify() is { Checked: 3, Fault: AuditFault.NotSealed, EntryId: var named } && named == entry.Id
        );
    }

    [Fact]
    public async Task What_is_emptied_after_the_erasure_of_a_person_is_named()
    {
        await _app.Sealed(2, Omar.Id);
        var key = Omar.Id.ToString(Invariant);
        await Add(AuditLog.Entry("account.erased", "user", key, Nasser.Id, _app.Now));
        await Empty(Omar.Id);
        // While the erasure waits for its seal, and when it has it.
        Assert.True((await _app.Verify()).IsWhole);
        await _app.Seal();
        Assert.True((await _app.Verify()).IsWhole);

        var later = AuditLog.Entry("user.edited", "user", key, Nasser.Id, _app.Now, about: new { phone = "1" });
        await Add(later);
        await _app.Seal();
        Assert.True((await _app.Verify()).IsWhole);
        await _app.Run(Emptying(later.Id));

        Assert.Equal(new Verdict(3, 0, AuditFault.PersonalEmptied, 4, later.Id), await _app.Verify());
    }

    [Fact]
    public async Task A_seal_that_the_role_adds_itself_is_named()
    {
        var entries = await _app.Sealed(2);
        await Add(AuditLog.Entry("test.first", "test", "1", Sara.Id, _app.Now));
        await Add(AuditLog.Entry("test.second", "test", "2", Sara.Id, _app.Now));
        var waiting = await _app.Db(db => db.AuditPending.OrderBy(p => p.EntryId).Select(p => p.EntryId).ToListAsync());
        // Swapped: the second one before the first.
        await _app.Db(async db =>
        {
            db.AuditSeals.Add(
                new()
                {
                    Sequence = entries.Count + 1,
                    EntryId = waiting[1],
                    Seal = new byte[32],
                    SealedAt = _app.Now,
                }
            );
            return await db.SaveChangesAsync();
        });

        Assert.Equal(new Verdict(2, 0, AuditFault.Changed, 3, waiting[1]), await _app.Verify());
    }

    [Fact]
    public async Task Entries_whose_time_does_not_fit_their_place_are_counted_and_named()
    {
        await _app.Sealed(2);
        var early = AuditLog.Entry("test.early", "test", "1", Sara.Id, _app.Now.AddMinutes(-11));
        await Add(early);
        await Add(AuditLog.Entry("test.future", "test", "2", Sara.Id, _app.Now.AddMinutes(11)));
        await _app.Seal();

        var verdict = await _app.Verify();
        Assert.Equal(new Verdict(4, 0, OddTimes: 2, FirstOdd: early.Id), verdict);
        Assert.True(verdict.IsWhole);
        Assert.Contains(
            $"time does not fit their place: 2. The first is entry {early.Id}",
            verdict.Describe(Words.For("en")),
            StringComparison.Ordinal
        );

        _app.Clock.Advance(TimeSpan.FromMinutes(30));
        await Add(AuditLog.Entry("test.left", "test", "3", Sara.Id, _app.Now));
        _app.Clock.Advance(TimeSpan.FromMinutes(61));
        await _app.Seal();
        Assert.Equal(3, (await _app.Verify()).OddTimes);
    }

    private static System.Globalization.CultureInfo Invariant => System.Globalization.CultureInfo.InvariantCulture;

    private async Task<(int Code, string Says)> Acknowledge(long id, string reason = "A test.", bool whole = false)
    {
        using var output = new StringWriter();
        var code = await AcknowledgeCommand.Handle([id], reason, _app.Services, output, CancellationToken.None);
        var says = output.ToString().Trim();
        return (code, whole ? says : string.Join(' ', says.Split(' ').Take(4)));
    }

    private static string Emptying(long id) =>
        $"UPDATE \"Audit\" SET \"Personal\" = NULL, \"Salt\" = NULL WHERE \"Id\" = {id}";

    private Task<int> Add(AuditEntry entry) =>
        _app.Db(db =>
        {
            db.Audit.Add(entry);
            return db.SaveChangesAsync();
        });

    private async Task<long> Forge(
        string action,
        string type,
        string key,
        DateTime at,
        byte[]? signature = null,
        string? data = null
    )
    {
        var when = DateTime.SpecifyKind(at, DateTimeKind.Utc);
        var nothing = Array.Empty<byte>();
        return await _app.Db(async db =>
        {
            FormattableString insert = $"""
                INSERT INTO "Audit"
                    ("At", "ActorId", "Action", "EntityType", "EntityKey", "Data", "Commitment", "Signature")
                VALUES ({when}, {Nasser.Id}, {action}, {type}, {key}, {data}, {nothing}, {signature})
                """;
            if (signature is null)
                insert = $"""
                    INSERT INTO "Audit" ("At", "ActorId", "Action", "EntityType", "EntityKey", "Data", "Commitment")
                    VALUES ({when}, {Nasser.Id}, {action}, {type}, {key}, NULL, {nothing})
                    """;
            await db.Database.ExecuteSqlInterpolatedAsync(insert);
            return await db.Audit.MaxAsync(e => e.Id);
        });
    }

    // As the app does it, but without an entry that says so.
    private Task<int> Empty(int person) =>
        _app.Db(async db =>
        {
            db.AuditErasures.Add(
                new()
                {
                    UserId = person,
                    At = _app.Now,
                    ById = Nasser.Id,
                }
            );
            await db.SaveChangesAsync();
            return await db
                .Audit.Where(e => e.ActorId == person)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(e => e.Personal, (string?)null).SetProperty(e => e.Salt, (byte[]?)null)
                );
        });
}
