using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Profile;

public sealed class AccountPageTests(SharedApp app) : IClassFixture<SharedApp>
{
    private const string New = "a quite different password";

    [Fact]
    public async Task Somebody_changes_their_name_language_and_theme()
    {
        var person = await app.Given.User("Before");
        var visitor = app.SignedInAs(person);
        var page = (await visitor.Page("/account")).Expect(200);
        var saved = (
            await visitor.Submit(
                page,
                "form.sec",
                new
                {
                    fullName = "بعد",
                    language = "ar",
                    theme = "dark",
                }
            )
        ).Expect(303);
        var after = (await visitor.Follow(saved)).Expect(200);
        Assert.Equal(("rtl", "dark"), (after.Attribute("html", "dir"), after.Attribute("html", "data-theme")));
        (
            await visitor.Submit(
                "/account",
                new
                {
                    fullName = "",
                    language = "fr",
                    theme = "pink",
                }
            )
        ).Expect(422);
    }

    [Fact]
    public async Task A_clients_person_sees_their_organisation_and_may_have_tokens()
    {
        var page = (await app.SignedInAs(Huda).Page("/account")).Expect(200);
        Assert.Contains(Municipality.NameEn, page.Text, StringComparison.Ordinal);
        (await app.SignedInAs(Huda).Page("/account/tokens")).Expect(200);
    }

    [Fact]
    public async Task A_new_password_ends_the_other_sessions_and_tokens_but_not_this_one()
    {
        var person = await app.Given.User();
        var (here, elsewhere, script) = (app.SignedInAs(person), app.SignedInAs(person), app.Api(person));
        (await elsewhere.Page("/account")).Expect(200);

        (
            await here.Submit(
                "/account/password",
                new
                {
                    current = "wrong",
                    password = New,
                    repeat = New,
                }
            )
        ).Expect(422);
        (
            await here.Submit(
                "/account/password",
                new
                {
                    current = Password,
                    password = "short",
                    repeat = "short",
                }
            )
        ).Expect(422);
        (
            await here.Submit(
                "/account/password",
                new
                {
                    current = Password,
                    password = New,
                    repeat = New + "x",
                }
            )
        ).Expect(422);
        (
            await here.Submit(
                "/account/password",
                new
                {
                    current = Password,
                    password = new string('x', 1025),
                    repeat = new string('x', 1025),
                }
            )
        ).Expect(422);
        (await elsewhere.Page("/account")).Expect(200);

        (
            await here.Submit(
                "/account/password",
                new
                {
                    current = Password,
                    password = New,
                    repeat = New,
                }
            )
        ).Expect(303);
        (await here.Page("/account")).Expect(200);
        (await elsewhere.Page("/account")).Expect(302);
        (await script.Get("/me")).Expect(401);
        (await app.Anonymous.Submit("/signin", new { email = person.Email, password = Password })).Expect(422);
        (await app.Anonymous.Submit("/signin", new { email = person.Email, password = New })).Expect(303);
    }

    [Fact]
    public async Task Nobody_has_an_account_page_without_signing_in()
    {
        foreach (var url in new[] { "/account", "/account/password", "/account/tokens" })
            (await app.Anonymous.Page(url)).Expect(302);
        (await app.AnonymousApi.Get("/me")).Expect(401);
        Assert.Equal(
            ("editor", Sara.Email),
            (
                (await app.Api(Sara, "read").Get("/me")).Expect(200)["role"],
                (await app.Api(Sara, "read").Get("/me"))["email"]
            )
        );
    }
}
