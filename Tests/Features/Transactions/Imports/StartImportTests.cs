using MdcTts.Infrastructure.Text;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Imports;

public sealed class StartImportTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task Good_rows_are_imported_and_wrong_ones_told_cell_by_cell()
    {
        using var api = app.Api(Nasser);

        var answer = await api.Import(
            Registers.Of(
                Registers.Row(
                    "Imported one",
                    status: "Completed",
                    amount: 1250.5,
                    due: new DateOnly(2026, 12, 1),
                    reference: "IMP-1"
                ),
                Registers.Row("Imported two", client: "أمانة منطقة الرياض", status: "قيد المراجعة", assignee: null),
                Registers.Row("Bad due", due: "2025-02-31", amount: "-5")
            )
        );

        Assert.Equal(
            ("completed", 3, 3, 2, 1),
            (
                answer["status"],
                answer.Number("rows"),
                answer.Number("processed"),
                answer.Number("imported"),
                answer.Number("rejected")
            )
        );
        Assert.Equal(
            ["4 Amount=-5: Enter an amount of zero or more.", "4 Due Date=2025-02-31: This date does not exist."],
            answer.Errors()
        );
        Assert.Equal($"/api/v1/transactions/imports/{answer["id"]}/rejected.xlsx", answer["rejectedUrl"]);
        var number = await app.Db(db =>
            db.Transactions.Where(t => t.Title == "Imported one").Select(t => t.Number).SingleAsync()
        );
        var one = await app.Given.Reload(number);
        Assert.Equal(
            ("completed", 125_050L, Nasser.Id, Sara.Id, Municipality.Id, new DateOnly(2026, 12, 1), "IMP-1"),
            (
                one.Status,
                one.AmountMinor,
                one.CreatedById,
                one.AssigneeId,
                one.ClientId,
                one.DueDate,
                one.ReferenceNumber
            )
        );
        Assert.Equal((app.Now, app.Now, app.Now), (one.CreatedAt, one.SubmittedAt, one.CompletedAt));
        Assert.Equal([(HistoryKind.Imported, "completed")], one.History.Select(h => (h.Kind, h.ToStatus)));
        Assert.Contains(ArabicText.Fold("أمانة"), one.SearchText, StringComparison.Ordinal);
        var two = await app.Db(db => db.Transactions.SingleAsync(t => t.Title == "Imported two"));
        Assert.Equal(("under_review", Municipality.Id, (int?)null), (two.Status, two.ClientId, two.AssigneeId));
        Assert.NotEqual(one.Number, two.Number);
    }

    [Fact]
    public async Task An_editors_rows_carry_no_status_that_an_editor_cannot_set_until_an_admin_goes_on()
    {
        using var sara = app.Api(Sara);
        var file = Registers.Of(
            Registers.Row("Of an editor, done", status: "Completed"),
            Registers.Row("Of an editor, approved", status: "Approved"),
            Registers.Row("Of an editor, handed in", status: "Submitted"),
            Registers.Row("Of an editor, begun")
        );

        var own = await sara.Import(file);
        Assert.Equal(
            [
                "2 Status=Completed: Only an admin can import this status. Ask one to go on with this import.",
                "3 Status=Approved: Only an admin can import this status. Ask one to go on with this import.",
            ],
            own.Errors()
        );
        Assert.Equal(
            ("waiting", 0, 2, 2),
            (own["status"], own.Number("imported"), own.Number("rejected"), own.Number("forRelease"))
        );

        // An admin's token that may not do what admins do is an editor's here.
        using var scopeless = app.Api(Nasser, "read", "write");
        var asked = await scopeless.Import(file);
        Assert.Equal(("waiting", 2), (asked["status"], asked.Number("rejected")));

        var id = (await sara.Import(file, ("mode", "validate")))["id"]!;
        using var admin = app.Api(Nasser);
        (await admin.Post($"/transactions/imports/{id}/run")).Expect(202);
        var released = await admin.Ended(id);
        Assert.Equal((4, 0), (released.Number("imported"), released.Number("rejected")));
    }

    [Fact]
    public async Task Faults_are_told_in_the_readers_language()
    {
        using var api = app.Api(Nasser);
        api.Headers.Add("Accept-Language", "ar");

        var answer = await api.Import(Registers.Of(Registers.Row("Arabic reader", status: "Nowhere")));

        Assert.Equal(["2 Status=Nowhere: لا توجد حالة بهذا الاسم."], answer.Errors());
    }

    [Fact]
    public async Task A_new_client_in_many_rows_is_created_once()
    {
        using var api = app.Api(Nasser);

        var answer = await api.Import(
            Registers.Of([
                .. Enumerable
                    .Range(0, 700)
                    .Select(i =>
                        Registers.Row($"Of a new client {i}", client: i % 2 == 0 ? "شركة الأفق" : " شركة الافق ")
                    ),
            ])
        );

        Assert.Equal((700, 0), (answer.Number("imported"), answer.Number("rejected")));
        var client = Assert.Single(
            await app.Db(db =>
                db.Clients.Where(c => c.NameAr == "شركة الأفق" || c.NameAr == "شركة الافق").ToListAsync()
            )
        );
        Assert.Equal(
            (null, 700),
            (client.NameEn, await app.Db(db => db.Transactions.CountAsync(t => t.ClientId == client.Id)))
        );
        Assert.Equal(
            700,
            await app.Db(db =>
                db.Transactions.Where(t => t.ClientId == client.Id).Select(t => t.Number).Distinct().CountAsync()
            )
        );
    }

    [Fact]
    public async Task An_editor_creates_no_clients_and_may_assign_to_others()
    {
        using var api = app.Api(Sara);

        var answer = await api.Import(
            Registers.Of(
                Registers.Row("For Omar", assignee: Omar.Email),
                Registers.Row("Unknown client", client: "Nobody's Ltd")
            )
        );

        Assert.Equal(["3 Client=Nobody's Ltd: This client does not exist."], answer.Errors());
        Assert.Equal(
            Omar.Id,
            await app.Db(db =>
                db.Transactions.Where(t => t.Title == "For Omar").Select(t => t.AssigneeId).SingleAsync()
            )
        );
    }

    [Fact]
    public async Task A_project_stands_with_its_own_client_only()
    {
        var project = await app.Given.Project("Park", client: Hospital);
        using var api = app.Api(Nasser);
        var file = Parsing
            .Workbooks.Xlsx(
                (
                    "R",
                    [
                        ["Title", "Client", "Type", "Project"],
                        ["Right", Hospital.NameEn, "Payment", project.Code],
                        ["Other's", Municipality.NameEn, "Payment", project.Code],
                    ]
                )
            )
            .ToArray();

        var answer = await api.Import(file);

        Assert.Equal([$"3 Project={project.Code}: This project belongs to another client."], answer.Errors());
        Assert.Equal(
            project.Id,
            await app.Db(db => db.Transactions.Where(t => t.Title == "Right").Select(t => t.ProjectId).SingleAsync())
        );
    }

    [Fact]
    public async Task A_script_can_say_which_column_is_which()
    {
        using var api = app.Api(Nasser);
        var file = Parsing
            .Workbooks.Xlsx(
                (
                    "R",
                    [
                        ["What", "Client", "Type", "Title"],
                        ["The true title", Hospital.NameEn, "Payment", "not this"],
                    ]
                )
            )
            .ToArray();

        var answer = await api.Import(file, ("mapping", """{"What":"title","Title":null}"""));

        Assert.Equal(1, answer.Number("imported"));
        Assert.True(await app.Db(db => db.Transactions.AnyAsync(t => t.Title == "The true title")));
    }

    [Theory]
    [InlineData("mode", "sideways", 400, "not-allowed-value")]
    [InlineData("createClients", "maybe", 400, "not-allowed-value")]
    [InlineData("rememberMapping", "1", 400, "not-allowed-value")]
    [InlineData("mapping", "[1]", 422, "invalid")]
    [InlineData("mapping", """{"What":"no_such_field"}""", 422, "invalid")]
    [InlineData("mapping", "\"\\ud800\"", 422, "invalid")]
    public async Task Fields_that_make_no_sense_are_refused(string field, string value, int status, string problem)
    {
        using var api = app.Api(Nasser);

        var answer = await api.Upload(
            "/transactions/imports",
            "file",
            "r.xlsx",
            Registers.Of(Registers.Row("x")),
            (field, value)
        );

        Assert.Equal(problem, answer.Expect(status).Problem);
    }

    [Fact]
    public async Task Without_a_file_or_with_an_empty_one_nothing_starts()
    {
        using var api = app.Api(Nasser);

        (await api.Upload("/transactions/imports", "other", "r.xlsx", [1])).Expect(422);
        (await api.Upload("/transactions/imports", "file", "r.xlsx", [])).Expect(422);
        (await api.Post("/transactions/imports", new { })).Expect(415);
        var page = await app.SignedInAs(Sara).Upload("/transactions/imports", "file", "r.xlsx", []);
        Assert.Equal("The file is empty.", page.Expect(422).TextOf("[role=alert]"));
    }

    [Fact]
    public async Task More_than_25_megabytes_are_refused_while_reading()
    {
        using var api = app.Api(Nasser);
        var before = Files();

        (await api.Upload("/transactions/imports", "file", "r.xlsx", new byte[(25 * 1024 * 1024) + 1])).Expect(413);
        (
            await app.SignedInAs(Sara)
                .Upload("/transactions/imports", "file", "r.xlsx", new byte[(25 * 1024 * 1024) + 1])
        ).Expect(413);

        Assert.Equal(before, Files());
        int Files() =>
            Directory.Exists(Path.Combine(app.DataDir, "imports"))
                ? Directory.GetFiles(Path.Combine(app.DataDir, "imports")).Length
                : 0;
    }

    [Fact]
    public async Task A_file_that_is_no_register_fails_with_its_reason()
    {
        using var api = app.Api(Nasser);

        var answer = await api.Import("just some words"u8.ToArray());

        Assert.Equal(("failed", 0), (answer["status"], answer.Number("rows")));
        Assert.Equal(
            "0 =: No heading row was found. Name the columns, such as Title and Client, and try again.",
            answer.Errors().Single()
        );
        Assert.Contains(
            "No heading row",
            (await app.SignedInAs(Nasser).Page($"/transactions/imports/{answer["id"]}")).TextOf("[role=alert]"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Start_and_end_are_in_the_audit_log()
    {
        using var api = app.Api(Omar);

        var id = (await api.Import(Registers.Of(Registers.Row("Audited"))))["id"];

        var entries = await app.Db(db =>
            db.Audit.Where(a => a.EntityType == "import" && a.EntityKey == id).OrderBy(a => a.Id).ToListAsync()
        );
        Assert.Equal(["import.started", "import.completed"], entries.Select(e => e.Action));
        Assert.All(entries, e => Assert.Equal(Omar.Id, e.ActorId));
    }
}
