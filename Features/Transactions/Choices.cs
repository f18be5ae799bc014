using MdcTts.Features.Accounts;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary>
/// The clients, projects and staff that forms and filters offer. Empty for a client's person, who may know neither
/// others nor staff.
/// </summary>
public sealed record Choices(
    IReadOnlyList<Choices.Organisation> Clients,
    IReadOnlyList<Choices.Site> Projects,
    IReadOnlyList<Choices.Person> Staff
)
{
    public sealed record Organisation(int Id, string? NameEn, string? NameAr)
    {
        public string Name => Words.T.Pick(NameEn, NameAr);
    }

    public sealed record Site(int Id, string Code, string? NameEn, string? NameAr, int ClientId)
    {
        public string Name => Words.T.Pick(NameEn, NameAr);
    }

    public sealed record Person(int Id, string Name, string Email);

    private static readonly Choices None = new([], [], []);

    /// <summary>What is active now.</summary>
    public static async Task<Choices> For(CurrentUser user, AppDb db, CountCache cache, CancellationToken stop) =>
        user.IsClient ? None : await cache.Get(db, "choices", () => Read(db, stop), stop);

    private static async Task<Choices> Read(AppDb db, CancellationToken stop) =>
        new(
            await db
                .Clients.Where(c => c.IsActive)
                .OrderBy(c => c.NameEn ?? c.NameAr)
                .Take(Field.ChoicesMax)
                .Select(c => new Organisation(c.Id, c.NameEn, c.NameAr))
                .ToListAsync(stop),
            await db
                .Projects.Where(p => p.IsActive)
                .OrderByDescending(p => p.Code)
                .Take(Field.ChoicesMax)
                .Select(p => new Site(p.Id, p.Code, p.NameEn, p.NameAr, p.ClientId))
                .ToListAsync(stop),
            await db
                .Users.Staff()
                .OrderBy(u => u.FullName)
                .Take(Field.ChoicesMax)
                .Select(u => new Person(u.Id, u.FullName, u.Email!))
                .ToListAsync(stop)
        );
}
