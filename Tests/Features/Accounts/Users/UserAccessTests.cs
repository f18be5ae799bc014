using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Users;

public sealed class UserAccessTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task An_admin_sees_how_many_browsers_would_be_let_in_and_ends_them_all()
    {
        var person = await app.Given.User("Two Browsers", "two.browsers@mdc.example");
        var (idle, busy) = (app.SignedInAs(person), app.SignedInAs(person));
        (await idle.Page("/account")).Expect(200);
        (await busy.Page("/account")).Expect(200);
        Assert.Equal("2", await SessionsOf(person));

        app.Clock.Advance(TimeSpan.FromMinutes(20));
        (await busy.Page("/account")).Expect(200);
        app.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal("1", await SessionsOf(person));

        (await app.SignedInAs(Nasser).Submit($"/users/{person.Id}/sessions/end")).Expect(303);

        Assert.Equal("0", await SessionsOf(person));
        (await busy.Page("/account")).Expect(302);
        Assert.True(
            await app.Db(db =>
                db.Audit.AnyAsync(a =>
                    a.Action == "user.sessions_ended" && a.EntityKey == person.Id.ToString() && a.ActorId == Nasser.Id
                )
            )
        );
    }

    [Fact]
    public async Task An_admin_has_a_reset_link_mailed_but_not_without_end_and_not_to_the_suspended()
    {
        var person = await app.Given.User("Forgot Again", "forgot.again@mdc.example");
        var gone = await app.Given.User("Long Gone", "long.gone@mdc.example", status: UserStatus.Suspended);
        var admin = app.SignedInAs(Nasser);

        (await admin.Submit($"/users/{person.Id}/reset")).Expect(303);

        (await app.Anonymous.Page("/reset/" + await app.TokenFor(person.Email, "account.reset"))).Expect(200);
        Assert.True(
            await app.Db(db =>
                db.Audit.AnyAsync(a => a.Action == "user.reset_sent" && a.EntityKey == person.Id.ToString())
            )
        );
        var statuses = new List<int>();
        for (var i = 0; i < 10; i++)
            statuses.Add((await admin.Submit($"/users/{person.Id}/reset")).Status);
        Assert.Equal(409, statuses[^1]);
        (await admin.Submit($"/users/{gone.Id}/reset")).Expect(409);
        Assert.Equal(0, await app.CountFor(gone.Email, "account.reset"));
    }

    [Fact]
    public async Task An_admin_takes_a_lost_second_factor_away_and_the_person_is_told()
    {
        var person = await app.Given.User("Lost Phone", "lost.phone@mdc.example");
        await app.Db(db =>
            db.Users.Where(u => u.Id == person.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.TotpSecret, "sealed"))
        );
        var (browser, admin) = (app.SignedInAs(person), app.SignedInAs(Nasser));
        var page = (await admin.Page($"/users/{person.Id}")).Expect(200);

        (await admin.Submit(page, "form[action$='/second-factor/removal']")).Expect(303);

        Assert.Null(await app.Db(db => db.Users.Where(u => u.Id == person.Id).Select(u => u.TotpSecret).SingleAsync()));
        (await browser.Page("/account")).Expect(302);
        Assert.Equal(1, await app.CountFor(person.Email, "account.second_factor_changed"));
        Assert.False(
            (await admin.Page($"/users/{person.Id}")).Expect(200).Has("form[action$='/second-factor/removal']")
        );
    }

    [Theory]
    [InlineData("sessions/end")]
    [InlineData("reset")]
    [InlineData("second-factor/removal")]
    public async Task Only_admins_may_and_nobody_is_nobody(string what)
    {
        (await app.SignedInAs(Sara).Submit($"/users/{Huda.Id}/{what}")).Expect(403);
        (await app.SignedInAs(Huda).Submit($"/users/{Huda.Id}/{what}")).Expect(403);
        (await app.SignedInAs(Nasser).Submit($"/users/999999/{what}")).Expect(404);
    }

    // As a minute later, when what this process has noted is written.
    private async Task<string> SessionsOf(Person person)
    {
        await app.With<AppDb>(db => app.Services.GetRequiredService<LastUses>().Write(db, CancellationToken.None));
        return (await app.SignedInAs(Nasser).Page($"/users/{person.Id}"))
            .Expect(200)
            .Select("section[aria-labelledby=access-h] dd")[1];
    }
}
