using System.Collections.Concurrent;
using System.Security.Cryptography;
using MdcTts.Features.Audit;
using MdcTts.Features.Backups.Storing;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Backups;

public sealed class RestoreBackupTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task A_backup_made_under_load_brings_back_one_moment_whole_and_everybody_gets_in()
    {
        var secret = await SetUpSecondFactor(Lina);
        var token = app.NewToken(Sara);
        var shown = await app.Given.Transaction("Before the backup", status: "submitted");
        await app.Given.Settings(("company_name_en", "Firm of the backup"));
        await Write("mail/7.eml", 200_000);
        await Write("imports/" + new string('a', 32), 70_000);
        await Write("files/ab/سند.pdf", 5);
        await Write("secret.key", 40);

        var acknowledged = new ConcurrentBag<string>();
        using var enough = new CancellationTokenSource();
        var writers = Enumerable
            .Range(0, 3)
            .Select(i => Task.Run(() => KeepWriting(i, acknowledged, enough.Token)))
            .ToList();
        await Wait.Until(() => acknowledged.Count >= 6, writers);
        var manifest = await Make();
        var until = acknowledged.Count;
        await Wait.Until(() => acknowledged.Count > until, writers);
        await enough.CancelAsync();
        await Task.WhenAll(writers);

        await using var target = await RestoreTarget.Make();
        await target.Restore(manifest.Name, Store);

        // The snapshot is one moment: of no transaction a part only.
        Assert.Equal(manifest.Tables, await target.Tables.Marks(CancellationToken.None));
        // Each writer may have one whose answer was still on its way.
        Assert.InRange(manifest.Tables["Transactions"].Rows, 7, 1 + until + writers.Count);
        Assert.Equal(
            manifest.Tables["Transactions"].Rows - 1,
            await target.Db(db => db.Audit.LongCountAsync(e => e.Action == "transaction.created"))
        );
        Assert.Equal(
            [
                "files/ab/سند.pdf",
                "imports/" + new string('a', 32),
                "mail/7.eml",
                .. manifest.Files.Select(f => f.Path).Where(p => p.StartsWith("settings/", StringComparison.Ordinal)),
            ],
            manifest.Files.Select(f => f.Path)
        );
        Assert.Single(manifest.Files, f => f.Path.StartsWith("settings/", StringComparison.Ordinal));
        foreach (var file in manifest.Files)
            Assert.Equal(
                file.Blob.Sha256,
                Convert.ToHexStringLower(
                    SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(target.Settings.DataDir, file.Path)))
                )
            );
        Assert.False(File.Exists(Path.Combine(target.Settings.DataDir, "secret.key")));

        await target.Close();
        await using var restored = new App { On = target.Database };
        await restored.InitializeAsync();
        restored.Clock.Advance(TimeSpan.FromMinutes(2));
        (await restored.Anonymous.Submit("/signin", new { email = Sara.Email, password = Password })).Expect(303);
        Assert.Equal(
            "second-factor-required",
            (await restored.AnonymousApi.Post("/auth/login", new { email = Lina.Email, password = Password }))
                .Expect(401)
                .Problem
        );
        (
            await restored.AnonymousApi.Post(
                "/auth/login",
                new
                {
                    email = Lina.Email,
                    password = Password,
                    code = Authenticator.Code(secret, restored.Now),
                }
            )
        ).Expect(200);
        using var http = new HttpClient { BaseAddress = restored.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        Assert.Contains(
            "Before the backup",
            await http.GetStringAsync("/api/v1/transactions/" + shown.Number),
            StringComparison.Ordinal
        );
        (await restored.Anonymous.Page("/t/" + shown.TrackingToken)).Expect(200);
        Assert.Contains(
            "Firm of the backup",
            (await restored.Anonymous.Page("/signin")).Text,
            StringComparison.Ordinal
        );
        await restored.Sealed(1);
        Assert.True((await restored.Verify()).IsWhole);
        Check.None(restored.Errors);
    }

    [Theory]
    [InlineData("byte of the database", "Changed since it was saved: database")]
    [InlineData("byte of a file", "Changed since it was saved: mail/1.eml")]
    [InlineData("byte of the manifest", "The manifest of")]
    [InlineData("missing", "Missing: mail/1.eml")]
    [InlineData("shorter", "Size differs from the saved one: mail/1.eml")]
    [InlineData("key", "another SECRET_KEY")]
    [InlineData("newer", "is from a newer version (schema 29991231235959_Tomorrow)")]
    [InlineData("other engine", "the target is")]
    public async Task What_is_not_right_is_refused_with_the_reason_and_nothing_is_touched(string what, string reason)
    {
        await Write("mail/1.eml", 3000);
        var made = await Make();
        var store = await Copy(made);
        var seals = app.Services.GetRequiredService<ManifestSeal>();
        var file = store.BlobPath(made.Files.Single(f => f.Path == "mail/1.eml").Blob.Name);
        switch (what)
        {
            case "byte of the database":
                await Flip(store.BlobPath(made.Database.Name));
                break;
            case "byte of a file":
                await Flip(file);
                break;
            case "byte of the manifest":
                await Flip(store.ManifestPath(made.Name));
                break;
            case "missing":
                File.Delete(file);
                break;
            case "shorter":
                await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file))[..^1]);
                break;
            case "newer":
                store.Keep(made.Name, seals.Write(made with { Schema = "29991231235959_Tomorrow" }));
                break;
            case "other engine":
                store.Keep(made.Name, seals.Write(made with { Engine = "oracle" }));
                break;
        }

        await using var target =
            what == "key"
                ? await RestoreTarget.Make(("SECRET_KEY", "another secret of forty bytes, for tests!"))
                : await RestoreTarget.Make();
        var before = target.Everything;
        var refused = await Assert.ThrowsAsync<BackupException>(() => target.Restore(made.Name, store));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.True(await target.Tables.IsEmpty(CancellationToken.None));
        Assert.Equal(before, target.Everything);
        Directory.Delete(store.Folder, recursive: true);
    }

    [Fact]
    public async Task A_backup_of_before_a_new_key_is_restored_with_the_key_of_then()
    {
        var made = await Make();
        await using var target = await RestoreTarget.Make(
            ("SECRET_KEY", "another secret of forty bytes, for tests!"),
            ("SECRET_KEY_PREVIOUS", "one between the two which made nothing at all\n" + App.SecretKey)
        );

        await target.Restore(made.Name, Store);

        Assert.Equal(made.Tables, await target.Tables.Marks(CancellationToken.None));
    }

    [Fact]
    public async Task What_is_there_is_replaced_only_by_force_and_after_a_safety_backup()
    {
        await Write("mail/1.eml", 3000);
        var first = await Make();
        await using var target = await RestoreTarget.Make();
        await target.Restore(first.Name, Store);
        await app.Given.Transaction("Only in the second");
        var second = await Make();

        var refused = await Assert.ThrowsAsync<BackupException>(() => target.Restore(second.Name, Store));
        Assert.Contains("not empty", refused.Message, StringComparison.Ordinal);
        Assert.Equal(first.Tables, await target.Tables.Marks(CancellationToken.None));

        await File.WriteAllTextAsync(Path.Combine(target.Settings.DataDir, "mail", "99.eml"), "Came later");
        var done = await target.Restore(second.Name, Store, force: true);
        Assert.Equal(second.Tables, await target.Tables.Marks(CancellationToken.None));
        Assert.False(File.Exists(Path.Combine(target.Settings.DataDir, "mail", "99.eml")));
        Assert.True(File.Exists(Path.Combine(target.Settings.DataDir, "mail", "1.eml")));

        // And back again, out of the safety backup; each time the command is a process of its own.
        Npgsql.NpgsqlConnection.ClearAllPools();
        await target.Restore(done.Safety!, target.Backups.Store, force: true);
        Assert.Equal(first.Tables["Transactions"], (await target.Tables.Marks(CancellationToken.None))["Transactions"]);
        Assert.Equal(
            "Came later",
            await File.ReadAllTextAsync(Path.Combine(target.Settings.DataDir, "mail", "99.eml"))
        );
    }

    [Fact]
    public async Task A_database_that_is_in_use_is_not_replaced()
    {
        var made = await Make();
        await using var target = await RestoreTarget.Make();
        await target.Restore(made.Name, Store);
        await target.Close();
        await using var running = new App { On = target.Database };
        await running.InitializeAsync();
        await running.Given.Transaction("Written by the running app");

        await using var other = await RestoreTarget.Make(
            target.Database.Url is { } url ? ("DATABASE_URL", url) : ("DATA_DIR", target.Settings.DataDir)
        );
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => other.Restore(made.Name, Store, force: true));

        Assert.Contains(
            TestDatabase.IsPostgres ? "in use by other connections" : "in use by another process",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.True(await running.Db(db => db.Transactions.AnyAsync(t => t.Title == "Written by the running app")));
    }

    [Fact]
    public async Task An_encrypted_backup_needs_its_passphrase_and_stores_what_stays_the_same_once()
    {
        await Write("mail/1.eml", 150_000);
        var folder = Directory.CreateTempSubdirectory("mdc-backups-").FullName;
        (string, string)[] settings = [("BACKUP_DIR", folder), ("BACKUP_PASSPHRASE", "correct horse battery")];
        await using var source = await RestoreTarget.Make(settings);
        await source.Restore((await Make()).Name, Store);
        var (first, second) = (
            await source.Backups.Make(null, null, CancellationToken.None),
            await source.Backups.Make(null, null, CancellationToken.None)
        );
        var store = source.Backups.Store;

        Assert.True(first.IsEncrypted);
        Assert.Equal(first.Files, second.Files);
        Assert.Equal(first.Name, second.Previous);
        Assert.All(first.Blobs, b => Assert.StartsWith("MDCB", File.ReadAllText(store.BlobPath(b.Name))));
        await using (var target = await RestoreTarget.Make(settings))
            Assert.Equal(second.Tables, (await target.Restore(second.Name, store)).Manifest.Tables);
        foreach (
            var (passphrase, reason) in new[]
            {
                ("correct horse batterie", "BACKUP_PASSPHRASE is not the passphrase"),
                ("", "encrypted: set BACKUP_PASSPHRASE"),
            }
        )
        {
            await using var target = await RestoreTarget.Make(
                ("BACKUP_DIR", folder),
                ("BACKUP_PASSPHRASE", passphrase)
            );
            Assert.Contains(
                reason,
                (await Assert.ThrowsAsync<BackupException>(() => target.Restore(second.Name, store))).Message,
                StringComparison.Ordinal
            );
            Assert.True(await target.Tables.IsEmpty(CancellationToken.None));
            // It is the operator who was wrong, not the backup.
            await Assert.ThrowsAsync<BackupException>(() =>
                target.Backups.Verify(null, second.Name, null, CancellationToken.None)
            );
        }

        Assert.True(store.Status(second.Name)!.IsGood);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_drill_restores_beside_compares_and_remembers()
    {
        await Write("mail/1.eml", 3000);
        var made = await Make();
        var right = await app.With<Backups, Drill>(b => b.Drill(null, CancellationToken.None));
        Assert.Equal((made.Name, null), (right.Name, right.Fault));
        Assert.Equal(right, Store.LastDrill());
        Assert.True(
            await app.Db(db => db.Audit.AnyAsync(e => e.Action == "backup.drilled" && e.EntityKey == made.Name))
        );

        // The saved database is read, not only hashed: one that says other rows than the manifest does not pass.
        var seals = app.Services.GetRequiredService<ManifestSeal>();
        Store.Keep(
            made.Name,
            seals.Write(
                made with
                {
                    Tables = made.Tables.ToDictionary(
                        t => t.Key,
                        t => t.Key == "Clients" ? t.Value with { Rows = t.Value.Rows + 1 } : t.Value
                    ),
                }
            )
        );
        var wrong = await app.With<Backups, Drill>(b => b.Drill(null, CancellationToken.None));
        Assert.Contains("Clients", wrong.Fault!.In(Infrastructure.Ui.Words.For("en")), StringComparison.Ordinal);
        Store.Delete(made.Name);
        if (TestDatabase.IsPostgres)
            Assert.Equal(
                0,
                await app.Db(db =>
                    db.Database.SqlQueryRaw<int>(
                            "SELECT count(*)::int AS \"Value\" FROM pg_database WHERE datname LIKE 'mdc_drill_%'"
                        )
                        .SingleAsync()
                )
            );
    }

    [Fact]
    public async Task A_damaged_blob_is_named_by_the_verification_and_mended_by_the_next_backup()
    {
        await Write("mail/3.eml", 3000);
        var made = await Make();
        await Flip(Store.BlobPath(made.Files.Single(f => f.Path == "mail/3.eml").Blob.Name));
        var wrong = await Assert.ThrowsAsync<BackupException>(() =>
            app.With<Backups, Manifest>(b => b.Verify(null, made.Name, null, CancellationToken.None))
        );
        Assert.Equal("Changed since it was saved: mail/3.eml", wrong.Message);
        Assert.False(Store.Status(made.Name)!.IsGood);

        await Make();
        await app.With<Backups, Manifest>(b => b.Verify(null, made.Name, null, CancellationToken.None));
        Assert.True(Store.Status(made.Name)!.IsGood);
    }

    private BackupStore Store => new(Path.Combine(app.DataDir, "backups"));

    private Task<Manifest> Make() => app.With<Backups, Manifest>(b => b.Make(null, null, CancellationToken.None));

    private async Task Write(string path, int length)
    {
        var full = Path.Combine(app.DataDir, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        await File.WriteAllBytesAsync(full, RandomNumberGenerator.GetBytes(length));
    }

    private static async Task Flip(string path)
    {
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
    }

    private async Task<BackupStore> Copy(Manifest manifest)
    {
        var copy = new BackupStore(Directory.CreateTempSubdirectory("mdc-backups-").FullName);
        foreach (var blob in manifest.Blobs)
        {
            BackupStore.MakeFolder(Path.GetDirectoryName(copy.BlobPath(blob.Name))!);
            File.Copy(Store.BlobPath(blob.Name), copy.BlobPath(blob.Name));
        }

        copy.Keep(manifest.Name, await File.ReadAllBytesAsync(Store.ManifestPath(manifest.Name)));
        return copy;
    }

    private async Task KeepWriting(int writer, ConcurrentBag<string> acknowledged, CancellationToken enough)
    {
        using var api = app.Api(Sara);
        for (var i = 0; !enough.IsCancellationRequested; i++)
        {
            var answer = await api.Post(
                "/transactions",
                new
                {
                    title = $"Under load {writer} {i}",
                    client = Municipality.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    type = "submission",
                }
            );
            acknowledged.Add(answer.Expect(201)["number"]!);
        }
    }

    private async Task<byte[]> SetUpSecondFactor(Person person)
    {
        var visitor = app.SignedInAs(person);
        var page = (await visitor.Page("/account/security/authenticator")).Expect(200);
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var bits = string.Concat(
            page.TextOf("#secret")
                .Where(char.IsLetterOrDigit)
                .Select(c => Convert.ToString(alphabet.IndexOf(c), 2).PadLeft(5, '0'))
        );
        byte[] secret =
        [
            .. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2)),
        ];
        (await visitor.Submit(page, "form.sec", new { code = Authenticator.Code(secret, app.Now) })).Expect(200);
        return secret;
    }
}
