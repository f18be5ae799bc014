using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Users;

/// <summary>A person has a name in Arabic too: whoever reads Arabic meets that one.</summary>
public sealed class ArabicNameTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task It_is_shown_to_readers_of_arabic_and_to_nobody_else()
    {
        var person = await Named("Asma Alruwaili", "أسماء الرويلي");
        var t = await app.Given.Transaction("Names", status: "submitted", by: person, assignee: person);
        (await app.Api(person).Post($"/transactions/{t.Number}/comments", new { text = "Seen" })).Expect(201);

        foreach (var path in new[] { "/transactions/" + t.Number, "/transactions?q=" + t.Number, "/users?q=asma" })
        {
            var arabic = (await app.SignedInAs(Nasser).In("ar").Page(path)).Expect(200).Text;
            var english = (await app.SignedInAs(Nasser).Page(path)).Expect(200).Text;

            Assert.Contains("أسماء الرويلي", arabic, StringComparison.Ordinal);
            Assert.DoesNotContain("أسماء الرويلي", english, StringComparison.Ordinal);
            Assert.Contains("Asma Alruwaili", english, StringComparison.Ordinal);
        }

        var home = (await app.SignedInAs(person).In("ar").Page("/dashboard")).Expect(200);
        Assert.Contains("أسماء", home.TextOf("h1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_searched_and_mentioned()
    {
        var person = await Named("Abdulelah Alanazi", "عبد الإله العنزي");
        var t = await app.Given.Transaction(status: "submitted", by: Sara, assignee: person);

        var found = (await app.Api(Nasser).Get("/users?q=" + Uri.EscapeDataString("العنزي"))).Expect(200);
        Assert.Equal([person.Id.ToString()], found.Items.Select(u => u.GetProperty("id").GetString()));
        var text = "@عبدالاله العنزي يرجى المراجعة";
        (await app.Api(Nasser).Post($"/transactions/{t.Number}/comments", new { text })).Expect(201);

        await app.Follow();
        var told = await app.Db(db =>
            db.Outbox.Where(m => m.TransactionNumber == t.Number && m.Event == "transaction.mentioned")
                .Select(m => m.RecipientId)
                .ToListAsync()
        );
        Assert.Equal([person.Id], told);
    }

    [Fact]
    public async Task An_admin_and_its_owner_change_it()
    {
        var person = await app.Given.User("Mona Alharbi");
        var admin = app.SignedInAs(Nasser);

        var form = (await admin.Page($"/users/{person.Id}")).Expect(200);
        (await admin.Submit(form, "form.stack", new { nameAr = "منى الحربي" })).Expect(303);
        Assert.Equal("منى الحربي", (await app.Api(Nasser).Get($"/users/{person.Id}")).Expect(200)["nameAr"]);

        var owner = app.SignedInAs(person);
        var own = (await owner.Page("/account")).Expect(200);
        Assert.Equal("منى الحربي", own.Attribute("[name=nameAr]", "value"));
        (await owner.Submit(own, "form.sec", new { nameAr = "منى/الحربي" })).Expect(422);
        (await owner.Submit(own, "form.sec", new { nameAr = "\u200f" })).Expect(303);
        Assert.Null((await app.Api(Nasser).Get($"/users/{person.Id}")).Expect(200)["nameAr"]);
    }

    private async Task<Person> Named(string fullName, string nameAr)
    {
        var person = await app.Given.User(fullName);
        await app.Db(async db =>
        {
            (await db.Users.SingleAsync(u => u.Id == person.Id)).NameAr = nameAr;
            await db.SaveChangesAsync();
            return true;
        });
        return person;
    }
}
