using MdcTts.Features.Outbox.Writing;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Registering;

/// <summary>What a stranger may make the firm send to others.</summary>
public sealed class RegisteringLimitsTests(App app) : IClassFixture<App>
{
    [Theory]
    [InlineData("WIN 500 SAR now https://evil.example/claim", "Firm")]
    [InlineData("See www.evil.example", "Firm")]
    [InlineData("evil.example/claim", "Firm")]
    [InlineData("Maha New", "Visit https://evil.example")]
    public async Task A_name_holds_no_link(string fullName, string company)
    {
        var email = $"{Guid.NewGuid():N}@victim.example";

        (await app.Anonymous.Submit("/register", Typed(email, fullName, company))).Expect(422);

        Assert.False(await app.Db(db => db.Users.AnyAsync(u => u.Email == email)));
    }

    [Fact]
    public async Task Nobody_is_greeted_by_a_name_before_the_address_is_shown_to_be_theirs()
    {
        var email = $"{Guid.NewGuid():N}@victim.example";
        (await app.Anonymous.Submit("/register", Typed(email, "Call 0500000000 for your prize"))).Expect(303);
        var message = await app.Db(db =>
            db.Outbox.SingleAsync(m => m.RecipientId == db.Users.Single(u => u.Email == email).Id)
        );

        var mail = await app.With<WriteMail, Outbox.Mail>(write => write.Handle(message, CancellationToken.None));

        var text = mail.Message!.ToString();
        Assert.DoesNotContain("prize", text + mail.Message.HtmlBody + mail.Message.TextBody, StringComparison.Ordinal);
        Assert.StartsWith("Hello,", mail.Message.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task So_many_in_an_hour_and_no_more()
    {
        app.Clock.Advance(TimeSpan.FromHours(2));
        await app.Given.Settings(("registrations_per_hour_max", "2"));
        for (var i = 0; i < 2; i++)
            (await app.Anonymous.Submit("/register", Typed($"{Guid.NewGuid():N}@firm.example"))).Expect(303);

        // Known or not: the answer is the same.
        (await app.Anonymous.Submit("/register", Typed($"{Guid.NewGuid():N}@firm.example"))).Expect(503);
        (await app.Anonymous.Submit("/register", Typed(Sara.Email))).Expect(503);

        app.Clock.Advance(TimeSpan.FromHours(1));
        (await app.Anonymous.Submit("/register", Typed($"{Guid.NewGuid():N}@firm.example"))).Expect(303);
        await app.Given.Settings(("registrations_per_hour_max", "100"));
    }

    [Fact]
    public async Task Who_did_not_confirm_within_a_week_is_forgotten()
    {
        app.Clock.Advance(TimeSpan.FromHours(2));
        var (old, confirmed) = ($"{Guid.NewGuid():N}@firm.example", $"{Guid.NewGuid():N}@firm.example");
        (await app.Anonymous.Submit("/register", Typed(old))).Expect(303);
        (await app.Anonymous.Submit("/register", Typed(confirmed))).Expect(303);
        await app.Db(db =>
            db.Users.Where(u => u.Email == confirmed)
                .ExecuteUpdateAsync(s => s.SetProperty(u => u.EmailConfirmed, true))
        );
        app.Clock.Advance(TimeSpan.FromDays(8));
        var recent = $"{Guid.NewGuid():N}@firm.example";
        (await app.Anonymous.Submit("/register", Typed(recent))).Expect(303);

        await app.With<ForgetUnconfirmedJob>(job => job.Invoke());

        Assert.Equal(
            [confirmed, recent],
            await app.Db(db =>
                db.Users.Where(u => u.Email == old || u.Email == confirmed || u.Email == recent)
                    .OrderBy(u => u.Id)
                    .Select(u => u.Email!)
                    .ToListAsync()
            )
        );
        Assert.False(await app.Db(db => db.Audit.AnyAsync(a => a.Personal!.Contains(old))));
    }

    private static object Typed(string email, string fullName = "Maha New", string company = "Firm of Maha") =>
        new
        {
            fullName,
            email,
            phone = "0551234567",
            company,
            identityKind = "company",
            identityNumber = "1010123456",
            password = Password,
            repeat = Password,
        };
}
