using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Registering;

public sealed class RegisterTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task A_person_registers_and_waits_for_approval()
    {
        var visitor = app.Anonymous;
        Assert.True((await visitor.Page("/signin")).Expect(200).Has("main a[href='/register']"));
        var form = (await visitor.Page("/register")).Expect(200);
        Assert.True(form.Has("main a[href='/signin']"));

        var answer = (
            await visitor.Submit(form, "form.stack", Typed("Maha.New@firm.example", phone: "٠٥٥ ١٢٣ ٤٥٦٧"))
        ).Expect(303);
        var done = await visitor.Follow(answer);

        Assert.Contains("Check your email", done.Expect(200).TextOf("h1"), StringComparison.Ordinal);
        var user = await Kept("maha.new@firm.example");
        Assert.Equal(
            (Role.Client, UserStatus.Pending, null, "Firm of Maha", "+966551234567", "1010123456", false),
            (
                user.Role,
                user.Status,
                user.ClientId,
                user.Company,
                user.PhoneNumber,
                user.IdentityNumber,
                user.EmailConfirmed
            )
        );
        var entry = await app.Db(db =>
            db.Audit.SingleAsync(a => a.Action == "account.registered" && a.EntityKey == $"{user.Id}")
        );
        Assert.Null(entry.Data);
        Assert.DoesNotContain("correct-horse", entry.Personal!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fullName", "  ")]
    [InlineData("fullName", "A\nB")]
    [InlineData("fullName", "121")]
    [InlineData("email", "")]
    [InlineData("email", "a@b.sa\r\nBcc: c@d.sa")]
    [InlineData("phone", "call me")]
    [InlineData("phone", "")]
    [InlineData("identityKind", "")]
    [InlineData("identityNumber", "١٢٣٤٥٦٧٨٩٠")]
    [InlineData("identityNumber", "١٢٣٤")]
    [InlineData("identityNumber", "")]
    [InlineData("password", "letmein2026!!")]
    [InlineData("password", "Maha-firm-2026")]
    [InlineData("company", "")]
    [InlineData("company", "201")]
    [InlineData("password", "short")]
    [InlineData("repeat", "something else")]
    public async Task A_wrong_field_is_shown_with_what_was_typed(string field, string value)
    {
        var typed = new Dictionary<string, string>
        {
            ["fullName"] = "Maha",
            ["email"] = "wrong.field@firm.example",
            ["phone"] = "0551234567",
            ["company"] = "Firm",
            ["identityKind"] = "person",
            ["identityNumber"] = "1000000008",
            ["password"] = "correct-horse-staple",
            ["repeat"] = "correct-horse-staple",
        };
        typed[field] = int.TryParse(value, out var length) ? new string('x', length) : value;
        if (field == "password")
            typed["repeat"] = typed["password"];

        var answer = (
            await app.Anonymous.Submit(
                "/register",
                new
                {
                    fullName = typed["fullName"],
                    email = typed["email"],
                    phone = typed["phone"],
                    company = typed["company"],
                    identityKind = typed["identityKind"],
                    identityNumber = typed["identityNumber"],
                    password = typed["password"],
                    repeat = typed["repeat"],
                }
            )
        ).Expect(422);

        Assert.Equal(
            [field],
            answer.Document.QuerySelectorAll("[aria-invalid=true]").Select(e => e.GetAttribute("name"))
        );
        Assert.DoesNotContain("correct-horse", answer.Text, StringComparison.Ordinal);
        if (field != "company")
            Assert.Equal("Firm", answer.Attribute("#f-company", "value"));
        Assert.False(await app.Db(db => db.Users.AnyAsync(u => u.Email == "wrong.field@firm.example")));
    }

    [Fact]
    public async Task A_known_address_gets_the_same_answer_and_nothing_changes()
    {
        var before = await Kept(Sara.Email);
        var (visitor, stranger) = (app.Anonymous, app.Anonymous);

        var known = (await visitor.Submit("/register", Typed(Sara.Email.ToUpperInvariant()))).Expect(303);
        var unknown = (await stranger.Submit("/register", Typed("nobody.yet@firm.example"))).Expect(303);

        Assert.Equal((unknown.Location, unknown.Text), (known.Location, known.Text));
        Assert.Equal((await stranger.Follow(unknown)).TextOf("main"), (await visitor.Follow(known)).TextOf("main"));
        var after = await Kept(Sara.Email);
        Assert.Equal(1, await app.CountFor(Sara.Email, "account.email_taken"));
        Assert.Equal(
            (before.PasswordHash, before.FullName, before.Status, before.ConcurrencyStamp),
            (after.PasswordHash, after.FullName, after.Status, after.ConcurrencyStamp)
        );
    }

    [Fact]
    public async Task Twenty_at_once_make_one_account()
    {
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(i =>
                    app.Anonymous.Submit("/register", Typed(i % 2 == 0 ? "Race@firm.example" : "race@FIRM.example"))
                )
        );

        Assert.All(answers, a => Assert.Equal("/register/done", a.Expect(303).Location));
        Assert.Equal(1, await app.Db(db => db.Users.CountAsync(u => u.NormalizedEmail == "RACE@FIRM.EXAMPLE")));
    }

    [Fact]
    public async Task An_admin_activates_them_for_a_client_and_they_see_only_its_transactions()
    {
        var (ours, theirs) = (
            await app.Given.Transaction("Ours", status: "submitted", client: Municipality),
            await app.Given.Transaction("Theirs", status: "submitted", client: Hospital)
        );
        var user = await Confirmed("soon.in@firm.example");
        (await SignIn(app.Anonymous, user)).Expect(200);
        var admin = app.SignedInAs(Nasser);
        Assert.Contains(
            "Firm of Maha",
            (await admin.Page("/users?status=pending")).Expect(200).TextOf("table"),
            StringComparison.Ordinal
        );
        var form = (await admin.Page($"/users/{user.Id}")).Expect(200);
        Assert.Equal("Firm of Maha", form.Attribute("#f-company", "value"));
        Assert.Equal(
            ["pending", "active", "rejected"],
            form.Document.QuerySelectorAll("#f-status option").Select(o => o.GetAttribute("value"))
        );

        var without = (await admin.Submit(form, "form.stack", new { status = "active" })).Expect(422);
        Assert.Equal(
            ["clientId"],
            without.Document.QuerySelectorAll("[aria-invalid=true]").Select(e => e.GetAttribute("name"))
        );
        (await SignIn(app.Anonymous, user)).Expect(200);
        (await admin.Submit(without, "form.stack", new { status = "active", clientId = $"{Municipality.Id}" })).Expect(
            303
        );

        var visitor = app.Anonymous;
        (await SignIn(visitor, user)).Expect(303);
        (await visitor.Page($"/transactions/{ours.Number}")).Expect(200);
        (await visitor.Page($"/transactions/{theirs.Number}")).Expect(404);
        var list = (await visitor.Page("/transactions?pageSize=100")).Expect(200).Text;
        Assert.Contains(ours.Number, list, StringComparison.Ordinal);
        Assert.DoesNotContain(theirs.Number, list, StringComparison.Ordinal);
        (await visitor.Page("/users")).Expect(403);
    }

    [Fact]
    public async Task An_admin_rejects_them_with_a_reason_that_is_mailed()
    {
        var user = await Registered("not.in@firm.example");
        var admin = app.SignedInAs(Nasser);
        var form = (await admin.Page($"/users/{user.Id}")).Expect(200);

        var without = (await admin.Submit(form, "form.stack", new { status = "rejected" })).Expect(422);
        Assert.Equal(
            ["reason"],
            without.Document.QuerySelectorAll("[aria-invalid=true]").Select(e => e.GetAttribute("name"))
        );
        (await admin.Submit(form, "form.stack", new { status = "rejected", reason = new string('x', 501) })).Expect(
            422
        );
        (
            await admin.Submit(without, "form.stack", new { status = "rejected", reason = "Nobody there knows them" })
        ).Expect(303);

        Assert.Equal(UserStatus.Rejected, (await Kept(user.Email!)).Status);
        var entry = await app.Db(db =>
            db.Audit.SingleAsync(a => a.Action == "user.edited" && a.EntityKey == $"{user.Id}")
        );
        Assert.Contains("Nobody there knows them", entry.Personal!, StringComparison.Ordinal);
        Assert.DoesNotContain("Nobody there", entry.Data!, StringComparison.Ordinal);
        Assert.Contains(
            "Nobody there knows them",
            await app.Db(db =>
                db.Outbox.Where(m => m.RecipientId == user.Id && m.Event == "account.rejected")
                    .Select(m => m.Args)
                    .SingleAsync()
            ),
            StringComparison.Ordinal
        );
        var answer = (await SignIn(app.Anonymous, user)).Expect(422);
        Assert.DoesNotContain("Nobody there", answer.Text, StringComparison.Ordinal);
        (await app.Anonymous.Submit("/register", Typed(user.Email!))).Expect(303);
        Assert.Equal(UserStatus.Rejected, (await Kept(user.Email!)).Status);
    }

    [Fact]
    public async Task The_api_activates_and_rejects_those_who_wait_and_nobody_else()
    {
        var user = await Confirmed("by.api@firm.example");
        (
            await Put(
                user.Id,
                new
                {
                    fullName = "Maha",
                    role = "client",
                    status = "suspended",
                }
            )
        ).Expect(422);
        (
            await Put(
                user.Id,
                new
                {
                    fullName = "Maha",
                    role = "client",
                    status = "active",
                }
            )
        ).Expect(422);
        (
            await Put(
                user.Id,
                new
                {
                    fullName = "Maha",
                    role = "client",
                    status = "rejected",
                }
            )
        ).Expect(422);
        Assert.Equal(
            "rejected",
            (
                await Put(
                    user.Id,
                    new
                    {
                        fullName = "Maha",
                        role = "client",
                        status = "rejected",
                        reason = "No",
                    }
                )
            ).Expect(200)["status"]
        );
        (
            await Put(
                user.Id,
                new
                {
                    fullName = "Maha",
                    role = "client",
                    status = "pending",
                }
            )
        ).Expect(422);
        Assert.Equal(
            "active",
            (
                await Put(
                    user.Id,
                    new
                    {
                        fullName = "Maha",
                        role = "client",
                        status = "active",
                        clientId = $"{Hospital.Id}",
                    }
                )
            ).Expect(200)["status"]
        );
        (
            await Put(
                user.Id,
                new
                {
                    fullName = "Maha",
                    role = "client",
                    status = "rejected",
                    clientId = $"{Hospital.Id}",
                    reason = "No",
                }
            )
        ).Expect(422);
    }

    [Fact]
    public async Task The_mailed_link_confirms_the_address_once_and_only_by_its_button()
    {
        var user = await Registered("confirms@firm.example");
        var token = await app.TokenFor(user.Email!, "account.confirm");
        Assert.False(await app.Db(db => db.AccountLinks.AnyAsync(l => l.Hash == token)));
        var visitor = app.Anonymous;
        var page = (await visitor.Page($"/register/confirm/{token}")).Expect(200);
        Assert.Contains("Firm of Maha", page.TextOf("main"), StringComparison.Ordinal);
        Assert.False((await Kept(user.Email!)).EmailConfirmed);

        var done = await visitor.Follow((await visitor.Submit(page, "form.stack")).Expect(303));

        Assert.Contains("Waiting for an administrator", done.Expect(200).TextOf("h1"), StringComparison.Ordinal);
        Assert.True((await Kept(user.Email!)).EmailConfirmed);
        Assert.Equal(
            1,
            await app.Db(db =>
                db.Outbox.CountAsync(m =>
                    m.RecipientId == Nasser.Id
                    && m.Event == "account.waiting"
                    && m.CreatedAt == app.Now
                    && m.Args.Contains("Maha Saud")
                )
            )
        );
        (await visitor.Page($"/register/confirm/{token}")).Expect(404);
        (await visitor.Submit($"/register/confirm/{token}")).Expect(404);
        (await visitor.Submit("/register/confirm/nonsense")).Expect(404);
        (await SignIn(app.Anonymous, user)).Expect(200);
    }

    [Fact]
    public async Task A_confirmation_is_too_old_after_a_day()
    {
        var user = await Registered("late@firm.example");
        var token = await app.TokenFor(user.Email!, "account.confirm");
        app.Clock.Advance(TimeSpan.FromHours(25));
        var over = (await app.Anonymous.Page($"/register/confirm/{token}")).Expect(404);
        Assert.Equal("/register/done?again=1", over.Attribute(".oops a:not(.primary)", "href"));
    }

    [Fact]
    [Trait("runs", "proof")]
    public async Task The_mail_is_sent_again_but_not_without_end()
    {
        var user = await Registered("again@firm.example");
        var first = await app.TokenFor(user.Email!, "account.confirm");
        var visitor = app.Anonymous;
        (await visitor.Submit("/register/again", new { email = user.Email })).Expect(303);
        Assert.Equal(1, await app.CountFor(user.Email!, "account.confirm"));
        for (var i = 0; i < 8; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(3));
            (await visitor.Submit("/register/again", new { email = user.Email!.ToUpperInvariant() })).Expect(303);
        }

        Assert.Equal(5, await app.CountFor(user.Email!, "account.confirm"));
        (await visitor.Page($"/register/confirm/{first}")).Expect(404);
        (await visitor.Page($"/register/confirm/{await app.TokenFor(user.Email!, "account.confirm")}")).Expect(200);
        var (unknown, known) = (
            await visitor.Submit("/register/again", new { email = "nobody@firm.example" }),
            await visitor.Submit("/register/again", new { email = user.Email })
        );
        Assert.Equal((known.Status, known.Location, known.Text), (unknown.Status, unknown.Location, unknown.Text));
    }

    [Fact]
    public async Task Who_is_signed_in_has_no_need_to_register() =>
        Assert.Equal("/", (await app.SignedInAs(Huda).Page("/register")).Expect(302).Location);

    private static object Typed(string email, string phone = "0551234567", string company = "Firm of Maha") =>
        new
        {
            fullName = "Maha Saud",
            email,
            phone,
            company,
            identityKind = "company",
            identityNumber = "١٠١٠١٢٣٤٥٦",
            password = "correct-horse-staple",
            repeat = "correct-horse-staple",
        };

    private static Task<Answer> SignIn(Visitor visitor, User user) =>
        visitor.Submit("/signin", new { email = user.Email, password = "correct-horse-staple" });

    private async Task<User> Registered(string email)
    {
        (await app.Anonymous.Submit("/register", Typed(email))).Expect(303);
        return await Kept(email);
    }

    // Nobody is activated before.
    private async Task<User> Confirmed(string email)
    {
        await Registered(email);
        var token = await app.TokenFor(email, "account.confirm");
        (await app.Anonymous.Submit($"/register/confirm/{token}")).Expect(303);
        return await Kept(email);
    }

    private Task<User> Kept(string email) =>
        app.Db(db => db.Users.AsNoTracking().SingleAsync(u => u.NormalizedEmail == email.ToUpperInvariant()));

    private async Task<ApiAnswer> Put(int id, object body)
    {
        var api = app.Api(Nasser);
        var tag = (await api.Get($"/users/{id}")).Expect(200).Header("ETag")!;
        return await api.Send(
            HttpMethod.Put,
            $"/users/{id}",
            System.Net.Http.Json.JsonContent.Create(body),
            ("If-Match", tag)
        );
    }
}

[Trait("runs", "once")]
public sealed class RegisterLimitTests(RegisterLimitTests.LimitedApp app) : IClassFixture<RegisterLimitTests.LimitedApp>
{
    public sealed class LimitedApp : App
    {
        protected override IEnumerable<(string, string)> Settings => [("RateLimits:Enabled", "true")];
    }

    [Fact]
    [Trait("runs", "proof")]
    public async Task Nobody_registers_without_end()
    {
        var visitor = app.Anonymous;
        var answers = new List<int>();
        for (var i = 0; i < 40 && !answers.Contains(429); i++)
            answers.Add((await visitor.Submit("/register", new { fullName = "" })).Status);

        Assert.Equal(422, answers[0]);
        Assert.Equal(429, answers[^1]);
    }
}
