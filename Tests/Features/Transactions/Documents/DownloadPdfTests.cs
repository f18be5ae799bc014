using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Documents;

[Trait("runs", "once")]
public sealed class DownloadPdfTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task A_client_downloads_the_public_part()
    {
        var t = await Talkative();

        var answer = (await app.SignedInAs(Huda).Page($"/transactions/{t.Number}/pdf")).Expect(200);

        Assert.Equal("application/pdf", answer.Header("Content-Type"));
        Assert.Equal(
            $"attachment; filename=\"RRM-4471-12 {t.Number}.pdf\"; filename*=UTF-8''RRM-4471-12%20{t.Number}.pdf",
            answer.Header("Content-Disposition")
        );
        var text = await PdfText.Of(answer.Bytes);
        foreach (
            var shown in new[]
            {
                "RRM-4471/12",
                t.Number,
                "Facade approval",
                "Riyadh Region Municipality",
                "Under review",
                "Sent to the authority",
                "50,000.00 SAR",
                "1 Dec 2026",
                "21 Jumada II 1448",
            }
        )
            Assert.Contains(shown, text, StringComparison.Ordinal);
        foreach (var hidden in new[] { "Internal", "for us only", "Sara Alharbi", "A comment", "secret", "Draft" })
            Assert.DoesNotContain(hidden, text, StringComparison.Ordinal);
        Assert.Equal(
            1,
            await app.Db(db =>
                db.Audit.CountAsync(a =>
                    a.Action == "transaction.downloaded" && a.EntityKey == t.Number && a.ActorId == Huda.Id
                )
            )
        );
    }

    [Fact]
    public async Task Who_asks_for_many_does_not_make_others_wait_for_all_of_them()
    {
        var t = await Talkative();
        var huda = app.SignedInAs(Huda);
        var many = Enumerable.Range(0, 6).Select(_ => huda.Page($"/transactions/{t.Number}/pdf")).ToList();

        (await app.SignedInAs(Sara).Page($"/transactions/{t.Number}/pdf")).Expect(200);

        Assert.True(many.Count(pdf => !pdf.IsCompleted) >= 3);
        await Task.WhenAll(many);
    }

    [Fact]
    public async Task Staff_get_the_whole_timeline_without_comments()
    {
        var t = await Talkative();

        var text = await PdfText.Of(
            (await app.SignedInAs(Sara).Page($"/transactions/{t.Number}/pdf")).Expect(200).Bytes
        );

        foreach (var shown in new[] { "Internal copy", "for us only", "Sara Alharbi", "secret note", "Created" })
            Assert.Contains(shown, text, StringComparison.Ordinal);
        Assert.DoesNotContain("A comment", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arabic_is_shaped_and_reads_from_the_right()
    {
        var t = await app.Given.Transaction(
            "طلب اعتماد واجهات برج العليا",
            status: "under_review",
            reference: "أ ر/4471",
            due: new DateOnly(2027, 5, 24),
            note: "أُرسلت إلى الأمانة"
        );

        var answer = (await app.SignedInAs(Huda).In("ar").Page($"/transactions/{t.Number}/pdf")).Expect(200);

        // As somebody copies it: no letters exchanged where the font joins several into one sign.
        var copied = await PdfText.Of(answer.Bytes);
        foreach (var word in new[] { "الاستحقاق", "للاستشارات", "الإجراءات", "الأولوية" })
            Assert.Contains(word, copied, StringComparison.Ordinal);
        var text = Infrastructure.Text.ArabicText.Fold(copied);
        foreach (var shown in new[] { "طلب اعتماد واجهات برج العليا", "قيد المراجعة", "بيان معامله", "مايو" })
            Assert.Contains(Infrastructure.Text.ArabicText.Fold(shown), text, StringComparison.Ordinal);
        Assert.Contains(
            "filename*=UTF-8''%D8%A3%20%D8%B1-4471",
            answer.Header("Content-Disposition"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Markup_in_what_people_wrote_stays_text()
    {
        var t = await app.Given.Transaction(
            "</style><script>alert(1)</script><img src=file:///etc/passwd>",
            status: "submitted",
            description: "<iframe src=\"file:///etc/hostname\"></iframe>"
        );

        var text = await PdfText.Of(
            (await app.SignedInAs(Sara).Page($"/transactions/{t.Number}/pdf")).Expect(200).Bytes
        );

        Assert.Contains(
            "<script>alert(1)</script>",
            text.ReplaceLineEndings("").Replace(" ", ""),
            StringComparison.Ordinal
        );
        Assert.Contains("<iframe", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_yours_is_not_found_and_nothing_is_left_behind()
    {
        var t = await app.Given.Transaction(status: "submitted");

        (await app.SignedInAs(Khalid).Page($"/transactions/{t.Number}/pdf")).Expect(404);
        (await app.SignedInAs(Omar).Page($"/transactions/{t.Number}/pdf")).Expect(404);
        (await app.SignedInAs(Nasser).Page("/transactions/TRX-2026-99999/pdf")).Expect(404);
        Assert.Equal(302, (await app.Anonymous.Page($"/transactions/{t.Number}/pdf")).Status);
    }

    private async Task<Transaction> Talkative()
    {
        var t = await app.Given.Transaction(
            "Facade approval",
            status: "submitted",
            reference: "RRM-4471/12",
            due: new DateOnly(2026, 12, 1),
            amount: 5_000_000,
            notes: "secret note",
            tags: ["tower"],
            authorities: [new("Balady", "B-99/1", new DateOnly(2026, 10, 1))]
        );
        await app.Db(async db =>
        {
            var held = await db.Transactions.SingleAsync(x => x.Id == t.Id);
            held.Move(
                Given.Workflow["under_review"],
                "Sent to the authority",
                NoteVisibility.Public,
                Nasser.Acting(),
                app.Now
            );
            held.Move(Given.Workflow["submitted"], "for us only", NoteVisibility.Internal, Nasser.Acting(), app.Now);
            held.Move(Given.Workflow["under_review"], null, NoteVisibility.Public, Nasser.Acting(), app.Now);
            held.Comment("A comment", [], Sara.Acting(), app.Now);
            return await db.SaveChangesAsync();
        });
        return t;
    }
}

public sealed class NoBrowserApp : App
{
    protected override IEnumerable<(string, string)> Settings => [("CHROMIUM_PATH", "/nowhere/chromium")];
}

public sealed class BrokenBrowserApp : App
{
    protected override IEnumerable<(string, string)> Settings => [("CHROMIUM_PATH", "/bin/false")];
}

public sealed class WithoutBrowserTests(NoBrowserApp none, BrokenBrowserApp broken)
    : IClassFixture<NoBrowserApp>,
        IClassFixture<BrokenBrowserApp>
{
    [Fact]
    public async Task Without_a_browser_the_page_says_what_is_missing()
    {
        var t = await none.Given.Transaction(status: "submitted");

        Assert.Contains(
            "CHROMIUM_PATH",
            (await none.SignedInAs(Sara).Page($"/transactions/{t.Number}/pdf")).Expect(503).Text,
            StringComparison.Ordinal
        );
        Assert.Equal(0, await none.Db(db => db.Audit.CountAsync(a => a.Action == "transaction.downloaded")));
    }

    [Fact]
    public async Task A_browser_that_prints_nothing_is_an_answer_too()
    {
        var t = await broken.Given.Transaction(status: "submitted");

        (await broken.SignedInAs(Sara).Page($"/transactions/{t.Number}/pdf")).Expect(503);
    }
}
