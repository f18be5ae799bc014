using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Invitations;

public sealed class InvitationTests(App app) : IClassFixture<App>
{
    private const string New = "seven green kettles";

    [Fact]
    public async Task Who_is_invited_chooses_a_password_and_is_active()
    {
        var (id, email) = await Invited("comes@mdc.example");
        var token = await app.TokenFor(email, "account.invited");
        var visitor = app.Anonymous;
        var form = (await visitor.In("ar").Page($"/invitation/{token}")).Expect(200);
        (await visitor.Submit(form, "form.stack", new { password = "Comes Along 1", repeat = "Comes Along 1" })).Expect(
            422
        );
        Assert.Equal(UserStatus.Pending, (await Kept(id)).Status);

        (await visitor.Submit(form, "form.stack", new { password = New, repeat = New })).Expect(303);

        Assert.Equal((UserStatus.Active, true), ((await Kept(id)).Status, (await Kept(id)).EmailConfirmed));
        (await visitor.Page($"/invitation/{token}")).Expect(404);
        (await visitor.Submit($"/invitation/{token}", new { password = New, repeat = New })).Expect(404);
        (await app.Anonymous.Submit("/signin", new { email, password = New })).Expect(303);
        (await app.SignedInAs(Nasser).Submit($"/users/{id}/invitation")).Expect(409);
    }

    [Fact]
    public async Task An_admin_sends_it_again_and_takes_it_back()
    {
        var (id, email) = await Invited("twice@mdc.example");
        var first = await app.TokenFor(email, "account.invited");
        var admin = app.SignedInAs(Nasser);
        var page = (await admin.Page($"/users/{id}")).Expect(200);
        Assert.True(page.Has($"form[action='/users/{id}/invitation']"));
        Assert.Contains(
            "Invited",
            (await admin.Page("/users?q=twice@mdc.example")).TextOf("tbody"),
            StringComparison.Ordinal
        );

        (await admin.Submit($"/users/{id}/invitation")).Expect(303);
        var second = await app.TokenFor(email, "account.invited");
        (await app.Anonymous.Page($"/invitation/{first}")).Expect(404);
        (await app.Anonymous.Page($"/invitation/{second}")).Expect(200);

        (await admin.Submit($"/users/{id}/invitation/revocation")).Expect(303);
        (await app.Anonymous.Page($"/invitation/{second}")).Expect(404);
        Assert.Equal(UserStatus.Rejected, (await Kept(id)).Status);
        (await admin.Submit($"/users/{id}/invitation")).Expect(303);
        Assert.Equal(UserStatus.Pending, (await Kept(id)).Status);
    }

    [Fact]
    public async Task An_invitation_holds_for_seven_days_and_is_the_admins_to_send()
    {
        var (id, email) = await Invited("later@mdc.example");
        var token = await app.TokenFor(email, "account.invited");
        app.Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(1));
        var over = (await app.Anonymous.Page($"/invitation/{token}")).Expect(404);
        Assert.Equal("/signin", over.Attribute(".oops a.primary", "href"));
        (await app.SignedInAs(Sara).Submit($"/users/{id}/invitation")).Expect(403);
        (await app.SignedInAs(Nasser).Submit("/users/999999/invitation")).Expect(404);
        (await app.SignedInAs(Nasser).Submit($"/users/{Sara.Id}/invitation")).Expect(409);
    }

    private async Task<(int Id, string Email)> Invited(string email)
    {
        var made = (
            await app.Api(Nasser)
                .Post(
                    "/users",
                    new
                    {
                        email,
                        fullName = "Comes Along",
                        role = "editor",
                    }
                )
        ).Expect(201);
        return (int.Parse(made["id"]!), email);
    }

    private Task<User> Kept(int id) => app.Db(db => db.Users.AsNoTracking().SingleAsync(u => u.Id == id));
}
