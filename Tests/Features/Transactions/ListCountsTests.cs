using System.Linq.Expressions;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Transactions;

public sealed class ListCountsTests(App app) : IClassFixture<App>
{
    private static readonly string[] Statuses = ["draft", "submitted", "in_progress", "approved", "completed"];
    private static readonly Person[] Readers = [Nasser, Sara, Huda];

    private static readonly TransactionFilter[] Lists =
    [
        new(),
        new() { Assignees = ["me"] },
        new() { Assignees = ["none", "3"] },
        new() { Creators = ["me"], Priorities = [Priority.High, Priority.Urgent] },
        new() { Overdue = true },
        new() { Statuses = ["draft"] },
        new() { Statuses = ["submitted", "approved"], Holders = [HolderKind.Client] },
        new() { Types = ["payment"], Departments = ["finance"] },
        new() { Categories = ["landscape"], Clients = [Municipality.Id] },
        new() { DueFrom = new(2026, 11, 20), DueTo = new(2026, 12, 1) },
        new() { CreatedFrom = new(2026, 11, 22), CreatedTo = new(2026, 11, 23) },
        new() { CompletedFrom = new(2026, 11, 1), CompletedTo = new(2026, 11, 30) },
        new() { UpdatedSince = new(2026, 11, 22, 9, 30, 1, DateTimeKind.Utc) },
        new() { Import = 1 },
        new() { Tags = ["phase-1"] },
        new() { Search = "garden" },
    ];

    // What only the database can tell comes last.
    private static readonly TransactionFilter[] Standing = Lists[..^2];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task After_any_life_a_count_is_what_counting_again_gives(int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < 40; step++)
        {
            await Change(random);
            if (step % 3 == 0)
                await AssertCounts(Readers[random.Next(Readers.Length)]);
        }

        foreach (var reader in Readers)
            await AssertCounts(reader);
    }

    [Fact]
    public async Task Writers_at_the_same_time_are_each_counted_once()
    {
        await AssertCounts(Nasser);
        var done = false;
        var reading = Task.Run(async () =>
        {
            while (!Volatile.Read(ref done))
                await Count(Nasser, Lists);
        });
        await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(async writer =>
                {
                    var random = new Random(writer);
                    for (var i = 0; i < 15; i++)
                        await Change(random, t => t.Id % 6 == writer);
                })
        );
        Volatile.Write(ref done, true);
        await reading;

        await AssertCounts(Nasser);
    }

    [PostgresFact]
    public async Task What_commits_late_is_counted_when_it_commits()
    {
        await using var slow = app.Services.CreateAsyncScope();
        var db = slow.ServiceProvider.GetRequiredService<AppDb>();
        var waiting = await app.Given.Transaction("Late", status: "draft");
        await AssertCounts(Nasser);
        await using (var write = await db.BeginWrite(default))
        {
            await db
                .Transactions.Where(t => t.Id == waiting.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.Status, "submitted"));
            // Others commit meanwhile, and are counted both by a count that stands and by one that begins now.
            await app.Given.Transaction("Soon", status: "draft");
            await AssertCounts(Nasser);
            await AssertCounts(Sara);
            await write.Commit(default);
        }

        await AssertCounts(Nasser);
        await AssertCounts(Sara);
    }

    [Fact]
    public async Task Who_missed_forgotten_changes_counts_anew()
    {
        await AssertCounts(Nasser);
        await app.Given.Transactions(3);
        await app.Db(async db =>
        {
            await new PruneChanges(db).Prune(1, default);
            Assert.Equal(1, await db.TransactionChanges.CountAsync());
            return 0;
        });

        await AssertCounts(Nasser);
        await app.Given.Transactions(2);
        await AssertCounts(Nasser);
    }

    [Fact]
    public async Task More_changes_at_once_than_are_kept_are_counted_anew()
    {
        await app.Given.Transactions(30);
        await AssertCounts(Nasser);
        var most = ChangeTail.RowsMax / (await app.Db(db => db.Transactions.CountAsync()) * 2) + 1;
        for (var i = 0; i < most; i++)
            await app.Db(db =>
                db.Transactions.ExecuteUpdateAsync(set => set.SetProperty(t => t.Priority, Priority.High))
            );

        await AssertCounts(Nasser);
    }

    [Fact]
    public async Task Hundreds_of_changes_at_once_are_each_counted()
    {
        await app.Given.Transactions(30);
        await AssertCounts(Nasser);
        foreach (var priority in Enum.GetValues<Priority>().Concat([Priority.High, Priority.Low]))
            await app.Db(db =>
                db.Transactions.Where(t => t.Id % 4 != (int)priority)
                    .ExecuteUpdateAsync(set =>
                        set.SetProperty(t => t.Priority, priority).SetProperty(t => t.AssigneeId, Omar.Id)
                    )
            );

        await AssertCounts(Nasser);
        await app.Given.Transactions(2);
        await AssertCounts(Nasser);
    }

    [Fact]
    public async Task After_a_write_no_page_counts_again()
    {
        string[] pages = ["/dashboard", .. Standing.Select(list => "/transactions" + list.ToQueryString())];
        foreach (var person in Readers)
        foreach (var page in pages)
            await Read(person, page);

        await app.Given.Transaction("One more");

        foreach (var person in Readers)
        foreach (var page in pages)
            Assert.DoesNotContain(
                await Read(person, page),
                s => s.Contains("COUNT(") || s.Contains("FROM \"Clients\"") || s.Contains("FROM \"Users\"")
            );

        async Task<IReadOnlyList<string>> Read(Person person, string page) =>
            (await app.SignedInAs(person).Page(page)).Expect(200).Statements;
    }

    private Task<IReadOnlyList<long>> Count(Person reader, IReadOnlyList<TransactionFilter> lists) =>
        InScope((_, counts) => counts.Count(lists, app.Today, default), reader);

    private async Task AssertCounts(Person reader)
    {
        var together = await Count(reader, [.. Standing]);
        var loads = await InScope((_, counts) => counts.CountByAssignee([new(), Lists[4]], app.Today, default), reader);
        var next = 0;
        foreach (var list in Lists)
        {
            var counted = await app.Db(db => Within(db, reader, list).LongCountAsync());
            var standing = (await Count(reader, [list]))[0];
            Assert.True(counted == standing, $"{reader} {list.ToQueryString()}: {standing}, but there are {counted}");
            if (Standing.Contains(list))
                Assert.Equal(counted, together[next++]);
        }

        foreach (var (list, i) in new[] { (new TransactionFilter(), 0), (Lists[4], 1) })
        foreach (var person in Everybody)
        {
            var counted = await app.Db(db => Within(db, reader, list).LongCountAsync(t => t.AssigneeId == person.Id));
            Assert.Equal(counted, loads.GetValueOrDefault(person.Id)?[i] ?? 0);
        }
    }

    private IQueryable<Transaction> Within(AppDb db, Person reader, TransactionFilter list) =>
        list.Apply(db.Transactions.VisibleTo(reader.Acting()), db, reader.Acting(), app.Today);

    private async Task<T> InScope<T>(Func<AppDb, ListCounts, Task<T>> work, Person reader)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<AppDb>();
        var counts = new ListCounts(
            db,
            reader.Acting(),
            services.GetRequiredService<CountCache>(),
            services.GetRequiredService<ListCounts.Store>()
        );
        return await work(db, counts);
    }

    // Writers at the same time must not wait for each other's rows in a circle: each has its own.
    private async Task Change(Random random, Expression<Func<Transaction, bool>>? own = null)
    {
        own ??= _ => true;
        var person = Everybody[random.Next(5)];
        switch (random.Next(8))
        {
            case 0:
                await app.Given.Transactions(
                    random.Next(1, 4),
                    title: _ => random.Next(2) == 0 ? "Garden" : "Facade",
                    status: Statuses[random.Next(Statuses.Length)],
                    client: random.Next(2) == 0 ? Municipality : Hospital,
                    by: person,
                    unassigned: random.Next(3) == 0,
                    due: random.Next(3) == 0 ? null : app.Today.AddDays(random.Next(-5, 12)),
                    type: random.Next(2) == 0 ? "payment" : "approval_request",
                    category: random.Next(2) == 0 ? "landscape" : null,
                    department: random.Next(2) == 0 ? "finance" : null,
                    tags: random.Next(2) == 0 ? ["phase-1"] : null,
                    deleted: random.Next(6) == 0
                );
                break;
            case 1:
                await Update(set => set.SetProperty(t => t.AssigneeId, random.Next(3) == 0 ? null : person.Id));
                break;
            case 2:
                var (status, meaning) = random.Next(2) == 0 ? ("submitted", Meaning.Open) : ("completed", Meaning.Done);
                await Update(set =>
                    set.SetProperty(t => t.Status, status)
                        .SetProperty(t => t.Meaning, meaning)
                        .SetProperty(t => t.CompletedAt, meaning == Meaning.Done ? app.Now : null)
                );
                break;
            case 3:
                await Update(set => set.SetProperty(t => t.DeletedAt, random.Next(2) == 0 ? null : app.Now));
                break;
            case 4:
                await Update(set => set.SetProperty(t => t.DueDate, app.Today.AddDays(random.Next(-9, 9))));
                break;
            case 5:
                await Update(set =>
                    set.SetProperty(t => t.HolderKind, (HolderKind)random.Next(3))
                        .SetProperty(t => t.Priority, (Priority)random.Next(4))
                        .SetProperty(t => t.UpdatedAt, app.Now.AddSeconds(random.Next(3)))
                );
                break;
            case 6:
                // Taken back.
                await app.Db(async db =>
                {
                    await using var write = await db.BeginWrite(default);
                    return await db
                        .Transactions.Where(own)
                        .ExecuteUpdateAsync(set => set.SetProperty(t => t.Type, "payment"));
                });
                break;
            default:
                await app.Db(db => new PruneChanges(db).Prune(random.Next(1, 30), default).ContinueWith(_ => 0));
                break;
        }

        Task<int> Update(Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<Transaction>> set)
        {
            var (modulus, rest) = (random.Next(1, 7), random.Next(3));
            return app.Db(db => db.Transactions.Where(own).Where(t => t.Id % modulus == rest).ExecuteUpdateAsync(set));
        }
    }
}
