using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MdcTts.Features.Files.Scanning;
using MdcTts.Features.Outbox;
using MdcTts.Features.Outbox.Writing;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Files;

/// <summary>With a scanner that answers as it is told.</summary>
public sealed class ScanFileTests(ScanFileTests.ScannedApp app) : IClassFixture<ScanFileTests.ScannedApp>
{
    [Fact]
    public async Task What_the_scanner_finds_clean_is_handed_out()
    {
        var (id, api) = await Upload("clean");
        // Until then only admins may have it.
        (await api.Get($"/attachments/{id}/content")).Expect(409);
        (await app.Api(Nasser).Get($"/attachments/{id}/content")).Expect(200);

        await Scan(id, "stream: OK");

        Assert.Equal("clean", (await api.Get($"/attachments/{id}")).Expect(200)["scan"]);
        (await api.Get($"/attachments/{id}/content")).Expect(200);
    }

    [Fact]
    public async Task What_is_infected_nobody_gets_and_it_is_said()
    {
        var (id, api) = await Upload("eicar");

        await Scan(id, "stream: Eicar-Signature FOUND");

        var file = (await api.Get($"/attachments/{id}")).Expect(200);
        Assert.Equal(("infected", "Eicar-Signature"), (file["scan"], file["scanFinding"]));
        (await app.Api(Nasser).Get($"/attachments/{id}/content")).Expect(409);
        Assert.True(
            await app.Db(db =>
                db.Audit.AnyAsync(a => a.Action == "transaction.file_scanned" && a.Data!.Contains("Eicar"))
            )
        );
    }

    [Fact]
    public async Task Admins_and_who_uploaded_it_are_told_of_an_infected_file()
    {
        var (id, _) = await Upload("eicar");

        await Scan(id, "stream: Eicar-Signature FOUND");

        var mails = await app.Db(db =>
            db.Outbox.Where(m => m.Event == "file.infected" && m.Args == $"[\"{id}\"]")
                .OrderBy(m => m.RecipientId)
                .ToListAsync()
        );
        Assert.Equal([Nasser.Id, Sara.Id], mails.Select(m => m.RecipientId));
        var mail = await app.With<WriteMail, Mail>(write => write.Handle(mails[1], CancellationToken.None));
        Assert.Equal("An uploaded file is infected", mail.Message!.Subject);
        Assert.Contains("Eicar-Signature", mail.Message.TextBody);
    }

    [Theory]
    [InlineData("INSTREAM size limit exceeded. ERROR")]
    [InlineData("nonsense")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_scanner_that_does_not_say_leaves_the_file_waiting(string? answer)
    {
        var (id, api) = await Upload("unknown");

        await Scan(id, answer);

        Assert.Equal("pending", (await api.Get($"/attachments/{id}")).Expect(200)["scan"]);
        Assert.Equal(
            app.Now.AddMinutes(1),
            await app.Db(db => db.Attachments.Where(a => a.Id == id).Select(a => a.Content.ScanAfter).SingleAsync())
        );
    }

    private async Task<(int Id, ApiClient Api)> Upload(string about)
    {
        var t = await app.Given.Transaction(by: Sara);
        var bytes = Encoding.ASCII.GetBytes($"%PDF-1.7 {about} {Guid.NewGuid()}");
        var api = app.Api(Sara);
        var made = await api.Upload($"/transactions/{t.Number}/attachments", "files", "a.pdf", bytes);
        var item = made.Expect(201).Json.GetProperty("items")[0];
        Assert.Equal("pending", item.GetProperty("scan").GetString());
        return (int.Parse(item.GetProperty("id").GetString()!), api);
    }

    private async Task Scan(int id, string? answer)
    {
        var content = await app.Db(db => db.Attachments.Where(a => a.Id == id).Select(a => a.ContentId).SingleAsync());
        app.Answer = answer;
        await app.With<ScanFile>(scan => scan.Handle(content, default));
    }

    /// <summary>Speaks clamd's INSTREAM; without an answer it hangs up.</summary>
    public sealed class ScannedApp : App
    {
        private readonly TcpListener _clamd = new(IPAddress.Loopback, 0);

        public string? Answer { get; set; }

        protected override IEnumerable<(string Name, string Value)> Settings =>
            [("CLAMAV_HOST", $"127.0.0.1:{((IPEndPoint)_clamd.LocalEndpoint).Port}"), ("JOBS", "off")];

        public override Task InitializeAsync()
        {
            _clamd.Start();
            _ = Serve();
            return base.InitializeAsync();
        }

        private async Task Serve()
        {
            while (true)
            {
                using var client = await _clamd.AcceptTcpClientAsync();
                if (Answer is not { } answer)
                    continue;
                var line = client.GetStream();
                var command = new byte["zINSTREAM\0".Length];
                await line.ReadExactlyAsync(command);
                var length = new byte[4];
                while (true)
                {
                    await line.ReadExactlyAsync(length);
                    var bytes = BinaryPrimitives.ReadInt32BigEndian(length);
                    if (bytes == 0)
                        break;
                    await line.ReadExactlyAsync(new byte[bytes]);
                }

                await line.WriteAsync(Encoding.ASCII.GetBytes(answer + "\0"));
            }
        }
    }
}
