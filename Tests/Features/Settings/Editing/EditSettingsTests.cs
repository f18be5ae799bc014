using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Settings.Editing;

public sealed class EditSettingsTests(App app) : IClassFixture<App>
{
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
    );

    [Fact]
    public async Task A_change_takes_effect_at_once_and_is_audited_with_old_and_new()
    {
        var admin = app.SignedInAs(Nasser);
        var form = (await admin.Page("/settings")).Expect(200);
        (
            await admin.Submit(
                form,
                "form.stack",
                new
                {
                    companyNameEn = "Dar Almimar",
                    companyNameAr = "دار المعمار",
                    passwordMinLength = "٢٠",
                    trackByNumberAlone = "true",
                    editorsSee = "department",
                }
            )
        ).Expect(303);

        Assert.Contains(
            "Dar Almimar",
            (await app.Anonymous.Page("/signin")).TextOf("footer"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "دار المعمار",
            (await app.Anonymous.In("ar").Page("/track")).TextOf("footer"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "20",
            (await app.Anonymous.Page("/register")).TextOf("#f-password-h"),
            StringComparison.Ordinal
        );
        var entry = await app.Db(db =>
            db.Audit.Where(a => a.Action == "settings.changed")
                .OrderByDescending(a => a.Id)
                .Select(a => a.Data!)
                .FirstAsync()
        );
        Assert.Contains("\"password_min_length\":\"12\"", entry, StringComparison.Ordinal);
        Assert.Contains("\"password_min_length\":\"20\"", entry, StringComparison.Ordinal);
        Assert.Contains("\"editors_see\":\"department\"", entry, StringComparison.Ordinal);
        Assert.DoesNotContain("session_idle", entry, StringComparison.Ordinal);

        var late = await admin.Submit(
            form,
            "form.stack",
            new
            {
                companyNameEn = "Too late",
                passwordNeedsKinds = "true",
                confirmMinutes = "9",
            }
        );
        Assert.Equal(["Dar Almimar", "Too late"], late.Expect(409).Select("table.merge tbody td"));
        Assert.Equal(2, late.Document.QuerySelectorAll("form .muted b").Length);
        Assert.Equal("20", late.Attribute("[name=passwordMinLength]", "value"));
        Assert.Equal("true", late.Attribute("[name=passwordNeedsKinds]", "value"));
        (await admin.Submit(late, "form.stack", new { companyNameEn = "Dar Almimar" })).Expect(303);
        var now = (await admin.Page("/settings")).Expect(200);
        Assert.True(now.Has("[name=trackByNumberAlone][checked]"));
        Assert.True(now.Has("[name=passwordNeedsKinds][checked]"));
        Assert.Equal("9", now.Attribute("#f-confirmMinutes", "value"));
        (
            await admin.Submit(
                (await admin.Page("/settings")).Expect(200),
                "form.stack",
                new
                {
                    companyNameEn = "",
                    companyNameAr = "",
                    passwordMinLength = "12",
                    trackByNumberAlone = "",
                    passwordNeedsKinds = "",
                    confirmMinutes = form.Attribute("#f-confirmMinutes", "value"),
                }
            )
        ).Expect(303);
    }

    [PostgresFact]
    public async Task A_change_takes_effect_on_the_next_request_to_another_replica()
    {
        await using var replica = (await app.Replica())!;
        var (admin, there) = (app.SignedInAs(Nasser), replica.SignedInAs(Omar));
        (await there.Page("/account/password")).Expect(200);
        Assert.DoesNotContain(
            "Both Of Us",
            (await replica.Anonymous.Page("/signin")).TextOf("footer"),
            StringComparison.Ordinal
        );

        (
            await admin.Submit(
                (await admin.Page("/settings")).Expect(200),
                "form.stack",
                new { companyNameEn = "Both Of Us", passwordMinLength = "17" }
            )
        ).Expect(303);

        Assert.Contains(
            "17",
            (await there.Page("/account/password")).Expect(200).TextOf("#f-password-h"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Both Of Us",
            (await replica.Anonymous.Page("/signin")).TextOf("footer"),
            StringComparison.Ordinal
        );
        (
            await admin.Submit(
                (await admin.Page("/settings")).Expect(200),
                "form.stack",
                new { companyNameEn = "", passwordMinLength = "12" }
            )
        ).Expect(303);
    }

    [Theory]
    [InlineData("passwordMinLength", "7")]
    [InlineData("passwordMinLength", "65")]
    [InlineData("sessionIdleMinutes", "4")]
    [InlineData("sessionMostHours", "721")]
    [InlineData("confirmMinutes", "0")]
    [InlineData("lockAfterFailures", "-1")]
    [InlineData("passwordMaxDays", "a year")]
    [InlineData("defaultLanguage", "fr")]
    [InlineData("companyNameEn", "A\nB")]
    [InlineData("editorsSee", "nothing")]
    [InlineData("editorsSee", "")]
    public async Task A_value_out_of_bounds_is_refused(string field, string value)
    {
        var admin = app.SignedInAs(Nasser);
        var form = (await admin.Page("/settings")).Expect(200);
        var answer = (await admin.Submit(form, "form.stack", new[] { (field, (string?)value) })).Expect(422);
        Assert.Equal(
            [field],
            answer.Document.QuerySelectorAll("[aria-invalid=true]").Select(e => e.GetAttribute("name"))
        );
    }

    [Fact]
    public async Task Registration_closes_and_the_page_says_so()
    {
        var admin = app.SignedInAs(Nasser);
        (
            await admin.Submit((await admin.Page("/settings")).Expect(200), "form.stack", new { registrationOpen = "" })
        ).Expect(303);
        Assert.Contains(
            "Registration is closed",
            (await app.Anonymous.Page("/register")).Expect(409).TextOf("main"),
            StringComparison.Ordinal
        );
        (await app.Anonymous.Submit("/register", new { fullName = "x" })).Expect(409);
        (
            await admin.Submit(
                (await admin.Page("/settings")).Expect(200),
                "form.stack",
                new { registrationOpen = "true" }
            )
        ).Expect(303);
        (await app.Anonymous.Page("/register")).Expect(200);
    }

    [Fact]
    public async Task The_number_alone_tracks_only_while_the_setting_is_on()
    {
        var t = await app.Given.Transaction("By number", status: "submitted", reference: "R-1");
        (await app.Anonymous.Page($"/track?number={t.Number}")).Expect(404);
        var admin = app.SignedInAs(Nasser);
        (
            await admin.Submit(
                (await admin.Page("/settings")).Expect(200),
                "form.stack",
                new { trackByNumberAlone = "true" }
            )
        ).Expect(303);
        (await app.Anonymous.Page($"/track?number={t.Number}")).Expect(200);
        (await app.AnonymousApi.Get($"/tracking?number={t.Number}")).Expect(200);
        (await app.Anonymous.Page("/track?number=TRX-2026-99999")).Expect(404);
        var page = (await app.Anonymous.Page("/track")).Expect(200);
        Assert.False(page.Has("#tr"));
        Assert.Contains("You only need the transaction number", page.TextOf("main"), StringComparison.Ordinal);
        (
            await admin.Submit(
                (await admin.Page("/settings")).Expect(200),
                "form.stack",
                new { trackByNumberAlone = "" }
            )
        ).Expect(303);
        (await app.Anonymous.Page($"/track?number={t.Number}")).Expect(404);
    }

    [Fact]
    public async Task A_logo_is_taken_for_what_its_bytes_say()
    {
        var admin = app.SignedInAs(Nasser);
        (await app.Anonymous.Page("/logo")).Expect(404);
        (await admin.Upload("/settings/logo", "logo", "logo.png", "<svg onload=alert(1)>"u8.ToArray())).Expect(422);
        (await admin.Upload("/settings/logo", "logo", "logo.png", [.. Png, .. new byte[70_000]])).Expect(422);
        (await admin.Upload("/settings/logo", "logo", "anything.exe", Png)).Expect(303);

        var source = (await app.Anonymous.Page("/track")).Attribute("img.mark", "src")!;
        var picture = (await app.Anonymous.Page(source)).Expect(200);
        Assert.Equal("image/png", picture.Header("Content-Type"));
        Assert.Equal(Png, picture.Bytes);
        using var again = new HttpRequestMessage(HttpMethod.Get, source);
        again.Headers.Add("If-None-Match", picture.Header("ETag"));
        (await app.Anonymous.Send(again)).Expect(304);
        Assert.True((await admin.Page("/transactions")).Has("nav.side img.mark"));
        Assert.DoesNotContain(
            "base64",
            string.Concat(await app.Db(db => db.Audit.Select(a => a.Data).ToListAsync())),
            StringComparison.Ordinal
        );
        (await admin.Submit("/settings/logo/removal")).Expect(303);
        (await app.Anonymous.Page("/logo")).Expect(404);
    }

    [Fact]
    public async Task Only_admins_set_anything()
    {
        (await app.SignedInAs(Sara).Page("/settings")).Expect(403);
        (await app.SignedInAs(Sara).Submit("/settings", new { companyNameEn = "x" })).Expect(403);
        (await app.SignedInAs(Huda).Submit("/settings/logo/removal")).Expect(403);
        (await app.Anonymous.Page("/settings")).Expect(302);
    }
}
