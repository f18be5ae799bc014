using System.Net;
using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Users;

public sealed class UsersTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task An_admin_adds_somebody_who_is_invited_to_choose_a_password()
    {
        var admin = app.SignedInAs(Nasser);
        var form = (await admin.Page("/users/new")).Expect(200);
        Assert.False(form.Has("input[type=password]"));
        (
            await admin.Submit(
                form,
                "form.stack",
                new
                {
                    fullName = "Maha Saud",
                    email = "Maha.Saud@mdc.example",
                    role = "editor",
                    phone = "٠٥٥ ١٢٣ ٤٥٦٧",
                    department = "",
                    password = "typed by an admin",
                }
            )
        ).Expect(303);

        var user = await app.Db(db => db.Users.SingleAsync(u => u.Email == "Maha.Saud@mdc.example"));
        Assert.Equal(
            ("+966551234567", UserStatus.Pending, null, false),
            (user.PhoneNumber, user.Status, user.PasswordHash, user.EmailConfirmed)
        );
        Assert.Equal(1, await app.CountFor(user.Email!, "account.invited"));
        Assert.DoesNotContain(
            "Saud",
            string.Concat(await app.Db(db => db.Audit.Select(a => a.Data).ToListAsync())),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Wrong_fields_are_shown_with_what_was_typed()
    {
        var answer = (
            await app.SignedInAs(Nasser)
                .Submit(
                    "/users",
                    new
                    {
                        fullName = "  ",
                        email = "not an address",
                        role = "client",
                        language = "fr",
                        phone = "abc",
                        department = "nowhere",
                    }
                )
        ).Expect(422);
        Assert.Equal(
            ["fullName", "email", "phone", "department", "language", "clientId"],
            answer.Document.QuerySelectorAll("[aria-invalid=true]").Select(e => e.GetAttribute("name"))
        );
        Assert.Equal("not an address", answer.Attribute("#f-email", "value"));
    }

    [Theory]
    [InlineData("a@b.sa\r\nBcc: x@y.sa")]
    [InlineData("\"quoted\"@mdc.example")]
    [InlineData("Somebody <a@mdc.example>")]
    [InlineData("a@mdc")]
    [InlineData("a@@mdc.example")]
    [InlineData("a\0@mdc.example")]
    [InlineData(".a@mdc.example")]
    public async Task Only_a_plain_address_is_an_address(string email)
    {
        var answer = (
            await app.Api(Nasser)
                .Post(
                    "/users",
                    new
                    {
                        email,
                        fullName = "X",
                        role = "editor",
                    }
                )
        ).Expect(422);
        Assert.True(answer.Json.GetProperty("errors").TryGetProperty("email", out _));
    }

    [Fact]
    public async Task The_api_adds_reads_and_replaces()
    {
        var api = app.Api(Nasser);
        var made = (
            await api.Post(
                "/users",
                new
                {
                    email = "api.made@mdc.example",
                    fullName = "Api Made",
                    role = "client",
                    clientId = $"{Municipality.Id}",
                    language = "ar",
                }
            )
        ).Expect(201);
        Assert.Equal(
            ("client", "pending", "ar", $"{Municipality.Id}"),
            (made["role"], made["status"], made["language"], made["clientId"])
        );
        Assert.False(made.Json.TryGetProperty("temporaryPassword", out _));
        var path = made.Header("Location")!["/api/v1".Length..];

        var read = (await api.Get(path)).Expect(200);
        Assert.False(read.Json.TryGetProperty("passwordHash", out _));
        var change = new
        {
            fullName = "Api Changed",
            role = "editor",
            status = "pending",
        };
        (await api.Put(path, change)).Expect(428);
        (await Put(api, path, change, "\"other\"")).Expect(412);
        var saved = (await Put(api, path, change, read.Header("ETag")!)).Expect(200);
        Assert.Equal(("Api Changed", "editor", null), (saved["fullName"], saved["role"], saved["clientId"]));
        (
            await Put(
                api,
                path,
                new
                {
                    fullName = "X",
                    role = "boss",
                    status = "gone",
                },
                saved.Header("ETag")!
            )
        ).Expect(422);
        (await api.Get("/users/999999")).Expect(404);
        (
            await api.Post(
                "/users",
                new
                {
                    email = "x@mdc.example",
                    fullName = "X",
                    role = "editor",
                    surprise = 1,
                }
            )
        ).Expect(400);
        var chosen = (
            await api.Post(
                "/users",
                new
                {
                    email = "chosen@mdc.example",
                    fullName = "X",
                    role = "editor",
                    password = "a chosen password",
                }
            )
        ).Expect(201);
        Assert.Equal("active", chosen["status"]);
        (
            await api.Post(
                "/users",
                new
                {
                    email = "common@mdc.example",
                    fullName = "X",
                    role = "editor",
                    password = "qwertyqwerty12",
                }
            )
        ).Expect(422);
        (
            await Put(
                api,
                path,
                new
                {
                    fullName = "X",
                    role = "editor",
                    status = "active",
                },
                (await api.Get(path)).Header("ETag")!
            )
        ).Expect(422);
        (
            await Put(
                api,
                path,
                new
                {
                    fullName = "X",
                    role = "editor",
                    status = "pending",
                    password = "a chosen password",
                },
                (await api.Get(path)).Header("ETag")!
            )
        ).Expect(400);
    }

    [Fact]
    public async Task An_address_is_taken_once_even_by_two_at_the_same_time()
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i =>
                    app.Api(Nasser)
                        .Post(
                            "/users",
                            new
                            {
                                email = i % 2 == 0 ? "Race@mdc.example" : "race@MDC.example",
                                fullName = "R",
                                role = "editor",
                            }
                        )
                )
        );
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(
            answers.Where(a => a.Status != 201),
            a => Assert.True(a.Expect(422).Json.GetProperty("errors").TryGetProperty("email", out _))
        );
    }

    [Fact]
    public async Task A_suspension_ends_sessions_and_tokens_on_the_next_request()
    {
        var person = await app.Given.User("Soon Gone");
        var (browser, api) = (app.SignedInAs(person), app.Api(person));
        (await browser.Page("/transactions")).Expect(200);
        (await api.Get("/me")).Expect(200);

        var admin = app.SignedInAs(Nasser);
        var form = (await admin.Page($"/users/{person.Id}")).Expect(200);
        (await admin.Submit(form, "form.stack", new { status = "suspended" })).Expect(303);
        (await browser.Page("/transactions")).Expect(302);
        (await api.Get("/me")).Expect(401);

        (
            await admin.Submit(
                (await admin.Page($"/users/{person.Id}")).Expect(200),
                "form.stack",
                new { status = "active" }
            )
        ).Expect(303);
        (await api.Get("/me")).Expect(401);
        (await browser.Page("/transactions")).Expect(302);
    }

    [Fact]
    public async Task A_form_that_is_too_old_is_refused_and_keeps_what_was_typed()
    {
        var person = await app.Given.User("Old Form");
        var admin = app.SignedInAs(Nasser);
        var form = (await admin.Page($"/users/{person.Id}")).Expect(200);
        (await admin.Submit(form, "form.stack", new { fullName = "First" })).Expect(303);
        var second = (await admin.Submit(form, "form.stack", new { fullName = "Second" })).Expect(409);
        Assert.Equal(["First", "Second"], second.Select("table.merge tbody td"));
        (await admin.Submit(second, "form.stack")).Expect(303);

        // A wrong field in between does not make the form newer than what was read.
        var wrong = (await admin.Submit(form, "form.stack", new { fullName = "" })).Expect(422);
        var third = (await admin.Submit(wrong, "form.stack", new { fullName = "Third", phone = "" })).Expect(409);
        Assert.Equal(["Second", "Third"], third.Select("table.merge tbody td"));
    }

    [Fact]
    public async Task The_list_finds_by_folded_name_address_and_client()
    {
        await app.Given.User("أحمد العتيبى", "ahmad.unique@mdc.example", Role.Client, Hospital);
        var admin = app.SignedInAs(Nasser);
        foreach (var q in new[] { "احمد العتيبي", "AHMAD.unique", "مستشفي احمد" })
            Assert.Equal(
                ["ahmad.unique@mdc.example"],
                (await admin.Page($"/users?q={WebUtility.UrlEncode(q)}")).Expect(200).Select("tbody th small")
            );
        Assert.All(
            (await admin.Page("/users?role=admin")).Expect(200).Select("tbody td:nth-child(2)"),
            role => Assert.Equal("Administrator", role)
        );
        Assert.False((await admin.Fragment("/users?status=suspended&pageSize=1")).Expect(200).IsWholePage);
        (await admin.Page("/users?role=boss")).Expect(400);
        (await admin.Page("/users?q=%00")).Expect(400);
        (await admin.Page("/users?client=x&page=-4")).Expect(400);
    }

    [Fact]
    public async Task Editors_learn_only_who_is_on_the_staff_and_clients_nothing()
    {
        await app.Given.User("Left Us", "left@mdc.example", status: UserStatus.Suspended);
        var answer = (await app.Api(Sara, "read").Get("/users?pageSize=100")).Expect(200);
        Assert.All(
            answer.Items,
            u => Assert.Equal(["id", "fullName", "nameAr", "email"], u.EnumerateObject().Select(p => p.Name))
        );
        var mails = answer.Items.Select(u => u.GetProperty("email").GetString()).ToList();
        Assert.Contains(Omar.Email, mails);
        Assert.DoesNotContain(Huda.Email, mails);
        Assert.DoesNotContain("left@mdc.example", mails);

        (await app.Api(Sara).Get($"/users/{Omar.Id}")).Expect(403);
        (await app.SignedInAs(Sara).Page("/users")).Expect(403);
        (await app.SignedInAs(Huda).Page("/users/new")).Expect(403);
        (await app.Api(Huda).Get("/users")).Expect(403);
        (
            await app.Api(Sara)
                .Post(
                    "/users",
                    new
                    {
                        email = "z@mdc.example",
                        fullName = "Z",
                        role = "admin",
                    }
                )
        ).Expect(403);
        (
            await app.Api(Nasser, "read", "write")
                .Post(
                    "/users",
                    new
                    {
                        email = "z@mdc.example",
                        fullName = "Z",
                        role = "admin",
                    }
                )
        ).Expect(403);
        (await app.AnonymousApi.Get("/users")).Expect(401);
    }

    [Fact]
    public async Task The_command_line_adds_people_and_says_in_one_line_why_not()
    {
        using var good = new StringWriter();
        using var bad = new StringWriter();
        Assert.Equal(
            0,
            await AddUserCommand.Handle(
                new()
                {
                    Email = "cli@mdc.example",
                    FullName = "Cli",
                    Role = "client",
                    ClientId = "أمانة منطقة الرياض",
                },
                app.Services,
                good,
                bad,
                CancellationToken.None
            )
        );
        Assert.Contains("/invitation/", good.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            Municipality.Id,
            await app.Db(db => db.Users.Where(u => u.Email == "cli@mdc.example").Select(u => u.ClientId).SingleAsync())
        );

        Assert.Equal(
            1,
            await AddUserCommand.Handle(
                new()
                {
                    Email = "CLI@mdc.example",
                    FullName = "Cli",
                    Role = "editor",
                },
                app.Services,
                good,
                bad,
                CancellationToken.None
            )
        );
        Assert.Equal("--email: Another account uses this email address.", bad.ToString().Trim());
    }

    [Fact]
    public async Task A_suspension_says_what_follows_hands_the_work_over_and_shows_what_was_done()
    {
        var person = await app.Given.User("Majed Leaving");
        var (browser, api) = (app.SignedInAs(person), app.Api(person));
        (await browser.Page("/transactions")).Expect(200);
        var work = await app.Given.Transaction("Left behind", status: "submitted", assignee: person);
        await app.Given.Transaction("Over already", status: "completed", assignee: person);
        var admin = app.SignedInAs(Nasser);
        var asked = (await admin.Page($"/users/{person.Id}")).Expect(200);
        Assert.Equal(
            ["One session ends.", "One API token stops working.", "One open transaction is assigned to them."],
            asked.Select("#suspend li")
        );
        Assert.Equal(
            asked.Select("#suspend li"),
            (await admin.Page($"/users/{person.Id}/suspension")).Select("main li li, main .sec li")
        );

        var refused = (
            await admin.Submit(asked, "#suspend form", new { reason = " ", handOverTo = $"{Huda.Id}" })
        ).Expect(422);
        Assert.Equal(2, refused.Select("[aria-invalid=true]").Count);
        var done = (
            await admin.Submit(asked, "#suspend form", new { reason = "Left us", handOverTo = $"{Omar.Id}" })
        ).Expect(303);
        Assert.Equal($"/users/{person.Id}", done.Location);
        var page = (await admin.Page(done.Location!)).Expect(200);
        Assert.StartsWith(
            "Majed Leaving suspended. One session ended. One API token stopped working. One transaction handed over.",
            page.TextOf(".toast"),
            StringComparison.Ordinal
        );
        (await api.Get("/me")).Expect(401);
        (await browser.Page("/transactions")).Expect(302);
        Assert.Equal(Omar.Id, (await app.Given.Reload(work.Number)).AssigneeId);
        (await admin.Submit(asked, "#suspend form", new { reason = "Twice" })).Expect(409);

        (await admin.Submit(page, ".toast form", new { })).Expect(303);
        Assert.Equal(
            UserStatus.Active,
            await app.Db(db => db.Users.Where(u => u.Id == person.Id).Select(u => u.Status).SingleAsync())
        );
        (await app.SignedInAs(Sara).Submit($"/users/{person.Id}/suspension", new { reason = "x" })).Expect(403);

        var script = app.Api(Nasser);
        (await script.Post($"/users/{person.Id}/suspension", new { })).Expect(422);
        Assert.Equal(
            "suspended",
            (await script.Post($"/users/{person.Id}/suspension", new { reason = "x" })).Expect(200)["status"]
        );
        Assert.Equal("active", (await script.Delete($"/users/{person.Id}/suspension")).Expect(200)["status"]);
        (await script.Delete($"/users/{person.Id}/suspension")).Expect(409);
        (await script.Post("/users/99999/suspension", new { reason = "x" })).Expect(404);
        (await app.Api(Sara).Post($"/users/{person.Id}/suspension", new { reason = "x" })).Expect(403);
    }

    internal static Task<ApiAnswer> Put(ApiClient api, string path, object body, string tag) =>
        api.Send(HttpMethod.Put, path, System.Net.Http.Json.JsonContent.Create(body), ("If-Match", tag));
}

public sealed class LastAdminTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task The_last_active_admin_stays_one_even_when_two_demote_each_other()
    {
        var alone = app.SignedInAs(Nasser);
        var form = (await alone.Page($"/users/{Nasser.Id}")).Expect(200);
        (await alone.Submit(form, "form.stack", new { status = "suspended" })).Expect(409);
        (await alone.Submit(form, "form.stack", new { role = "editor" })).Expect(409);
        (await alone.Submit(form, "#suspend form", new { reason = "Tired" })).Expect(409);

        var second = await app.Given.User("Second Admin", role: Role.Admin);
        var (first, other) = (app.Api(Nasser), app.Api(second));
        var (mine, theirs) = (
            (await first.Get($"/users/{second.Id}")).Header("ETag")!,
            (await other.Get($"/users/{Nasser.Id}")).Header("ETag")!
        );
        var answers = await Task.WhenAll(
            UsersTests.Put(
                first,
                $"/users/{second.Id}",
                new
                {
                    fullName = "Second Admin",
                    role = "editor",
                    status = "active",
                },
                mine
            ),
            UsersTests.Put(
                other,
                $"/users/{Nasser.Id}",
                new
                {
                    fullName = "Nasser",
                    role = "admin",
                    status = "suspended",
                },
                theirs
            )
        );

        // The slower one is refused: by the rule, or because it is no admin any more.
        Assert.Single(answers, a => a.Status == 200);
        Assert.True(answers.Single(a => a.Status != 200).Status is 409 or 401 or 403);
        Assert.Equal(
            1,
            await app.Db(db => db.Users.CountAsync(u => u.Role == Role.Admin && u.Status == UserStatus.Active))
        );
    }
}
