using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace MdcTts.Features.Demo;

public sealed class FillDemoTests(DemoApp app) : IClassFixture<DemoApp>
{
    [Fact]
    public async Task Numbers_follow_the_order_of_creation_and_the_next_one_goes_on()
    {
        var all = await app.Db(db =>
            db.Transactions.OrderBy(t => t.Id).Select(t => new { t.Number, t.CreatedAt }).ToListAsync()
        );
        var last = await app.Db(db =>
            db.NumberCounters.Where(c => c.Series == "TRX" && c.Year == app.Today.Year)
                .Select(c => c.Last)
                .SingleAsync()
        );

        Assert.Equal(FillDemo.Transactions, all.Count);
        Assert.Equal(all.OrderBy(t => t.CreatedAt).Select(t => t.Number), all.Select(t => t.Number));
        Assert.Equal(TransactionNumber.Of(app.Today.Year, last), all[^1].Number);
    }

    [Fact]
    public async Task Every_step_is_one_that_its_author_may_take()
    {
        var catalogue = await app.With<CatalogueCache, CatalogueEntries>(async c =>
            await c.Get(CancellationToken.None)
        );
        var moves = await app.Db(db =>
            db.History.Where(h => h.Kind == HistoryKind.Status)
                .Select(h => new
                {
                    h.FromStatus,
                    h.ToStatus,
                    h.Text,
                    h.By.Role,
                })
                .ToListAsync()
        );

        Assert.True(moves.Count > 1000);
        Assert.All(
            moves,
            m =>
            {
                var move = catalogue.Workflow.Find(m.FromStatus!, m.ToStatus!, m.Role);
                Assert.NotNull(move);
                if (move.NeedsNote)
                    Assert.NotNull(m.Text);
            }
        );
    }

    [Fact]
    public async Task Work_is_done_on_working_days_and_never_in_the_future()
    {
        var catalogue = await app.With<CatalogueCache, CatalogueEntries>(async c =>
            await c.Get(CancellationToken.None)
        );
        var steps = await app.Db(db =>
            db.History.Where(h => h.Kind != HistoryKind.Deleted)
                .OrderBy(h => h.TransactionId)
                .ThenBy(h => h.Id)
                .Select(h => new { h.TransactionId, h.At })
                .ToListAsync()
        );

        Assert.All(
            steps,
            s => Assert.True(s.At <= app.Now && catalogue.IsWorkingDay(Clock.RiyadhDate(s.At)), $"{s.At}")
        );
        Assert.All(
            steps.Zip(steps.Skip(1)).Where(p => p.First.TransactionId == p.Second.TransactionId),
            p => Assert.True(p.First.At <= p.Second.At)
        );
    }

    [Fact]
    public async Task There_is_something_of_everything()
    {
        var all = await app.Db(db =>
            db.Transactions.Include(t => t.AuthorityReferences)
                .Include(t => t.Tags)
                .Include(t => t.History)
                .ToListAsync()
        );
        var week = (From: app.Today, To: app.Today.AddDays(6));
        var open = all.Where(t => t.CompletedAt is null && t.Status != "cancelled" && t.DeletedAt is null).ToList();

        Assert.Equal(10, all.Select(t => t.Status).Distinct().Count());
        Assert.Contains(open, t => t.DueDate < app.Today);
        Assert.Contains(open, t => t.DueDate >= week.From && t.DueDate <= week.To);
        Assert.Equal(3, open.Select(t => t.HolderKind).Distinct().Count());
        Assert.Contains(all, t => t.AuthorityReferences.Count > 0);
        Assert.Contains(all, t => t.Tags.Count > 1);
        Assert.Contains(all, t => t.DeletedAt is not null);
        Assert.Contains(all, t => t.AmountMinor > 0);
        Assert.Contains(all.SelectMany(t => t.History), h => h.Kind == HistoryKind.Comment && h.Text!.StartsWith('@'));
        Assert.InRange(
            all.Count(t => t.Title.Any(c => c is >= 'ء' and <= 'ي')),
            FillDemo.Transactions / 3,
            FillDemo.Transactions * 2 / 3
        );
        Assert.All(all, t => Assert.Contains(ArabicText.Fold(t.Number), t.SearchText));
    }

    [Fact]
    public async Task The_printed_passwords_sign_in()
    {
        var lines = app
            .Printed.Where(l => l.Contains('@'))
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToList();

        Assert.Equal(app.People.Count, lines.Count);
        Assert.Equal(["Admin", "Client", "Editor"], lines.Select(l => l[0]).Distinct().Order());
        foreach (var line in lines)
            (await app.Anonymous.Submit("/signin", new { email = line[1], password = line[2] })).Expect(303);
    }

    [Fact]
    public async Task A_second_start_keeps_the_data_and_prints_the_same()
    {
        Assert.Equal(
            app.Printed,
            await app.With<FillDemo, IReadOnlyList<string>>(d => d.Handle(CancellationToken.None))
        );
        Assert.Equal(app.People.Count, await app.Db(db => db.Users.CountAsync()));
    }
}

public sealed class FillDemoBesideOthersTests(App app) : IClassFixture<App>
{
    [Fact]
    public async Task A_database_with_people_in_it_is_not_touched()
    {
        await app.Db(db =>
            db.Users.Where(u => u.Email == DemoPeople.AdminEmail)
                .ExecuteUpdateAsync(u => u.SetProperty(x => x.Email, "somebody@else.example"))
        );

        var printed = await app.With<FillDemo, IReadOnlyList<string>>(d => d.Handle(CancellationToken.None));

        Assert.DoesNotContain(printed, l => l.Contains('@'));
        Assert.Equal(0, await app.Db(db => db.Transactions.CountAsync()));
    }
}
