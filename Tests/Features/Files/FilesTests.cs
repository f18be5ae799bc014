using System.Security.Cryptography;
using System.Text;
using MdcTts.Features.Files.Deleting;
using MdcTts.Features.Transactions;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Files;

public sealed class FilesTests(SharedApp app) : IClassFixture<SharedApp>
{
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes($"%PDF-1.7\n{Guid.NewGuid()}");

    [Fact]
    public async Task An_editor_adds_a_file_on_the_page_and_downloads_it()
    {
        var t = await app.Given.Transaction(by: Sara);
        var sara = app.SignedInAs(Sara);

        var answer = await sara.Upload($"/transactions/{t.Number}/attachments", "files", "مخطط الدور الأول.pdf", Pdf);

        var page = await sara.Follow(answer.Expect(303));
        Assert.Contains("1 file added.", page.Text);
        var link = page.Document.QuerySelector("#files .files a")!;
        Assert.Equal("مخطط الدور الأول.pdf", link.TextContent);
        Assert.Contains("Not scanned", page.Document.QuerySelector("#files .files")!.TextContent);
        Assert.Contains("added the file مخطط الدور الأول.pdf", page.Document.QuerySelector("#timeline")!.TextContent);
        var bytes = await sara.Page(link.GetAttribute("href")!);
        bytes.Expect(200);
        Assert.Contains("filename*=UTF-8''%D9%85", bytes.Header("Content-Disposition"));
        Assert.Equal("default-src 'none'; sandbox", bytes.Header("Content-Security-Policy"));
        Assert.Equal($"\"{Hash(Pdf)}\"", bytes.Header("ETag"));
        Assert.Equal(
            1,
            await app.Db(db => db.Audit.CountAsync(a => a.EntityKey == t.Number && a.Action == "file.downloaded"))
        );
    }

    [Fact]
    public async Task A_script_adds_reads_changes_deletes_and_takes_back()
    {
        var t = await app.Given.Transaction(by: Sara);
        var sara = app.Api(Sara);

        var made = await sara.Upload($"/transactions/{t.Number}/attachments", "files", "letter", Pdf);
        var id = made.Expect(201).Json.GetProperty("items")[0].GetProperty("id").GetString()!;
        var one = (await sara.Get($"/attachments/{id}")).Expect(200);
        Assert.Equal(
            ("letter.pdf", "application/pdf", "not_scanned"),
            (one["fileName"], one["contentType"], one["scan"])
        );

        (await sara.Patch($"/attachments/{id}", new { description = "Signed" })).Expect(428);
        (await sara.Patch($"/attachments/{id}", new { description = "Signed" }, version: 7)).Expect(412);
        (await sara.Patch($"/attachments/{id}", new { size = "1" }, version: 1)).Expect(400);
        (await sara.Patch($"/attachments/{id}", new { visibility = "world" }, version: 1)).Expect(422);
        var changed = await sara.Patch(
            $"/attachments/{id}",
            new
            {
                fileName = "الخطاب.exe",
                description = "Signed",
                visibility = "client",
            },
            version: 1
        );
        Assert.Equal(
            ("الخطاب.pdf", "Signed", "client"),
            (changed.Expect(200)["fileName"], changed["description"], changed["visibility"])
        );

        (await sara.Delete($"/attachments/{id}")).Expect(204);
        (await sara.Get($"/attachments/{id}")).Expect(404);
        (await sara.Get($"/attachments/{id}/content")).Expect(404);
        (await sara.Post($"/attachments/{id}/restore")).Expect(204);
        Assert.Single((await sara.Get($"/transactions/{t.Number}/attachments")).Expect(200).Items);
        Assert.Equal(
            [HistoryKind.FileAdded, HistoryKind.FileEdited, HistoryKind.FileDeleted, HistoryKind.FileRestored],
            (await app.Given.Reload(t.Number)).History.Skip(1).Select(h => h.Kind)
        );
    }

    [Fact]
    public async Task One_of_several_that_is_refused_does_not_take_the_others_along()
    {
        var t = await app.Given.Transaction(by: Sara);
        var number = t.Number;

        var answer = await Send(app.Api(Sara), number, ("plan.pdf", Pdf), ("run.exe", Program), ("plan.pdf", Pdf));

        Assert.Equal(207, answer.Status);
        var names = answer
            .Json.GetProperty("items")
            .EnumerateArray()
            .Select(i => i.GetProperty("fileName").GetString());
        Assert.Equal(["plan.pdf", "plan (2).pdf"], names);
        var refused = Assert.Single(answer.Json.GetProperty("refused").EnumerateArray());
        Assert.Equal(
            "Programs and scripts are not accepted.",
            refused.GetProperty("problem").GetProperty("title").GetString()
        );
        (await Send(app.Api(Sara), number, ("run.pdf", Program))).Expect(422);
        Assert.Equal(1, await app.Db(db => db.FileContents.CountAsync(c => c.Sha256 == Hash(Pdf))));
    }

    [Fact]
    public async Task Who_is_not_in_charge_adds_nothing_and_who_does_not_see_it_finds_nothing()
    {
        var t = await app.Given.Transaction(by: Sara, status: "submitted", client: Municipality);
        var made = await app.Api(Sara).Upload($"/transactions/{t.Number}/attachments", "files", "a.pdf", Pdf);
        var id = made.Expect(201).Json.GetProperty("items")[0].GetProperty("id").GetString()!;

        (await app.Api(Omar).Upload($"/transactions/{t.Number}/attachments", "files", "a.pdf", Pdf)).Expect(404);
        (await app.Api(Omar).Get($"/attachments/{id}/content")).Expect(404);
        (await app.Api(Huda, "read").Get($"/attachments/{id}")).Expect(404);
        (await app.Api(Huda).Upload($"/transactions/{t.Number}/attachments", "files", "a.pdf", Pdf)).Expect(403);
        Assert.Empty((await app.Api(Huda).Get($"/transactions/{t.Number}/attachments")).Expect(200).Items);
        Assert.Null((await app.SignedInAs(Huda).Page($"/transactions/{t.Number}")).Document.QuerySelector("#files"));
        (await app.AnonymousApi.Get($"/attachments/{id}/content")).Expect(401);
    }

    [Fact]
    public async Task A_part_of_a_file_is_sent_and_what_is_known_is_not_sent_again()
    {
        var t = await app.Given.Transaction(by: Sara);
        var sara = app.SignedInAs(Sara);
        var made = await app.Api(Sara).Upload($"/transactions/{t.Number}/attachments", "files", "a.pdf", Pdf);
        var id = made.Expect(201).Json.GetProperty("items")[0].GetProperty("id").GetString()!;

        var part = await sara.Send(
            new(HttpMethod.Get, $"/attachments/{id}/content") { Headers = { { "Range", "bytes=5-7" } } }
        );
        var known = await sara.Send(
            new(HttpMethod.Get, $"/attachments/{id}/content") { Headers = { { "If-None-Match", $"\"{Hash(Pdf)}\"" } } }
        );

        Assert.Equal("1.7", part.Expect(206).Text);
        known.Expect(304);
    }

    [Fact]
    public async Task Ten_at_once_do_not_go_past_the_limit_of_a_transaction()
    {
        var t = await app.Given.Transaction(by: Sara);
        await Send(app.Api(Sara), t.Number, [.. Enumerable.Range(0, 47).Select(i => ($"{i}.pdf", Pdf))]);
        await app.Db(async db =>
        {
            var content = await db.FileContents.SingleAsync(c => c.Sha256 == Hash(Pdf));
            db.Attachments.AddRange(
                Enumerable
                    .Range(0, 152)
                    .Select(i => new Attachment
                    {
                        TransactionId = t.Id,
                        FileName = $"more {i}.pdf",
                        Content = content,
                        UploadedById = Sara.Id,
                        UploadedAt = app.Now,
                    })
            );
            return await db.SaveChangesAsync();
        });

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Send(app.Api(Sara), t.Number, ($"last {i}.pdf", Pdf)))
        );

        Assert.Single(answers, a => a.Status == 201);
        Assert.Equal(200, await app.Db(db => db.Attachments.CountAsync(a => a.TransactionId == t.Id)));
    }

    [Fact]
    public async Task What_was_deleted_long_ago_goes_with_its_bytes_unless_another_has_them()
    {
        var t = await app.Given.Transaction(by: Sara);
        var own = Encoding.ASCII.GetBytes($"%PDF-1.7 own {Guid.NewGuid()}");
        var shared = Encoding.ASCII.GetBytes($"%PDF-1.7 shared {Guid.NewGuid()}");
        await Send(app.Api(Sara), t.Number, ("own.pdf", own), ("shared.pdf", shared), ("other.pdf", shared));
        await app.Db(db =>
            db.Attachments.Where(a => a.TransactionId == t.Id && a.FileName != "other.pdf")
                .ExecuteUpdateAsync(set => set.SetProperty(a => a.DeletedAt, app.Now.AddDays(-31)))
        );
        await app.Db(db =>
            db.FileContents.Where(c => c.Sha256 == Hash(own) || c.Sha256 == Hash(shared))
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.CreatedAt, app.Now.AddDays(-40)))
        );
        File.SetLastWriteTimeUtc(PathOf(own), app.Now.AddDays(-40));
        File.SetLastWriteTimeUtc(PathOf(shared), app.Now.AddDays(-40));

        await app.With<SweepFiles>(sweep => sweep.Handle(default));

        Assert.Equal(
            ["other.pdf"],
            await app.Db(db => db.Attachments.Where(a => a.TransactionId == t.Id).Select(a => a.FileName).ToListAsync())
        );
        Assert.False(File.Exists(PathOf(own)));
        Assert.True(File.Exists(PathOf(shared)));
    }

    [Fact]
    public async Task Bytes_that_are_missing_are_said_and_are_no_error_of_ours()
    {
        var t = await app.Given.Transaction(by: Sara);
        var bytes = Encoding.ASCII.GetBytes($"%PDF-1.7 {Guid.NewGuid()}");
        var made = await Send(app.Api(Sara), t.Number, ("gone.pdf", bytes));
        File.Delete(PathOf(bytes));

        var id = made.Expect(201).Json.GetProperty("items")[0].GetProperty("id").GetString();
        (await app.Api(Sara).Get($"/attachments/{id}/content")).Expect(503);
    }

    private static byte[] Program => [.. "MZ"u8, 0x90, 0, 3, 0, 0, 0];

    private string PathOf(byte[] bytes) => Path.Combine(app.DataDir, "files", Hash(bytes)[..2], Hash(bytes));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static Task<ApiAnswer> Send(ApiClient api, string number, params (string Name, byte[] Bytes)[] files) =>
        api.UploadMany($"/transactions/{number}/attachments", "files", files);
}
