using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>To open the form and save it unchanged changes nothing, whatever stands in the fields.</summary>
public sealed class UnchangedSaveTests(SharedApp app) : IClassFixture<SharedApp>
{
    /// <summary>What people and programs put into texts.</summary>
    private static readonly string[] Awkward =
    [
        "  blanks around  ",
        "\u200fright mark\u200f",
        "zero\u200bwidth\u2060joiner\ufeff",
        "\u202eturned\u202c",
        "two\r\nlines",
        "two\nlines\n",
        "\nfirst line empty",
        "line\u2028and\u2029form\fend",
        "tab\there",
        "nbsp\u00a0and\u202fthin",
        "quote \" and 'apostrophe' & <b>markup</b>",
        "\"quoted, whole\"",
        "a, b; c، d؛ e | f",
        "=1+1",
        "٣٫٥ ١٤٤٨/٦/٢١",
        "éé and e\u0301",
        "🏗️ 👷🏽‍♀️",
    ];

    [Theory]
    [InlineData("en")]
    [InlineData("ar")]
    public async Task Nothing_changes_for_any_sign_in_any_field(string language)
    {
        using var sara = app.SignedInAs(Sara).In(language);
        foreach (var text in Awkward)
        {
            var number = (await app.Given.Transaction("Unchanged " + language)).Number;
            // As an earlier version or another program may have left it.
            await app.Db(db =>
                db.Transactions.Where(t => t.Number == number)
                    .ExecuteUpdateAsync(set =>
                        set.SetProperty(t => t.Title, text)
                            .SetProperty(t => t.ReferenceNumber, text)
                            .SetProperty(t => t.Description, text)
                            .SetProperty(t => t.InternalNotes, text)
                            .SetProperty(t => t.HolderKind, HolderKind.Authority)
                            .SetProperty(t => t.HolderName, text)
                            .SetProperty(t => t.HolderSince, new DateOnly(2026, 2, 17))
                            .SetProperty(t => t.AmountMinor, 123_456_789_01)
                            .SetProperty(t => t.Currency, "KWD")
                            .SetProperty(t => t.DueDate, new DateOnly(2026, 12, 1))
                    )
            );
            await app.Db(async db =>
            {
                var id = await db.Transactions.Where(t => t.Number == number).Select(t => t.Id).SingleAsync();
                db.Add(new TransactionTag { TransactionId = id, Name = Cut(text) });
                db.Add(new TransactionTag { TransactionId = id, Name = Cut("z, " + text) });
                db.Add(
                    new AuthorityReference
                    {
                        TransactionId = id,
                        Authority = text,
                        Number = text,
                    }
                );
                return await db.SaveChangesAsync();
            });
            await Unchanged(sara, number);
        }
    }

    [Fact]
    public async Task What_is_no_longer_offered_stays()
    {
        var (client, project) = await app.Db(async db =>
        {
            var closed = new Clients.Client
            {
                NameEn = "Closed Ltd",
                IsActive = false,
                CreatedAt = app.Now,
            };
            db.Clients.Add(closed);
            await db.SaveChangesAsync();
            var ended = new Projects.Project
            {
                Code = "PRJ-2020-901",
                NameEn = "Ended",
                ClientId = closed.Id,
                IsActive = false,
                CreatedAt = app.Now,
            };
            db.Projects.Add(ended);
            await db.SaveChangesAsync();
            return (closed.Id, ended.Id);
        });
        var number = (await app.Given.Transaction("Of what is over")).Number;
        await app.Db(db =>
            db.Transactions.Where(t => t.Number == number)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(t => t.ClientId, client)
                        .SetProperty(t => t.ProjectId, project)
                        .SetProperty(t => t.Type, "gone_type")
                        .SetProperty(t => t.Category, "gone_category")
                        .SetProperty(t => t.Department, "gone_department")
                )
        );
        using var sara = app.SignedInAs(Sara);

        var form = await sara.Page($"/transactions/{number}/edit");
        Assert.Equal("Closed Ltd", form.TextOf("select[name=client] option[selected]"));
        Assert.Equal("PRJ-2020-901 · Ended", form.TextOf("select[name=project] option[selected]"));
        await Unchanged(sara, number);
        (await sara.Submit(form, Form(number), new { title = "Another title" })).Expect(303);
        var saved = await app.Given.Reload(number);
        Assert.Equal(
            ("Another title", client, (int?)project, "gone_type", "gone_category", "gone_department"),
            (saved.Title, saved.ClientId, saved.ProjectId, saved.Type, saved.Category, saved.Department)
        );
        // The list narrowed to it names and offers it too.
        var list = await app.SignedInAs(Nasser)
            .Page($"/transactions?client={client}&project=PRJ-2020-901&filters=open");
        Assert.Equal("Closed Ltd", list.TextOf("select[name=client] option[selected]"));
        Assert.Contains("Closed Ltd", string.Concat(list.Select(".chip")), StringComparison.Ordinal);
        Assert.Equal("PRJ-2020-901 · Ended", list.TextOf("select[name=project] option[selected]"));
    }

    [Fact]
    public async Task An_assignee_who_may_have_none_any_more_stays_until_somebody_else_is_chosen()
    {
        var person = await app.Db(async db =>
        {
            var gone = new Accounts.User
            {
                FullName = "Gone Editor",
                Email = "gone.editor@mdc.example",
                UserName = "gone.editor@mdc.example",
                NormalizedEmail = "GONE.EDITOR@MDC.EXAMPLE",
                NormalizedUserName = "GONE.EDITOR@MDC.EXAMPLE",
                Role = Infrastructure.Security.Role.Editor,
                Status = Accounts.UserStatus.Suspended,
                SecurityStamp = "x",
                CreatedAt = app.Now,
            };
            db.Users.Add(gone);
            await db.SaveChangesAsync();
            return gone.Id;
        });
        var number = (await app.Given.Transaction("Left behind")).Number;
        await app.Db(db =>
            db.Transactions.Where(t => t.Number == number)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.AssigneeId, person))
        );
        using var nasser = app.SignedInAs(Nasser);

        var page = await nasser.Page("/transactions/" + number);

        Assert.Equal("Gone Editor", page.TextOf("select[name=assignee] option[selected]"));
        (await nasser.Submit(page, $"form[action$='/assignee']")).Expect(303);
        Assert.Equal(person, (await app.Given.Reload(number)).AssigneeId);
        var list = await nasser.Page($"/transactions?assignee={person}&filters=open");
        Assert.Equal("Gone Editor", list.TextOf("select[name=assignee] option[selected]"));
        await app.Db(db =>
            db.Transactions.Where(t => t.AssigneeId == person)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.AssigneeId, (int?)null))
        );
        await app.Db(db => db.Users.Where(u => u.Id == person).ExecuteDeleteAsync());
    }

    [Fact]
    public async Task Signs_that_stand_between_values_survive_a_change_beside_them()
    {
        using var api = app.Api(Sara);
        using var sara = app.SignedInAs(Sara);
        string[] tags = ["a, b", "\"c\" d", "e|f", "g؛ h", "plain"];
        var made = await api.Post(
            "/transactions",
            new
            {
                title = "Separators",
                type = "payment",
                client = $"{Municipality.Id}",
                tags,
                authorityReferences = new[]
                {
                    new
                    {
                        authority = "Amana | Riyadh",
                        number = "\"7\" | 8",
                        date = "2026-10-01",
                    },
                    new
                    {
                        authority = "Balady",
                        number = "9 | 10",
                        date = (string?)null!,
                    },
                },
            }
        );
        var number = made.Expect(201)["number"]!;
        var form = await sara.Page($"/transactions/{number}/edit");
        var typed = form.Attribute("[name=tags]", "value");

        (await sara.Submit(form, Form(number), new { tags = typed + ", new", title = "Beside" })).Expect(303);

        var saved = await app.Given.Reload(number);
        Assert.Equal(
            [.. tags.Append("new").Order(StringComparer.Ordinal)],
            saved.Tags.Select(t => t.Name).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["Amana | Riyadh/\"7\" | 8/2026-10-01", "Balady/9 | 10/"],
            saved.AuthorityReferences.OrderBy(a => a.Id).Select(a => $"{a.Authority}/{a.Number}/{a.Date:yyyy-MM-dd}")
        );
    }

    private static string Cut(string text) =>
        text.Length <= Transaction.TagMaxLength ? text : text[..Transaction.TagMaxLength];

    private static string Form(string number) => $"form[action='/transactions/{number}/edit']";

    private async Task Unchanged(Visitor visitor, string number)
    {
        var before = await app.Given.Reload(number);

        (await visitor.Submit(await visitor.Page($"/transactions/{number}/edit"), Form(number))).Expect(303);

        var after = await app.Given.Reload(number);
        Assert.Equal((before.Version, before.History.Count), (after.Version, after.History.Count));
        Assert.Equal(TransactionFields.Of(before).AsText(), TransactionFields.Of(after).AsText());
    }
}
