using MdcTts.Features.Transactions;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Tracking;

public sealed class TrackTransactionTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Theory]
    [InlineData("ص-4326/7", "ص–4326/7", true)]
    [InlineData("ص-4326/7", "ص - 4326/7", true)]
    [InlineData("ص-4326/7", "ص4326/7", true)]
    [InlineData("ص-4326/7", "ص-4326\\7", true)]
    [InlineData("ص-4326/7", "ص-٤٣٢٦/٧", true)]
    [InlineData("ص-4326/7", "4326/7-ص", true)]
    [InlineData("ع/ب-2026/001", "2026/001-ب/ع", true)]
    [InlineData("RRM-4471/12", "rrm 4471 12", true)]
    [InlineData("ص-4326/7", "ص-4326/8", false)]
    [InlineData("RRM-4471/12", "4471/12-RRM", false)]
    [InlineData("RRM-4471/12", "-/", false)]
    public async Task A_reference_is_known_however_its_signs_are_typed(string reference, string typed, bool isFound)
    {
        var t = await app.Given.Transaction(status: "submitted", reference: reference);

        var answer = await app.AnonymousApi.Get($"/tracking?number={t.Number}&reference={Uri.EscapeDataString(typed)}");

        Assert.Equal(isFound ? 200 : 404, answer.Status);
    }

    [Fact]
    public async Task The_page_shows_number_last_action_and_both_dates_and_nothing_else()
    {
        var t = await app.Given.Transaction(
            "Secret facade title",
            status: "under_review",
            reference: "RRM-SECRET/12",
            note: "The visit is expected this week.",
            notes: "Internal secret",
            description: "Description secret"
        );

        var page = (await app.Anonymous.Page($"/track?number={t.Number}&reference=RRM-SECRET/12")).Expect(200);

        Assert.Equal(t.Number, page.TextOf("h1"));
        Assert.Equal(
            ["Under review The visit is expected this week.", "22 Nov 2026 · 12 Jumada II 1448"],
            page.Select("dl.track dd")
        );
        Assert.Equal("2026-11-22", page.Attribute("dl.track time", "datetime"));
        foreach (
            var hidden in new[] { "Secret facade", "Internal secret", "Description secret", "Riyadh Region", "Sara" }
        )
            Assert.DoesNotContain(hidden, page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("RRM-SECRET", page.One("main").TextContent, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("no-store", page.Header("Cache-Control"));
        Assert.Equal("noindex, nofollow", page.Header("X-Robots-Tag"));
        Assert.Equal("no-referrer", page.Header("Referrer-Policy"));
        Assert.Null(page.Header("Set-Cookie"));
    }

    [Fact]
    public async Task Arabic_speaks_arabic_and_the_switch_keeps_the_answer()
    {
        var t = await app.Given.Transaction(status: "under_review", reference: "RRM-77/ا");

        var english = await app.Anonymous.Page(
            $"/track?number={t.Number}&reference={Uri.EscapeDataString("RRM-77/أ")}"
        );
        var arabic = (await app.Anonymous.Page(english.Attribute("header a", "href")!)).Expect(200);

        Assert.Equal("rtl", arabic.Attribute("html", "dir"));
        Assert.Equal(["قيد المراجعة", "22 نوفمبر 2026م · 12 جمادى الآخرة 1448هـ"], arabic.Select("dl.track dd"));
        Assert.StartsWith("mdc.language=ar", arabic.Header("Set-Cookie"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{0}", "rrm-4471/12")]
    [InlineData(" {0} ", " RRM-4471/12 ")]
    [InlineData("lower", "RRM-٤٤٧١/١٢")]
    [InlineData("arabic", "RRM-4471/12")]
    [InlineData("blanks", "‏RRM-4471/12‏")]
    public async Task Numbers_are_understood_as_people_type_them(string how, string reference)
    {
        var t = await app.Given.Transaction(status: "submitted", reference: "RRM-4471/12");
        var typed = how switch
        {
            "lower" => t.Number.ToLowerInvariant(),
            "arabic" => string.Concat(t.Number.Select(c => char.IsAsciiDigit(c) ? (char)('٠' + c - '0') : c)),
            "blanks" => t.Number.Replace('-', ' '),
            _ => string.Format(how, t.Number),
        };

        var answer = (
            await app.AnonymousApi.Get(
                $"/tracking?number={Uri.EscapeDataString(typed)}&reference={Uri.EscapeDataString(reference)}"
            )
        ).Expect(200);

        Assert.Equal(t.Number, answer["number"]);
    }

    [Fact]
    public async Task The_api_answers_exactly_the_contract()
    {
        var t = await app.Given.Transaction(status: "under_review", reference: "R-1", note: "Sent on");

        var byNumber = (await app.AnonymousApi.Get($"/tracking?number={t.Number}&reference=R-1")).Expect(200);
        var byToken = (await app.AnonymousApi.Get($"/tracking/{t.TrackingToken}")).Expect(200);

        Assert.Equal(
            $$"""{"number":"{{t.Number}}","lastAction":{"status":"under_review","name":"Under review","""
                + "\"note\":\"Sent on\"},\"updatedAt\":\"2026-11-22T09:30:00Z\"}",
            byNumber.Text
        );
        Assert.Equal(byNumber.Text, byToken.Text);
        Assert.Equal("noindex, nofollow", byNumber.Header("X-Robots-Tag"));
        Assert.Equal("no-store", byNumber.Header("Cache-Control"));
    }

    [Fact]
    public async Task Only_the_note_of_the_latest_move_shows_and_only_when_public()
    {
        var t = await app.Given.Transaction(status: "submitted", reference: "R-2", note: "Public once");
        await app.Db(async db =>
        {
            var held = await db.Transactions.SingleAsync(x => x.Id == t.Id);
            held.Move(
                Given.Workflow["under_review"],
                "Internal now",
                NoteVisibility.Internal,
                Nasser.Acting(),
                app.Now
            );
            held.Comment("A comment", [], Sara.Acting(), app.Now);
            return await db.SaveChangesAsync();
        });

        var answer = (await app.AnonymousApi.Get($"/tracking/{t.TrackingToken}")).Expect(200);

        Assert.Contains("\"note\":null", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "Internal now",
            (await app.Anonymous.Page($"/t/{t.TrackingToken}")).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Wrong_unknown_deleted_draft_and_malformed_are_one_answer()
    {
        var shown = await app.Given.Transaction(status: "submitted", reference: "KEY-1");
        var draft = await app.Given.Transaction(status: "draft", reference: "KEY-2");
        var deleted = await app.Given.Transaction(status: "submitted", reference: "KEY-3", deleted: true);
        string[] asked =
        [
            $"?number={shown.Number}&reference=WRONG",
            "?number=TRX-2026-99999&reference=KEY-1",
            $"?number={draft.Number}&reference=KEY-2",
            $"?number={deleted.Number}&reference=KEY-3",
            $"?number={shown.Number}",
            "?reference=KEY-1",
            $"?number={shown.Number}&reference=",
            "?number=%00&reference=%00",
            "?number=x&reference=y",
            "?number=%F0%9F&reference=a",
            $"?number={new string('9', 3000)}&reference={new string('a', 3000)}",
            $"?number={shown.Number}&number={shown.Number}&reference=KEY-1",
            "?number=TRX-2026-999999999999999999999&reference=a",
            $"?number={shown.Number}&reference=%D9%80",
            $"/{draft.TrackingToken}",
            $"/{deleted.TrackingToken}",
            "/unknown",
            $"/{new string('a', 500)}",
        ];
        var pages = new List<Answer>();
        var jsons = new List<ApiAnswer>();
        foreach (var one in asked)
        {
            pages.Add((await app.Anonymous.Page(one[0] == '/' ? "/t" + one : "/track" + one)).Expect(404));
            jsons.Add((await app.AnonymousApi.Get("/tracking" + one)).Expect(404));
        }

        Assert.All(pages, page => Assert.Equal(pages[0].Text, page.Text));
        Assert.All(jsons, json => Assert.Equal(jsons[0].Text, json.Text));
        Assert.All(pages, page => Assert.Equal(Told(pages[0].Headers), Told(page.Headers)));
        Assert.All(jsons, json => Assert.Equal(Told(jsons[0].Headers), Told(json.Headers)));
        // A pair is counted, with one statement more; a link is not.
        Assert.All(
            pages,
            page => Assert.Equal(page.Url.StartsWith("/track", StringComparison.Ordinal) ? 4 : 3, page.Statements.Count)
        );
        Assert.All(
            pages.Where(p => p.Url.StartsWith("/track", StringComparison.Ordinal)),
            page => Assert.Equal(pages[0].Statements, page.Statements)
        );
        Assert.Equal("tracking-missing", jsons[0].Problem);
        Assert.True(pages[0].Has("form input[name=reference]"));
        Assert.Equal("", pages[0].Attribute("input[name=number]", "value") ?? "");
    }

    [Theory]
    [InlineData(".")]
    [InlineData(")")]
    [InlineData("%3E")]
    [InlineData("%20")]
    [InlineData("%0A")]
    [InlineData("%E2%80%8E")]
    [InlineData("%D8%8C")]
    public async Task What_a_mail_puts_behind_the_link_does_no_harm(string behind)
    {
        var t = await app.Given.Transaction(status: "submitted");

        (await app.Anonymous.Page($"/t/{t.TrackingToken}{behind}")).Expect(200);
        (await app.AnonymousApi.Get($"/tracking/{t.TrackingToken}{behind}")).Expect(200);
        (await app.Anonymous.Page($"/t/{behind}{t.TrackingToken}")).Expect(404);
    }

    [Fact]
    public async Task Without_a_reference_number_only_the_link_finds_it()
    {
        var t = await app.Given.Transaction(status: "submitted", reference: "   ");
        await app.Db(db =>
            db.Transactions.Where(x => x.Id == t.Id)
                .ExecuteUpdateAsync(s => s.SetProperty(x => x.ReferenceNumber, (string?)null))
        );

        (await app.AnonymousApi.Get($"/tracking?number={t.Number}&reference=")).Expect(404);
        (await app.AnonymousApi.Get($"/tracking?number={t.Number}&reference=null")).Expect(404);
        (await app.AnonymousApi.Get($"/tracking/{t.TrackingToken}")).Expect(200);
    }

    [Fact]
    public async Task The_empty_form_is_a_page()
    {
        var page = (await app.Anonymous.Page("/track")).Expect(200);

        Assert.False(page.Has("[role=alert]"));
        Assert.Equal("get", page.Attribute("form", "method"));
        (await app.Anonymous.Page("/track?number=&reference=")).Expect(200);
    }

    // What differs between any two answers of a server, whatever they say.
    private static IReadOnlyList<string> Told(IReadOnlyDictionary<string, string> headers) =>
        [
            .. headers
                .Where(h => h.Key.ToUpperInvariant() is not ("DATE" or "RATELIMIT-REMAINING" or "X-REQUEST-ID"))
                .Select(h => $"{h.Key}: {h.Value}")
                .Order(StringComparer.Ordinal),
        ];
}

public sealed class LimitedApp : App
{
    protected override IEnumerable<(string, string)> Settings =>
        [("RateLimits:Enabled", "true"), ("RateLimits:Tracking", "5")];
}

[Trait("runs", "once")]
public sealed class TrackingLimitTests(LimitedApp app) : IClassFixture<LimitedApp>
{
    [Fact]
    public async Task Guessing_is_limited_for_each_address_on_both_faces_together()
    {
        for (var i = 0; i < 3; i++)
            (await app.Anonymous.Page($"/track?number=TRX-2026-0000{i}&reference=a")).Expect(404);
        for (var i = 0; i < 2; i++)
            (await app.AnonymousApi.Get("/tracking/guess")).Expect(404);

        var page = (await app.Anonymous.Page("/t/guess")).Expect(429);
        Assert.NotNull(page.Header("Retry-After"));
        Assert.Equal("5", page.Header("RateLimit-Limit"));
    }
}
