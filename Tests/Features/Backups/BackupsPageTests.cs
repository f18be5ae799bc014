using MdcTts.Features.Backups.Drilling;
using MdcTts.Features.Backups.Making;
using MdcTts.Features.Backups.Storing;
using MdcTts.Features.Backups.Verifying;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Backups;

public sealed class BackupsPageTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task An_admin_asks_for_a_backup_a_verification_and_a_drill_and_sees_what_became_of_them()
    {
        var nasser = app.SignedInAs(Nasser);
        var empty = (await nasser.Page("/backups")).Expect(200);
        Assert.Contains("No verified backup", empty.TextOf("#backups .say.bad"), StringComparison.Ordinal);
        Assert.True(empty.Has("nav .n.warn"));

        Assert.Equal("/backups", (await nasser.Submit("/backups")).Expect(303).Location);
        (await nasser.Submit("/backups")).Expect(303);
        Assert.Equal(
            1,
            await app.Db(db => db.JobRuns.CountAsync(r => r.Job == nameof(BackupJob) && r.FinishedAt == null))
        );
        Assert.Equal(
            1,
            await app.Db(db => db.Audit.CountAsync(e => e.Action == "backup.asked" && e.ActorId == Nasser.Id))
        );
        var waiting = (await nasser.Fragment("/backups")).Expect(200);
        Assert.Equal("/backups", waiting.Attribute("#backups", "hx-get"));

        await Run<BackupJob>(nameof(BackupJob));
        var page = (await nasser.Page("/backups")).Expect(200);
        Assert.False(page.Has("#backups .say.bad"));
        Assert.False(page.Has("nav .n.warn"));
        Assert.Null(page.Attribute("#backups", "hx-get"));
        Assert.Contains("Verified", page.TextOf("#backups tbody tr"), StringComparison.Ordinal);

        var name = Store.Newest()!;
        var blob = Directory
            .EnumerateFiles(Path.Combine(app.DataDir, "backups", "blobs"), "*", SearchOption.AllDirectories)
            .First();
        var bytes = await File.ReadAllBytesAsync(blob);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(blob, bytes);
        (await nasser.Submit("/backups/verification", new { name })).Expect(303);
        await Assert.ThrowsAsync<BackupException>(() => Run<VerifyBackupsJob>(nameof(VerifyBackupsJob)));
        var arabic = (await nasser.In("ar").Page("/backups")).Expect(200);
        Assert.Contains("تالفة", arabic.TextOf("#backups tbody tr"), StringComparison.Ordinal);
        Assert.True(arabic.Has("#backups .say.bad"));

        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(blob, bytes);
        (await nasser.Submit("/backups/drill")).Expect(303);
        await Run<DrillJob>(nameof(DrillJob));
        Assert.Contains(
            "matched the backup in every table",
            (await nasser.In("en").Page("/backups")).Expect(200).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_good_backup_that_grows_old_is_warned_about()
    {
        await app.With<Backups, Manifest>(b => b.Make(null, null, CancellationToken.None));
        app.Clock.Advance(TimeSpan.FromHours(25));
        var nasser = app.SignedInAs(Nasser);
        Assert.False((await nasser.Page("/backups")).Expect(200).Has("#backups > .say.bad"));
        app.Clock.Advance(TimeSpan.FromHours(2));
        Assert.True((await app.SignedInAs(Nasser).Page("/backups")).Expect(200).Has("#backups > .say.bad"));
    }

    [Theory]
    [InlineData("mdc-20010101T000000Z")]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    public async Task What_is_no_backup_is_not_verified(string name) =>
        (await app.SignedInAs(Nasser).Submit("/backups/verification", new { name })).Expect(404);

    [Fact]
    public async Task It_is_for_admins()
    {
        (await app.SignedInAs(Sara).Page("/backups")).Expect(403);
        (await app.SignedInAs(Sara).Submit("/backups")).Expect(403);
    }

    [Fact]
    public async Task Settings_are_written_to_a_file_when_they_change()
    {
        await app.Given.Settings(("company_name_ar", "شركة التصدير"));
        await app.With<ExportSettings>(settings => settings.Handle(CancellationToken.None));
        Assert.Contains(
            Directory.EnumerateFiles(Path.Combine(app.DataDir, "settings")),
            f => File.ReadAllText(f).Contains("\"company_name_ar\": \"شركة التصدير\"", StringComparison.Ordinal)
        );
    }

    private BackupStore Store => new(Path.Combine(app.DataDir, "backups"));

    // As the runner would, which tests leave out.
    private async Task Run<TJob>(string name)
        where TJob : Coravel.Invocable.IInvocable
    {
        await app.Db(db =>
            db.JobRuns.Where(r => r.Job == name && r.FinishedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(r => r.FinishedAt, app.Now))
        );
        await app.With<TJob>(job => job.Invoke());
    }
}
