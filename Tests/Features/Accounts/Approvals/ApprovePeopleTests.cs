using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Approvals;

public sealed class ApprovePeopleTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task An_admin_approves_for_a_client_that_is_there()
    {
        var id = await Waiting("One Who Waits", "Somewhere else");
        var admin = app.SignedInAs(Nasser);
        var page = (await admin.Page("/users/pending")).Expect(200);
        Assert.Contains("Somewhere else", page.TextOf($"#p{id}"), StringComparison.Ordinal);

        var without = (await admin.Submit(page, $"#p{id} form[action$=approval]", new { client = "" })).Expect(422);
        Assert.Equal(
            ["client"],
            without.Document.QuerySelectorAll("[aria-invalid=true]").Select(e => e.GetAttribute("name"))
        );
        (await admin.Submit(without, $"#p{id} form[action$=approval]", new { client = $"{Hospital.Id}" })).Expect(303);

        var user = await Kept(id);
        Assert.Equal((UserStatus.Active, Role.Client, Hospital.Id), (user.Status, user.Role, user.ClientId));
        Assert.Equal(1, await app.CountFor(user.Email!, "account.approved"));
        (await admin.Submit($"/users/{id}/approval", new { client = $"{Hospital.Id}" })).Expect(409);
        (await admin.Submit($"/users/{id}/rejection", new { reason = "late" })).Expect(409);
    }

    [Fact]
    public async Task An_admin_approves_and_makes_the_client()
    {
        var id = await Waiting("Of A New Firm", "شركة الأفق الجديد");
        var admin = app.SignedInAs(Nasser);
        var page = (await admin.Page("/users/pending")).Expect(200);
        Assert.Equal("شركة الأفق الجديد", page.Attribute($"#p{id}-clientName", "value"));
        (
            await admin.Submit(
                page,
                $"#p{id} form[action$=approval]",
                new { client = "new", clientName = "أمانه منطقه الرياض" }
            )
        ).Expect(422);
        // What is proposed is chosen already.
        (await admin.Submit(page, $"#p{id} form[action$=approval]")).Expect(303);

        var user = await app.Db(db => db.Users.Include(u => u.Client).SingleAsync(u => u.Id == id));
        Assert.Equal(("شركة الأفق الجديد", null), (user.Client!.NameAr, user.Client.NameEn));
    }

    [Fact]
    public async Task The_client_of_the_same_cr_number_or_mail_domain_is_chosen_already()
    {
        var domain = $"{Guid.NewGuid():N}.example";
        var firm = await app.Given.Client("Domain And Number Ltd");
        await app.Given.User("Colleague", $"colleague@{domain}", role: Role.Client, client: firm);
        var byDomain = await Waiting("By Domain", "Spelled otherwise", email: $"by@{domain.ToUpperInvariant()}");
        var byNumber = await Waiting("By Number", "Spelled otherwise too", identity: "1010999888");
        var byGmail = await Waiting("By Gmail", "New Gmail Firm", email: $"{Guid.NewGuid():N}@gmail.com");
        await app.Db(async db =>
        {
            var client = await db.Clients.SingleAsync(c => c.Id == firm.Id);
            (client.CrNumber, client.Email) = ("1010999888", "info@gmail.com");
            return await db.SaveChangesAsync();
        });
        var admin = app.SignedInAs(Nasser);

        var page = (await admin.Page("/users/pending")).Expect(200);

        string Chosen(int id) => page.Attribute($"#p{id}-client option[selected]", "value")!;
        Assert.Equal([$"{firm.Id}", $"{firm.Id}", "new"], [Chosen(byDomain), Chosen(byNumber), Chosen(byGmail)]);
        (await admin.Submit(page, $"#p{byDomain} form[action$=approval]")).Expect(303);
        Assert.Equal(firm.Id, (await Kept(byDomain)).ClientId);
        // They are not decided for other tests.
        foreach (var id in new[] { byNumber, byGmail })
            (await admin.Submit($"/users/{id}/rejection", new { reason = "Seen" })).Expect(303);
    }

    [Fact]
    public async Task An_admin_rejects_with_a_reason_that_is_mailed()
    {
        var id = await Waiting("Not Ours", "Nobody Ltd");
        var admin = app.SignedInAs(Nasser);
        var page = (await admin.Page("/users/pending")).Expect(200);
        var without = (await admin.Submit(page, $"#p{id} form[action$=rejection]")).Expect(422);
        (await admin.Submit(without, $"#p{id} form[action$=rejection]", new { reason = "Unknown firm" })).Expect(303);

        Assert.Equal((UserStatus.Rejected, "Unknown firm"), ((await Kept(id)).Status, (await Kept(id)).RejectReason));
        Assert.Equal(
            "[\"Unknown firm\"]",
            await app.Db(db =>
                db.Outbox.Where(m => m.RecipientId == id && m.Event == "account.rejected")
                    .Select(m => m.Args)
                    .SingleAsync()
            )
        );
    }

    [Fact]
    public async Task One_press_approves_exactly_those_whose_company_is_a_client()
    {
        var (a, b, c, unconfirmed) = (
            await Waiting("Match A", "riyadh region MUNICIPALITY"),
            await Waiting("Match B", "مستشفى الملك فيصل"),
            await Waiting("Match Not", "Other"),
            await Waiting("Match But", Hospital.NameEn, isConfirmed: false)
        );
        var admin = app.SignedInAs(Nasser);
        var page = (await admin.Page("/users/pending")).Expect(200);
        Assert.False(page.Has($"#p{unconfirmed} form[action$=approval]"));
        (await admin.Submit(page, "form.say")).Expect(303);
        (
            await admin.Submit(
                "/users/pending/approval",
                new { ids = new[] { $"{unconfirmed}", $"{c}", "x", "999999" } }
            )
        ).Expect(303);

        Assert.Equal((Municipality.Id, Hospital.Id), ((await Kept(a)).ClientId, (await Kept(b)).ClientId));
        Assert.Equal(
            (UserStatus.Pending, UserStatus.Pending),
            ((await Kept(c)).Status, (await Kept(unconfirmed)).Status)
        );
        (await admin.Submit($"/users/{unconfirmed}/approval", new { client = $"{Hospital.Id}" })).Expect(409);
    }

    [Fact]
    public async Task The_badge_is_the_admins_and_counts_who_can_be_decided()
    {
        var admin = app.SignedInAs(Nasser);
        const string badge = "nav.side a[href='/users/pending'] .n";
        var before = (await admin.Page("/account")).Select(badge) is [var shown, ..] ? int.Parse(shown) : 0;
        await Waiting("Counted", "X");
        await Waiting("Not counted", "X", isConfirmed: false);
        Assert.Equal($"{before + 1}", (await admin.Page("/account")).TextOf(badge));
        Assert.False((await app.SignedInAs(Sara).Page("/account")).Has("nav.side a[href='/users/pending']"));
        (await app.SignedInAs(Sara).Page("/users/pending")).Expect(403);
        (await app.SignedInAs(Sara).Submit($"/users/{Huda.Id}/approval", new { client = "1" })).Expect(403);
        Assert.False((await admin.Fragment("/users/pending")).Expect(200).IsWholePage);
    }

    private async Task<int> Waiting(
        string name,
        string company,
        bool isConfirmed = true,
        string? email = null,
        string? identity = null
    )
    {
        // A domain of their own: others here may be let in for another client.
        email ??= $"somebody@{Guid.NewGuid():N}.example";
        var person = await app.Given.User(name, email, role: Role.Client, status: UserStatus.Pending);
        await app.Db(async db =>
        {
            var user = await db.Users.SingleAsync(u => u.Id == person.Id);
            (user.Company, user.EmailConfirmed) = (company, isConfirmed);
            user.IdentityNumber = identity;
            return await db.SaveChangesAsync();
        });
        return person.Id;
    }

    private Task<User> Kept(int id) => app.Db(db => db.Users.AsNoTracking().SingleAsync(u => u.Id == id));
}
