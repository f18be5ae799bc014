using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Exports;

[Trait("runs", "once")]
public sealed class ListPrinterTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task A_list_is_printed_with_head_filter_both_calendars_and_page_numbers()
    {
        var tag = await Long();

        var answer = (await app.SignedInAs(Nasser).Page($"/transactions/export?format=pdf&q={tag}&sort=title")).Expect(
            200
        );

        Assert.Equal("application/pdf", answer.Header("Content-Type"));
        Assert.Contains("transactions-2026-11-22.pdf", answer.Header("Content-Disposition"), StringComparison.Ordinal);
        var pages = (await PdfText.Of(answer.Bytes)).TrimEnd('\f').Split('\f');
        Assert.True(pages.Length > 1);
        for (var i = 0; i < pages.Length; i++)
        {
            Assert.Contains("Reference", pages[i], StringComparison.Ordinal);
            Assert.Contains($"{i + 1}/{pages.Length}", pages[i].Replace(" ", ""), StringComparison.Ordinal);
        }

        var text = string.Concat(pages);
        foreach (
            var shown in new[] { "40 transactions", tag, "Internal copy", "1 Dec 2026", "21 Jumada II 1448", "Sara" }
        )
            Assert.Contains(shown, text, StringComparison.Ordinal);
        Assert.Equal(40, text.Split($"{tag} no").Length - 1);
        Assert.Equal(
            1,
            await app.Db(db =>
                db.Audit.CountAsync(a =>
                    a.Action == "transactions.exported" && a.ActorId == Nasser.Id && a.Data!.Contains(tag)
                )
            )
        );
    }

    [Fact]
    public async Task A_clients_list_names_no_staff()
    {
        var tag = await Long();

        var text = await PdfText.Of(
            (await app.SignedInAs(Huda).Page($"/transactions/export?format=pdf&q={tag}")).Expect(200).Bytes
        );

        Assert.Contains(tag, text, StringComparison.Ordinal);
        foreach (var hidden in new[] { "Sara", "Internal", "Assignee" })
            Assert.DoesNotContain(hidden, text, StringComparison.Ordinal);
    }

    private async Task<string> Long()
    {
        var tag = "p" + Guid.NewGuid().ToString("N")[..8];
        await app.Given.Transactions(40, i => $"{tag} no {i}", status: "submitted", due: new(2026, 12, 1));
        return tag;
    }
}
