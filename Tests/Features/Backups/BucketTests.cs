using System.Diagnostics;
using MdcTts.Features.Backups.Storing;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MdcTts.Features.Backups;

[Trait("runs", "once")]
public sealed class BucketTests(BucketTests.StoredApp app) : IClassFixture<BucketTests.StoredApp>
{
    [Fact]
    public async Task A_backup_is_uploaded_compared_fetched_elsewhere_and_pruned_here_and_there()
    {
        Directory.CreateDirectory(Path.Combine(app.DataDir, "mail"));
        // Larger than one part of an upload.
        await File.WriteAllBytesAsync(
            Path.Combine(app.DataDir, "mail", "1.eml"),
            System.Security.Cryptography.RandomNumberGenerator.GetBytes(17 * 1024 * 1024)
        );
        var first = await Make();
        Assert.Equal($"s3://backups-of-mdc/backups/{first.Name}.json", Store.Status(first.Name)!.Uploaded);

        await using (
            var target = await RestoreTarget.Make([
                .. app.Bucket,
                ("BACKUP_DIR", Path.Combine(app.DataDir, "elsewhere")),
            ])
        )
        {
            await target.Restore(first.Name, target.Backups.Store);
            Assert.Equal(first.Tables, await target.Tables.Marks(CancellationToken.None));
            Assert.Equal(17 * 1024 * 1024, new FileInfo(Path.Combine(target.Settings.DataDir, "mail", "1.eml")).Length);
        }

        Directory.Delete(Path.Combine(app.DataDir, "elsewhere"), recursive: true);
        File.Delete(Path.Combine(app.DataDir, "mail", "1.eml"));
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromDays(20));
            await Make();
        }

        using var bucket = new BucketStore(app.Services.GetRequiredService<AppSettings>().Backups.Bucket!);
        Assert.Equal(Store.Names().Order(), (await bucket.Names(CancellationToken.None)).Order());
        Assert.DoesNotContain(first.Name, Store.Names());
        Assert.False(File.Exists(Store.BlobPath(first.Files.Single(f => f.Path == "mail/1.eml").Blob.Name)));
        Assert.Equal(3, Store.Names().Count);
    }

    [Fact]
    public async Task What_comes_back_changed_is_not_called_uploaded()
    {
        await app.Tell("corrupt");
        var refused = await Assert.ThrowsAsync<BackupException>(Make);
        await app.Tell("honest");

        Assert.Equal("backups.fault.upload", refused.Fault.Key);
        var status = Store.Status(Store.Newest()!)!;
        Assert.True(status.IsGood);
        Assert.Null(status.Uploaded);
        Assert.NotNull(Store.LastFailure());
        using var bucket = new BucketStore(app.Services.GetRequiredService<AppSettings>().Backups.Bucket!);
        Assert.DoesNotContain(Store.Newest()!, await bucket.Names(CancellationToken.None));
        await Make();
        Assert.Null(Store.LastFailure());
    }

    private BackupStore Store => new(Path.Combine(app.DataDir, "backups"));

    private Task<Manifest> Make() => app.With<Backups, Manifest>(b => b.Make(null, null, CancellationToken.None));

    /// <summary>Beside a store of its own that speaks S3.</summary>
    public sealed class StoredApp : App
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("mdc-s3-").FullName;
        private Process _server = null!;
        private string _address = "";

        public (string, string)[] Bucket =>
            [
                ("AWS_STORAGE_BUCKET_NAME", "backups-of-mdc"),
                ("AWS_ACCESS_KEY_ID", "S3RVER"),
                ("AWS_SECRET_ACCESS_KEY", "S3RVER"),
                ("AWS_S3_ENDPOINT_URL", _address),
            ];

        protected override IEnumerable<(string Name, string Value)> Settings => Bucket;

        public override async Task InitializeAsync()
        {
            _server = Process.Start(
                new ProcessStartInfo("node", [Repository.Path("Tests/Tools/s3-server.mjs"), _folder, "backups-of-mdc"])
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    UseShellExecute = false,
                }
            )!;
            _address =
                await _server.StandardOutput.ReadLineAsync()
                ?? throw new InvalidOperationException("The store did not start; see the output above.");
            await base.InitializeAsync();
        }

        public async Task Tell(string what)
        {
            await _server.StandardInput.WriteLineAsync(what);
            await _server.StandardOutput.ReadLineAsync();
        }

        protected override void Dispose(bool disposing)
        {
            // Its input ends, and it with it.
            if (disposing && _server is { HasExited: false })
            {
                _server.StandardInput.Close();
                if (!_server.WaitForExit(5000))
                    _server.Kill();
                Directory.Delete(_folder, recursive: true);
            }

            base.Dispose(disposing);
        }
    }
}
