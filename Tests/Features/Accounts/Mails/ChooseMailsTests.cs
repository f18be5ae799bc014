using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Mails;

public sealed class ChooseMailsTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task Anybody_switches_mails_about_transactions_off_and_on()
    {
        foreach (var person in new[] { Huda, Sara, Nasser })
        {
            var visitor = app.SignedInAs(person);
            var page = (await visitor.Page("/account/mails")).Expect(200);
            Assert.True(page.Has("input[name=transactions][checked]"));
            Assert.Contains(person.Email, page.Text);

            var off = (await visitor.Submit("/account/mails")).Expect(303);
            Assert.False((await visitor.Follow(off)).Expect(200).Has("input[name=transactions][checked]"));
            Assert.True(
                await app.Db(db => db.Users.Where(u => u.Id == person.Id).Select(u => u.NoMails).SingleAsync())
            );
            (await visitor.Submit("/account/mails", new { transactions = "true" })).Expect(303);
            Assert.False(
                await app.Db(db => db.Users.Where(u => u.Id == person.Id).Select(u => u.NoMails).SingleAsync())
            );
            Assert.Equal(
                2,
                await app.Db(db =>
                    db.Audit.CountAsync(a => a.Action == "account.mails_chosen" && a.ActorId == person.Id)
                )
            );
        }
    }

    [Fact]
    public async Task What_is_no_choice_is_refused_and_nobody_chooses_without_signing_in()
    {
        (await app.SignedInAs(Omar).Submit("/account/mails", new { transactions = "perhaps" })).Expect(400);
        (await app.Anonymous.Page("/account/mails")).Expect(302);
    }
}
