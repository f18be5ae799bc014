using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Projects;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Demo;

/// <summary>
/// <c>--demo</c>: fills an empty database with a believable firm; a database with people in it is never touched.
/// </summary>
public sealed class FillDemo(AppDb db, CatalogueCache catalogues, PasswordHashing hashing, TimeProvider clock)
{
    public const int Transactions = 500;
    private const int Deleted = 4;

    /// <summary>Answers the lines to print after the address: who can sign in.</summary>
    public async Task<IReadOnlyList<string>> Handle(CancellationToken stop)
    {
        if (!await db.Users.AnyAsync(stop))
            await Fill(await catalogues.Get(stop), clock.Instant(), stop);
        else if (!await db.Users.AnyAsync(u => u.Email == DemoPeople.AdminEmail, stop))
            return ["This database has people already: no demonstration data was added."];
        return SignIns();
    }

    private static List<string> SignIns()
    {
        var width = DemoPeople.All.Max(p => p.Email.Length);
        return
        [
            "",
            "Demonstration data. Sign in with:",
            .. DemoPeople.All.Select(p => $"  {p.Role, -8}{p.Email.PadRight(width)}  {DemoPeople.Password}"),
            "",
        ];
    }

    private async Task Fill(CatalogueEntries catalogue, DateTime now, CancellationToken stop)
    {
        var since = Clock.StartOf(Clock.RiyadhDate(now).AddMonths(-11));
        // Hashing is slow, so it runs once: everybody has the password that is printed.
        var hash = await hashing.Hash(DemoPeople.Password, stop);
        await using var write = await db.BeginWrite(stop);

        var clients = DemoPeople.Organisations.Select(o => ClientOf(o, since)).ToList();
        var projects = await ProjectsOf(clients, since, stop);
        var users = PeopleOf(clients, hash, since);
        db.AddRange(clients);
        db.AddRange(projects);
        db.AddRange(users);
        await db.SaveChangesAsync(stop);

        var story = new DemoStory(now, catalogue, [.. users.Where(u => u.Role != Role.Client)], clients, projects);
        var transactions = new List<Transaction>(Transactions);
        foreach (var year in story.CreationTimes(Transactions).GroupBy(at => Clock.RiyadhDate(at).Year))
        {
            var number = await NumberCounter.Take(db, TransactionNumber.Series, year.Key, year.Count(), stop);
            transactions.AddRange(year.Select(at => story.Live(TransactionNumber.Of(year.Key, number++), at)));
        }

        DeleteSome(transactions, users[0].Acting(), now);
        db.AddRange(transactions);
        db.AddRange(transactions.SelectMany(t => t.History, AuditOf).OrderBy(a => a.At));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    private static Client ClientOf(DemoPeople.Organisation o, DateTime at) =>
        new()
        {
            NameEn = o.En,
            NameAr = o.Ar,
            CrNumber = o.Cr,
            Email = o.Email,
            Phone = o.Phone,
            Address = o.AddressLine,
            CreatedAt = at,
        };

    private async Task<List<Project>> ProjectsOf(List<Client> clients, DateTime at, CancellationToken stop)
    {
        var names = DemoPeople
            .Organisations.SelectMany((o, i) => o.Projects.Select(p => (p.En, p.Ar, Client: clients[i])))
            .ToList();
        var year = Clock.RiyadhDate(at).Year;
        var number = await NumberCounter.Take(db, ProjectCode.Series, year, names.Count, stop);
        return
        [
            .. names.Select(n => new Project
            {
                Code = ProjectCode.Of(year, number++),
                NameEn = n.En,
                NameAr = n.Ar,
                Client = n.Client,
                CreatedAt = at,
            }),
        ];
    }

    private static List<User> PeopleOf(List<Client> clients, string hash, DateTime at) =>
        [
            .. DemoPeople.All.Select(p => new User
            {
                UserName = p.Email,
                NormalizedUserName = p.Email.ToUpperInvariant(),
                Email = p.Email,
                NormalizedEmail = p.Email.ToUpperInvariant(),
                EmailConfirmed = true,
                FullName = p.Name,
                NameAr = p.NameAr,
                Role = p.Role,
                Status = UserStatus.Active,
                Client = p.Client is { } i ? clients[i] : null,
                Department = p.Department,
                PasswordHash = hash,
                SecurityStamp = Guid.NewGuid().ToString("N"),
                LockoutEnabled = true,
                CreatedAt = at,
            }),
        ];

    private static void DeleteSome(List<Transaction> transactions, CurrentUser by, DateTime now)
    {
        var at = now.AddDays(-20);
        foreach (
            var (t, i) in transactions
                .Where(t => t.CompletedAt is null && t.UpdatedAt < at)
                .TakeLast(Deleted)
                .Select((t, i) => (t, i))
        )
            t.Delete(
                DemoWords.DeleteReasons[i % DemoWords.DeleteReasons.Count].In(i % 2 == 1),
                by,
                t.UpdatedAt.AddHours(1)
            );
    }

    private static AuditEntry AuditOf(Transaction t, HistoryEntry h) =>
        AuditLog.Entry(
            h.Kind switch
            {
                HistoryKind.Status => "transaction.status_changed",
                HistoryKind.Comment => "transaction.commented",
                _ => "transaction." + Keys.Of(h.Kind),
            },
            "transaction",
            t.Number,
            h.ById,
            h.At,
            from: null,
            h.Kind == HistoryKind.Status ? new { from = h.FromStatus, to = h.ToStatus }
                : h.Kind == HistoryKind.Edited ? h.Changes
                : null
        );
}
