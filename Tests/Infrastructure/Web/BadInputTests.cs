using System.Net.Http.Headers;
using System.Text;
using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Web;

/// <summary>Whatever is sent, the answer is the sender's error or none, never ours.</summary>
public sealed class BadInputTests(SharedApp app) : IClassFixture<SharedApp>
{
    private static readonly (string Name, string Json)[] Nasty =
    [
        ("NUL", "\"a\\u0000b\""),
        ("control", "\"a\\u0007b\""),
        ("lone high surrogate", "\"a\\ud800b\""),
        ("lone low surrogate", "\"\\udc00\""),
        ("U+FFFE", "\"\\ufffe\""),
        ("long", $"\"{new string('x', 300_000)}\""),
        ("spaces", "\"   \""),
        ("negative", "\"-1\""),
        ("30 digits", "\"" + new string('9', 30) + "\""),
        ("huge number", new string('9', 400)),
        ("exponent", "1e999"),
        ("year 9999", "\"9999-12-31\""),
        ("year 0", "\"0000-00-00\""),
        ("path", "\"../../etc/passwd\""),
        ("quote", "\"'\\\"; DROP TABLE x;--\""),
        ("null", "null"),
        ("true", "true"),
        ("array", "[[]]"),
        ("array of null", "[null]"),
        ("object", "{}"),
        ("bidi", "\"\\u202e\\u2066abc\""),
        ("emoji", "\"👩‍👩‍👧‍👦🏗️\""),
        ("format", "\"{0} %s %n ${7*7} {{7*7}}\""),
    ];

    [Fact]
    public async Task No_value_of_any_member_breaks_the_api()
    {
        var t = await app.Given.Transaction(status: "submitted");
        var api = app.Api(Nasser);
        var bodies = new (string Method, string Path, string[] Members)[]
        {
            (
                "POST",
                "/transactions",
                [
                    "title",
                    "client",
                    "type",
                    "referenceNumber",
                    "description",
                    "category",
                    "priority",
                    "amount",
                    "currency",
                    "project",
                    "department",
                    "assignee",
                    "holder",
                    "dueDate",
                    "dueDateHijri",
                    "tags",
                    "internalNotes",
                    "authorityReferences",
                    "submit",
                ]
            ),
            ("POST", $"/transactions/{t.Number}/status", ["status", "note", "noteVisibility"]),
            ("POST", $"/transactions/{t.Number}/assignee", ["assignee", "reason"]),
            ("POST", $"/transactions/{t.Number}/comments", ["text"]),
            (
                "POST",
                "/transactions/bulk",
                ["numbers", "action", "status", "note", "noteVisibility", "assignee", "reason"]
            ),
        };
        var valid = new Dictionary<string, string>
        {
            ["title"] = "\"x\"",
            ["client"] = "1",
            ["type"] = "\"payment\"",
            ["status"] = "\"under_review\"",
            ["numbers"] = "[\"TRX-1\"]",
            ["action"] = "\"status\"",
            ["assignee"] = "\"2\"",
            ["text"] = "\"x\"",
        };

        var wrong = new List<string>();
        foreach (var (method, path, members) in bodies)
        foreach (var member in members)
        foreach (var (name, json) in Nasty)
        {
            var body =
                "{"
                + string.Join(
                    ',',
                    members
                        .Where(m => m != member && valid.ContainsKey(m))
                        .Select(m => $"\"{m}\":{valid[m]}")
                        .Append($"\"{member}\":{json}")
                )
                + "}";
            var answer = await Send(api, method, path, body);
            if (answer.Status is >= 500 or < 200 || (answer.Status >= 400 && answer.Problem is null))
                wrong.Add($"{path} {member} {name}: {answer.Status} {answer.Problem}");
        }

        Check.None(wrong);
    }

    [Fact]
    public async Task Parts_of_nested_members_are_checked_too()
    {
        foreach (
            var part in new[]
            {
                """ "holder":{"kind":"authority"} """,
                """ "holder":{"kind":"authority","name":"\u0000"} """,
                """ "holder":{"kind":"x"} """,
                """ "holder":{"since":"9999-12-31"} """,
                """ "authorityReferences":[null] """,
                """ "authorityReferences":[{}] """,
                """ "authorityReferences":[{"authority":"\ud800","number":"1"}] """,
                """ "authorityReferences":[{"authority":"A","number":"1","date":"x"}] """,
                """ "tags":["\u0000"] """,
                """ "amount":"1.234,5x" """,
            }
        )
        {
            var answer = await app.Api(Sara)
                .PostRaw("/transactions", $$"""{"title":"x","client":1,"type":"payment",{{part}}}""");
            Assert.True(answer.Status is 400 or 422, $"{part}: {answer}");
        }

        (
            await app.Api(Sara)
                .PostRaw(
                    "/transactions",
                    """
                    {"title":"x","client":1,"type":"payment","tags":[null,""," "],
                    "holder":null,"authorityReferences":[]}
                    """
                )
        ).Expect(201);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{\"title\":\"x\",}")]
    [InlineData("{'title':'x'}")]
    [InlineData("title=x")]
    public async Task A_body_that_is_no_object_is_unreadable(string body)
    {
        var t = await app.Given.Transaction(status: "submitted");
        foreach (
            var path in new[]
            {
                "/transactions",
                $"/transactions/{t.Number}/status",
                $"/transactions/{t.Number}/assignee",
                $"/transactions/{t.Number}/comments",
                "/transactions/bulk",
            }
        )
            Assert.NotNull((await app.Api(Sara).PostRaw(path, body)).Expect(400).Problem);
    }

    [Fact]
    public async Task A_body_ten_thousand_deep_is_unreadable()
    {
        foreach (
            var body in new[]
            {
                new string('[', 10_000) + new string(']', 10_000),
                string.Concat(Enumerable.Repeat("{\"holder\":", 10_000)) + "1" + new string('}', 10_000),
            }
        )
        {
            (await app.Api(Sara).PostRaw("/transactions", body)).Expect(400);
            (
                await app.Api(Sara)
                    .PostRaw("/transactions", $$"""{"tags":{{(body[0] == '[' ? body : "[" + body + "]")}}}""")
            ).Expect(400);
        }
    }

    [Fact]
    public async Task A_member_nobody_knows_is_refused_and_named()
    {
        var answer = await app.Api(Sara)
            .Post(
                "/transactions",
                new
                {
                    title = "x",
                    client = "1",
                    type = "payment",
                    dueDat = "2026-12-01",
                }
            );

        Assert.Equal("unreadable-json", answer.Expect(400).Problem);
        Assert.Contains("dueDat", answer["detail"]);
        var t = await app.Given.Transaction(status: "submitted");
        (
            await app.Api(Sara).Post($"/transactions/{t.Number}/status", new { status = "under_review", notes = "x" })
        ).Expect(400);
        Assert.Equal("submitted", (await app.Given.Reload(t.Number)).Status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    public async Task Another_type_of_content_is_refused(string type)
    {
        Assert.NotNull((await app.Api(Sara).PostRaw("/transactions", """{"title":"x"}""", type)).Expect(415).Problem);
        Assert.NotNull(
            (await app.Api(Sara).PostRaw("/transactions/bulk", """{"action":"x"}""", type)).Expect(415).Problem
        );
    }

    [Fact]
    public async Task A_body_too_large_is_refused()
    {
        var (api, sara, json) = (
            app.Api(Sara),
            app.SignedInAs(Sara),
            $$"""{"title":"{{new string('x', 1_100_000)}}"}"""
        );
        // Otherwise the refusal may cross with what is still being sent.
        api.Headers.ExpectContinue = sara.Headers.ExpectContinue = true;

        Assert.NotNull((await api.PostRaw("/transactions", json)).Expect(413).Problem);
        Assert.NotNull(
            (await api.Send(HttpMethod.Post, "/transactions", Json(json), ("Idempotency-Key", "large")))
                .Expect(413)
                .Problem
        );
        (await sara.Submit("/transactions", new { title = new string('x', 1_100_000) })).Expect(413);
    }

    [Fact]
    public async Task Pages_take_forms_and_nothing_else()
    {
        var t = await app.Given.Transaction(status: "submitted");
        foreach (
            var path in new[]
            {
                "/transactions",
                "/transactions/bulk",
                "/transactions/drafts/new",
                $"/transactions/{t.Number}/edit",
                $"/transactions/{t.Number}/status",
                $"/transactions/{t.Number}/assignee",
                $"/transactions/{t.Number}/comments",
            }
        )
        {
            var sara = app.SignedInAs(Sara);
            foreach (
                var type in new[]
                {
                    "application/json",
                    "text/plain",
                    "multipart/form-data",
                    "multipart/form-data; boundary=\"\"",
                }
            )
            {
                var request = new HttpRequestMessage(HttpMethod.Post, path)
                {
                    Content = new ByteArrayContent("{}"u8.ToArray()),
                };
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                request.Headers.Add("RequestVerificationToken", sara.AntiforgeryToken());
                var answer = await sara.Send(request);
                Assert.True(answer.Status is >= 400 and < 500, $"{path} {type}: {answer}");
            }

            var many = await sara.Submit(path, Enumerable.Range(0, 2000).Select(i => ($"f{i}", (string?)"x")));
            Assert.True(many.Status is >= 400 and < 500, $"{path}: {many}");
        }
    }

    [Fact]
    public async Task No_field_of_a_page_breaks_it()
    {
        var t = await app.Given.Transaction(status: "submitted");
        var wrong = new List<string>();
        foreach (
            var value in new[]
            {
                "a\0b",
                "\ufffe",
                new string('x', 200_000),
                "-1",
                new string('9', 30),
                "9999-12-31",
                "../../x",
                "{\"a\":",
                "[null]",
                "{\"title\":{}}",
            }
        )
        foreach (
            var (path, field) in new[]
            {
                ("/transactions", "title"),
                ("/transactions", "amount"),
                ("/transactions", "client"),
                ("/transactions", "authorityReferences"),
                ("/transactions", "do"),
                ($"/transactions/{t.Number}/edit", "version"),
                ($"/transactions/{t.Number}/edit", "original"),
                ($"/transactions/{t.Number}/edit", "holderSince"),
                ($"/transactions/{t.Number}/status", "to"),
                ($"/transactions/{t.Number}/status", "note"),
                ($"/transactions/{t.Number}/status", "version"),
                ($"/transactions/{t.Number}/status", "noteVisibility"),
                ($"/transactions/{t.Number}/assignee", "assignee"),
                ($"/transactions/{t.Number}/assignee", "reason"),
                ($"/transactions/{t.Number}/comments", "text"),
                ("/transactions/bulk", "numbers"),
                ("/transactions/bulk", "action"),
                ("/transactions/drafts/new", "version"),
            }
        )
        {
            var answer = await app.SignedInAs(Nasser)
                .Submit(
                    path,
                    new[] { (field, (string?)value), ("action", field == "numbers" ? "status" : null), ("go", "1") }
                );
            if (answer.Status >= 500)
                wrong.Add($"{path} {field} {(value.Length > 40 ? value.Length : value)}: {answer.Status}");
        }

        Check.None(wrong);
    }

    private static Task<ApiAnswer> Send(ApiClient api, string method, string path, string body) =>
        api.Send(new(method), path, Json(body));

    private static ByteArrayContent Json(string body) =>
        new(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
