using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

public sealed class ShowImportTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task A_person_uploads_sees_the_wrong_cells_imports_and_sees_the_summary()
    {
        using var sara = app.SignedInAs(Sara);
        using var api = app.Api(Sara);
        var upload = await sara.Upload(
            "/transactions/imports",
            "file",
            "سجل.xlsx",
            Registers.Of(Registers.Row("By page", reference: "PG-1"), Registers.Row("Wrong by page", due: "2025-02-31"))
        );
        var url = upload.Expect(303).Location!;
        await api.Ended(url.Split('/')[^1]);

        var page = (await sara.Page(url)).Expect(200);

        Assert.Equal("سجل.xlsx", page.TextOf("h1"));
        Assert.Equal("2025-02-31 This date does not exist.", page.TextOf("td.wrong"));
        Assert.Equal("Import 1 row", page.TextOf("button.primary"));
        Assert.False(page.Has("#import[hx-trigger]"));
        Assert.False(await app.Db(db => db.Transactions.AnyAsync(t => t.Title == "By page")));

        (await sara.Submit(page, $"form[action='{url}/run']")).Expect(303);
        await api.Ended(url.Split('/')[^1]);
        var done = await sara.Page(url);
        Assert.Equal(["1new transactions", "1rows left out"], done.Select(".tiles a"));
        var list = await sara.Page(done.Attribute(".tiles a:not(.bad)", "href")!);
        Assert.Contains("PG-1", list.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Wrong by page", list.Text, StringComparison.Ordinal);
        (await sara.Submit(url + "/run")).Expect(409);
    }

    [Fact]
    public async Task A_person_sets_the_columns_right()
    {
        using var sara = app.SignedInAs(Sara);
        using var api = app.Api(Sara);
        var file = Workbooks
            .Xlsx(
                (
                    "R",
                    [
                        ["Bezeichnung", "Client", "Type", "Status"],
                        ["Set right", Hospital.NameEn, "Payment", "Draft"],
                    ]
                )
            )
            .ToArray();
        var url = (await sara.Upload("/transactions/imports", "file", "r.xlsx", file)).Expect(303).Location!;
        await api.Ended(url.Split('/')[^1]);
        var page = await sara.Page(url);
        Assert.Contains("Title", page.TextOf(".say.warn"), StringComparison.Ordinal);
        Assert.False(page.Has($"form[action='{url}/run']"));

        var twice = await sara.Submit(page, $"form[action='{url}/columns']", new { c0 = "client" });
        Assert.Equal("Another column already uses this field.", twice.Expect(422).TextOf("td .err"));
        (await sara.Submit(page, $"form[action='{url}/columns']", new { c0 = "title" })).Expect(303);

        var answer = await api.Ended(url.Split('/')[^1]);
        Assert.Equal(("checked", 0), (answer["status"], answer.Number("rejected")));
        (await api.Post($"/transactions/imports/{answer["id"]}/run")).Expect(202);
        Assert.Equal(1, (await api.Ended(answer["id"]!)).Number("imported"));
    }

    [Fact]
    public async Task Progress_asks_again_by_itself_until_there_is_nothing_to_wait_for()
    {
        var id = await app.Db(async db =>
        {
            var run = new ImportRun
            {
                FileName = "big.xlsx",
                StoredName = "x",
                CreatedById = Sara.Id,
                CreatedAt = app.Now,
                Status = ImportStatus.Running,
                Rows = 10_000,
                Processed = 2_500,
                Lease = 1,
                LeasedUntil = app.Now.AddYears(1),
            };
            db.Add(run);
            await db.SaveChangesAsync();
            return run.Id;
        });
        using var sara = app.SignedInAs(Sara);

        var running = (await sara.Fragment($"/transactions/imports/{id}")).Expect(200);
        await app.Db(db =>
            db.Imports.Where(i => i.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(i => i.Status, ImportStatus.Completed))
        );
        var done = await sara.Fragment($"/transactions/imports/{id}");

        Assert.False(running.IsWholePage);
        Assert.Equal(
            ("load delay:1s", "2500", "10000"),
            (
                running.Attribute("#import", "hx-trigger"),
                running.Attribute("progress", "value"),
                running.Attribute("progress", "max")
            )
        );
        Assert.Contains(
            "2,500 of 10,000",
            running.Text.Replace("<bdi>", "", StringComparison.Ordinal).Replace("</bdi>", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.False(done.Has("[hx-trigger]"));
    }

    [Fact]
    public async Task Somebody_elses_import_is_not_found_and_an_admin_sees_all()
    {
        using var sara = app.Api(Sara);
        var id = (await sara.Import(Registers.Of(Registers.Row("Sara's", status: "Nowhere"))))["id"]!;
        using var omar = app.Api(Omar);
        using var page = app.SignedInAs(Omar);

        (await omar.Get("/transactions/imports/" + id)).Expect(404);
        (await omar.Get($"/transactions/imports/{id}/rejected.xlsx")).Expect(404);
        (await omar.Post($"/transactions/imports/{id}/run")).Expect(404);
        (await omar.Delete("/transactions/imports/" + id)).Expect(404);
        (await page.Page("/transactions/imports/" + id)).Expect(404);
        (await page.Submit($"/transactions/imports/{id}/columns")).Expect(404);
        (await page.Submit($"/transactions/imports/{id}/undo")).Expect(404);
        Assert.DoesNotContain(
            $"href=\"/transactions/imports/{id}\"",
            (await page.Page("/transactions/imports")).Text,
            StringComparison.Ordinal
        );
        (await app.Api(Nasser).Get("/transactions/imports/" + id)).Expect(200);
        Assert.Contains(
            $"href=\"/transactions/imports/{id}\"",
            (await app.SignedInAs(Nasser).Page("/transactions/imports")).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Clients_and_strangers_import_nothing()
    {
        (await app.SignedInAs(Huda).Page("/transactions/imports")).Expect(403);
        (await app.Api(Huda).Get("/transactions/imports/1")).Expect(403);
        (await app.Anonymous.Page("/transactions/imports")).Expect(302);
        (await app.AnonymousApi.Get("/transactions/imports/1")).Expect(401);
        (await app.Api(Sara, "read").Upload("/transactions/imports", "file", "r.xlsx", [1])).Expect(403);
    }

    [Fact]
    public async Task Rejected_rows_come_back_with_their_reasons_and_can_be_imported_again()
    {
        using var api = app.Api(Nasser);
        var id = (await api.Import(Registers.Of(Registers.Row("=1+1", status: "Nowhere", reference: "٤٤/١"))))["id"];
        api.Headers.Add("Accept-Language", "ar");

        var file = (await api.Get($"/transactions/imports/{id}/rejected.xlsx")).Expect(200);

        Assert.Equal(DownloadRejected.Xlsx, file.Header("Content-Type"));
        using var workbook = new MemoryStream(file.Bytes);
        var rejected = RegisterFile.Open(workbook).File!;
        var run = await app.Db(db => db.Imports.SingleAsync(i => i.Id.ToString() == id));
        var reason = $"سبب الرفض (استيراد {id}-{run.CreatedAt:yyyyMMddHHmmss})";
        Assert.Equal([.. Registers.Heads, reason, "رقم الصف"], rejected.Columns.Select(c => c.Heading));
        Assert.Equal(
            [
                "٤٤/١",
                "=1+1",
                "Riyadh Region Municipality",
                "Payment",
                "Nowhere",
                "",
                "",
                "sara.alharbi@mdc.example",
                "Status: لا توجد حالة بهذا الاسم.",
                "2",
            ],
            rejected.Rows.Single().Cells.Select(c => c.Text)
        );
        Assert.Equal(1, (await api.Import(file.Bytes)).Number("rejected"));
    }

    [Fact]
    public async Task The_template_has_headings_that_the_import_knows()
    {
        foreach (var language in new[] { "en", "ar" })
        {
            var file = (await app.SignedInAs(Sara).In(language).Page("/transactions/imports/template.xlsx")).Expect(
                200
            );
            using var workbook = new MemoryStream(file.Bytes);
            Assert.Equal(RegisterFault.NoRows, RegisterFile.Open(workbook).Fault);
        }

        Assert.All(
            Enum.GetValues<RegisterField>(),
            field =>
                Assert.Equal(
                    (field, field),
                    (
                        Headings.Field(Infrastructure.Ui.Words.For("en")[ShowImport.FieldKey(field)]),
                        Headings.Field(Infrastructure.Ui.Words.For("ar")[ShowImport.FieldKey(field)])
                    )
                )
        );
    }
}
