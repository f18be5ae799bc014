using System.Text;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Users;

public sealed class ExportUsersTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task The_file_holds_the_people_of_the_filtered_list_and_nobody_else()
    {
        await app.Given.User("=HYPERLINK(\"x\")", "formula@mdc.example");

        var file = (await app.SignedInAs(Nasser).Page("/users/export?format=csv")).Expect(200);
        var editors = (await app.SignedInAs(Nasser).Page("/users/export?format=csv&role=editor")).Expect(200);

        Assert.Equal("text/csv", file.Header("Content-Type")!.Split(';')[0]);
        Assert.Equal(Encoding.UTF8.GetPreamble(), file.Bytes[..3]);
        Assert.Equal(await app.Db(db => db.Users.CountAsync()) + 1, Lines(file).Length);
        Assert.Contains(
            Lines(file),
            line =>
                line.Contains(Huda.Email, StringComparison.Ordinal)
                && line.Contains("Riyadh Region Municipality", StringComparison.Ordinal)
        );
        Assert.Contains("'=HYPERLINK", file.Text);
        Assert.Contains(Sara.Email, editors.Text);
        Assert.DoesNotContain(Huda.Email, editors.Text);
        Assert.DoesNotContain("hash", file.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_workbook_comes_in_the_language_of_who_asks()
    {
        var file = (await app.SignedInAs(Nasser).In("ar").Page("/users/export?format=xlsx")).Expect(200);

        using var book = new System.IO.Compression.ZipArchive(new MemoryStream(file.Bytes));
        using var sheet = new StreamReader(book.GetEntry("xl/worksheets/sheet1.xml")!.Open());
        Assert.Contains("rightToLeft=\"1\"", await sheet.ReadToEndAsync());
    }

    [Fact]
    public async Task The_audit_log_says_how_many_left_and_seals_nothing_personal()
    {
        (await app.SignedInAs(Nasser).Page("/users/export?format=csv&q=alharbi")).Expect(200);

        var entry = await app.Db(db =>
            db.Audit.AsNoTracking().Where(a => a.Action == "users.exported").OrderBy(a => a.Id).LastAsync()
        );
        Assert.Contains("\"rows\":1", entry.Data);
        Assert.DoesNotContain("alharbi", entry.Data);
    }

    [Fact]
    public async Task Others_and_wrong_formats_are_refused()
    {
        (await app.SignedInAs(Nasser).Page("/users/export?format=pdf")).Expect(400);
        (await app.SignedInAs(Nasser).Page("/users/export?format=csv&role=king")).Expect(400);
        (await app.SignedInAs(Sara).Page("/users/export?format=csv")).Expect(403);
        (await app.SignedInAs(Huda).Page("/users/export?format=csv")).Expect(403);
        (await app.Anonymous.Page("/users/export?format=csv")).Expect(302);
    }

    private static string[] Lines(Answer file) => file.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
