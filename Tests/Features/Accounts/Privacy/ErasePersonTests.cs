using System.Text;
using MdcTts.Features.Audit;
using MdcTts.Features.Outbox;
using MdcTts.Features.Transactions;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts.Privacy;

public sealed class ErasePersonTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task Nothing_personal_is_left_anywhere_and_the_log_still_stands()
    {
        const string name = "Zubaida Unforgettable",
            email = "zubaida.unforgettable@firm.example";
        var typed = new
        {
            fullName = name,
            email,
            phone = "0559876543",
            company = "Unforgettable Trading",
            identityKind = "company",
            identityNumber = "1010987654",
            password = "seven green kettles",
            repeat = "seven green kettles",
        };
        (await app.Anonymous.Submit("/register", typed)).Expect(303);
        (await app.Anonymous.Submit($"/register/confirm/{await app.TokenFor(email, "account.confirm")}")).Expect(303);
        var id = await app.Db(db =>
            db.Users.Where(u => u.NormalizedEmail == email.ToUpperInvariant()).Select(u => u.Id).SingleAsync()
        );
        var admin = app.SignedInAs(Nasser);
        (await admin.Submit($"/users/{id}/approval", new { client = $"{Municipality.Id}" })).Expect(303);
        var (session, api) = (app.Anonymous, app.Api(new Person(id, name, email, Role.Client, Municipality.Id)));
        (await session.Submit("/signin", new { email, password = "seven green kettles" })).Expect(303);
        (await session.Page("/transactions")).Expect(200);
        (await app.Anonymous.Submit("/forgot", new { email })).Expect(303);
        var form = (await admin.Page($"/users/{id}")).Expect(200);
        (await admin.Submit(form, "form.stack", new { phone = "0551111111" })).Expect(303);
        Assert.Contains("unforgettable", await Dump(), StringComparison.OrdinalIgnoreCase);
        var entries = await app.Db(db => db.Audit.CountAsync());
        await app.Seal();

        var page = (await admin.Page($"/users/{id}/erasure")).Expect(200);
        Assert.Equal(
            ["confirmation"],
            (await admin.Submit(page, "form.stack"))
                .Expect(422)
                .Document.QuerySelectorAll("[aria-invalid=true]")
                .Select(e => e.GetAttribute("name"))
        );
        (await admin.Submit(page, "form.stack", new { confirmation = "other@firm.example" })).Expect(422);
        (await admin.Submit(page, "form.stack", new { confirmation = email.ToUpperInvariant() })).Expect(303);

        var left = await Dump();
        foreach (var trace in new[] { "unforgettable", "zubaida", "9876543", "1111111", "1010987654" })
            Assert.DoesNotContain(trace, left, StringComparison.OrdinalIgnoreCase);
        Assert.True(await app.Db(db => db.Audit.CountAsync()) > entries);
        Assert.All(
            await app.Db(db =>
                db.Audit.Where(a => a.ActorId == id || (a.EntityType == "user" && a.EntityKey == $"{id}")).ToListAsync()
            ),
            a => Assert.Null(a.Personal)
        );
        (await session.Page("/transactions")).Expect(302);
        (await api.Get("/me")).Expect(401);
        (await app.Anonymous.Submit("/signin", new { email, password = "seven green kettles" })).Expect(422);
        (await admin.Page($"/users/{id}")).Expect(404);
        (await admin.Page($"/users/{id}/erasure")).Expect(404);
        (await app.Anonymous.Submit("/register", typed)).Expect(303);
        await app.Seal();
        Assert.True((await app.Verify()).IsWhole);
    }

    [Fact]
    public async Task Every_feature_erases_what_it_has_registered()
    {
        const string name = "Mohsen O'Vanishing محسن",
            email = "mohsen.vanishing@mdc.example";
        var person = await app.Given.User(name, email);
        await LeaveTracesEverywhere(person);
        var erased = app.Services.GetServices<PersonalData>().Where(data => data.Erase is not null).ToList();
        Assert.True(erased.Count > 10);
        // Whoever registers more lets the person leave something there too.
        Check.None(
            (await Task.WhenAll(erased.SelectMany(d => d.Entities).Select(e => RowsOf(e, person.Id))))
                .Where(rows => rows.Count == 0)
                .Select(rows => rows.Table),
            "LeaveTracesEverywhere leaves nothing in these"
        );
        Assert.Contains("vanishing", await Dump(), StringComparison.OrdinalIgnoreCase);

        (await app.SignedInAs(Nasser).Submit($"/users/{person.Id}/erasure", new { confirmation = email })).Expect(303);

        var left = await Dump();
        foreach (var trace in new[] { "vanishing", "محسن", "\\u0645\\u062D\\u0633\\u0646" })
            Assert.DoesNotContain(trace, left, StringComparison.OrdinalIgnoreCase);
        // Rows that stay are empty of the person: the sent mail, the history and the audit log.
        Assert.Equal(
            ["Audit", "History", "Outbox"],
            (await Task.WhenAll(erased.SelectMany(d => d.Entities).Distinct().Select(e => RowsOf(e, person.Id))))
                .Where(rows => rows.Count > 0)
                .Select(rows => rows.Table)
                .Order(StringComparer.Ordinal)
        );
        var mail = await app.Db(db => db.Outbox.SingleAsync(m => m.RecipientId == person.Id));
        Assert.Equal((null, null, "[]"), (mail.Secret, mail.Address, mail.Args));
        var told = await app.Db(db => db.Outbox.SingleAsync(m => m.Event == "account.waiting" && m.SentAt == null));
        Assert.DoesNotContain("Vanishing Trading", told.Args, StringComparison.Ordinal);
        Assert.Contains($"Erased person {person.Id}", told.Args, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_history_of_somebody_with_the_same_name_is_not_touched()
    {
        var (one, other) = (await app.Given.User("Ali Hassan"), await app.Given.User("Ali Hassan"));
        var t = await app.Given.Transaction(by: Nasser, assignee: Sara);
        (await app.Api(Nasser).Post($"/transactions/{t.Number}/assignee", new { assignee = $"{other.Id}" })).Expect(
            200
        );

        (await app.SignedInAs(Nasser).Submit($"/users/{one.Id}/erasure", new { confirmation = one.Email })).Expect(303);

        var line = (await app.Given.Reload(t.Number)).History.Single(h => h.Kind == HistoryKind.Assigned);
        Assert.Equal("Ali Hassan", Assert.Single(line.Changes).New);
    }

    [Fact]
    public async Task Others_are_not_touched()
    {
        var person = await app.Given.User("Erased Soon", "erased.soon@firm.example");
        await app.SignedInAs(Sara).Submit("/account", new { fullName = Sara.Name });
        var before = await app.Db(db => db.Audit.CountAsync(a => a.Personal != null));
        (
            await app.SignedInAs(Nasser).Submit($"/users/{person.Id}/erasure", new { confirmation = person.Email })
        ).Expect(303);
        Assert.Equal(before, await app.Db(db => db.Audit.CountAsync(a => a.Personal != null)));
        await Assert.ThrowsAnyAsync<Exception>(() =>
            app.Db(db =>
                db.Audit.Where(a => a.ActorId == Sara.Id)
                    .ExecuteUpdateAsync(set => set.SetProperty(a => a.Personal, (string?)null))
            )
        );
    }

    [Fact]
    public async Task Not_oneself_not_the_last_admin_and_not_by_others()
    {
        (
            await app.SignedInAs(Nasser).Submit($"/users/{Nasser.Id}/erasure", new { confirmation = Nasser.Email })
        ).Expect(409);
        (await app.SignedInAs(Sara).Page($"/users/{Omar.Id}/erasure")).Expect(403);
        (await app.SignedInAs(Huda).Submit($"/users/{Omar.Id}/erasure", new { confirmation = Omar.Email })).Expect(403);
        (await app.SignedInAs(Nasser).Page("/users/999999/erasure")).Expect(404);
    }

    [Fact]
    public async Task One_downloads_all_about_oneself_and_no_secret()
    {
        var (visitor, token) = (app.SignedInAs(Lina), app.NewToken(Lina, "read"));
        var answer = (await visitor.Page("/account/data")).Expect(200);
        Assert.Contains("attachment", answer.Header("Content-Disposition"), StringComparison.Ordinal);
        var data = System.Text.Json.JsonDocument.Parse(answer.Text).RootElement;
        Assert.Equal(Lina.Email, data.GetProperty("profile").GetProperty("email").GetString());
        Assert.NotEqual(0, data.GetProperty("sessions").GetArrayLength());
        Assert.Equal(
            [
                "madeAt",
                "profile",
                "sessions",
                "tokens",
                "mails",
                "contact",
                "did",
                "happened",
                "wrote",
                "importSynonyms",
                "importHeadings",
                "files",
            ],
            data.EnumerateObject().Select(part => part.Name)
        );
        Assert.DoesNotContain(Sessions.HashOf(token), answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("passwordHash", answer.Text, StringComparison.OrdinalIgnoreCase);
        (await app.Anonymous.Page("/account/data")).Expect(302);
    }

    // Something of every kind that a feature keeps about people: by use where that is easy, else as a row.
    private async Task LeaveTracesEverywhere(Person person)
    {
        var (own, api, admin) = (app.SignedInAs(person), app.Api(person), app.Api(Nasser));
        var one = await app.Given.Transaction("Left behind");
        await app.Db(db =>
        {
            db.ImportSynonyms.Add(
                new()
                {
                    UserId = person.Id,
                    Field = RegisterField.Client,
                    Name = "vanishing ltd",
                    Key = "1",
                    CreatedAt = app.Now,
                }
            );
            db.ClientContacts.Add(
                new()
                {
                    ClientId = Hospital.Id,
                    Name = person.Name,
                    Email = person.Email,
                }
            );
            db.WorkSnoozes.Add(
                new()
                {
                    UserId = person.Id,
                    TransactionId = one.Id,
                    Until = app.Today.AddDays(2),
                }
            );
            db.ImportHeadings.Add(
                new()
                {
                    UserId = person.Id,
                    Heading = "their title",
                    Field = RegisterField.Title,
                    CreatedAt = app.Now,
                }
            );
            return db.SaveChangesAsync();
        });
        var made = await api.Post(
            "/transactions",
            new
            {
                title = "Gate",
                type = "payment",
                client = $"{Municipality.Id}",
            },
            ("Idempotency-Key", "vanishing")
        );
        var number = made.Expect(201)["number"];
        foreach (var assignee in new[] { Sara, person, Omar })
            (await admin.Post($"/transactions/{number}/assignee", new { assignee = $"{assignee.Id}" })).Expect(200);
        (await own.Submit("/transactions/drafts/new", new { title = "Vanishing" }, htmx: true)).Expect(200);
        (await app.Anonymous.Submit("/forgot", new { email = person.Email })).Expect(303);
        await app.Db(async db =>
        {
            await db.Outbox.Where(m => m.RecipientId == person.Id && m.Event != "account.reset").ExecuteDeleteAsync();
            await db
                .Outbox.Where(m => m.RecipientId == person.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.SentAt, app.Now));
            db.Outbox.Add(OutboxMessage.For(Nasser.Id, "account.waiting", app.Now, [person.Name, "Vanishing Trading"]));
            db.RecoveryCodes.Add(new() { UserId = person.Id, Hash = "vanishing" });
            db.UserClaims.Add(
                new()
                {
                    UserId = person.Id,
                    ClaimType = "name",
                    ClaimValue = person.Name,
                }
            );
            db.UserLogins.Add(
                new()
                {
                    UserId = person.Id,
                    LoginProvider = "google",
                    ProviderKey = "vanishing",
                }
            );
            db.UserTokens.Add(
                new()
                {
                    UserId = person.Id,
                    LoginProvider = "google",
                    Name = "vanishing",
                }
            );
            db.UserPasskeys.Add(
                new()
                {
                    UserId = person.Id,
                    CredentialId = [1, 2, 3],
                    Data = new()
                    {
                        Name = "Vanishing",
                        PublicKey = [],
                        AttestationObject = [],
                        ClientDataJson = [],
                    },
                }
            );
            return await db.SaveChangesAsync();
        });
    }

    private Task<(string Table, int Count)> RowsOf(Type entity, int userId) =>
        app.Db(async db =>
        {
            string[] names = ["UserId", "RecipientId", "ActorId", "ById"];
            var type = db.Model.FindEntityType(entity)!;
            var table = type.GetTableName()!;
            // Who has no account is known by the address only.
            var theirs = names.FirstOrDefault(name => type.FindProperty(name) is not null) is { } column
                ? $"\"{column}\" = {userId}"
                : $"\"Email\" IN (SELECT u.\"Email\" FROM \"Users\" u WHERE u.\"Id\" = {userId})";
            var sql = $"SELECT CAST(COUNT(*) AS INTEGER) AS \"Value\" FROM \"{table}\" WHERE {theirs}";
            return (table, await db.Database.SqlQueryRaw<int>(sql).SingleAsync());
        });

    // Every text of every table, whatever it is.
    private Task<string> Dump() =>
        app.Db(async db =>
        {
            var all = new StringBuilder();
            await db.Database.OpenConnectionAsync();
            foreach (var table in db.Model.GetEntityTypes().Select(t => t.GetTableName()!).Distinct())
            {
                await using var command = db.Database.GetDbConnection().CreateCommand();
                command.CommandText = $"SELECT * FROM \"{table}\"";
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                    for (var i = 0; i < reader.FieldCount; i++)
                        all.Append(
                                await reader.IsDBNullAsync(i) ? ""
                                : reader.GetValue(i) is byte[] bytes ? Encoding.UTF8.GetString(bytes)
                                : reader.GetValue(i)
                            )
                            .Append('\n');
            }

            return all.ToString();
        });
}
