using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts;

/// <summary>Those who run the system, as recipients.</summary>
public static class Admins
{
    /// <summary>
    /// Ids of the active ones. Where a write follows, read them before it begins, so that no lock is held meanwhile.
    /// </summary>
    public static Task<List<int>> Active(AppDb db, CancellationToken stop) =>
        db
            .Users.Where(u => u.Role == Role.Admin && u.Status == UserStatus.Active)
            .OrderBy(u => u.Id)
            .Select(u => u.Id)
            .ToListAsync(stop);

    /// <summary>
    /// Two admins who take each other's rights away must see one another: PostgreSQL locks the rows until the end,
    /// SQLite lets only one write at a time.
    /// </summary>
    public static async Task Lock(AppDb db, CancellationToken stop)
    {
        if (!db.IsSqlite)
            await db.Database.ExecuteSqlRawAsync(
                """SELECT 1 FROM "Users" WHERE "Role" = 'Admin' AND "Status" = 'Active' ORDER BY "Id" FOR UPDATE""",
                stop
            );
    }

    /// <summary>Whether nobody else is an active one.</summary>
    public static async Task<bool> IsLast(int id, AppDb db, CancellationToken stop) =>
        !await db.Users.AnyAsync(u => u.Id != id && u.Role == Role.Admin && u.Status == UserStatus.Active, stop);

    /// <summary>
    /// Adds a message for each that this person has become an admin, or will be one with the invitation. An admin whom
    /// nobody expected is seen the same hour.
    /// </summary>
    /// <param name="by">Who made them one; null: the command line.</param>
    /// <param name="admins">Those of <see cref="Active"/> before.</param>
    public static void TellOfNew(User person, string? by, IEnumerable<int> admins, AppDb db, DateTime now) =>
        db.Outbox.AddRange(
            admins
                .Where(admin => admin != person.Id)
                .Select(admin =>
                    OutboxMessage.For(admin, "account.new_admin", now, [person.FullName, person.Email, by])
                )
        );

    /// <summary>Adds a message for each that this person has registered and waits.</summary>
    public static async Task TellOfWaiting(User person, AppDb db, DateTime now, CancellationToken stop) =>
        db.Outbox.AddRange(
            (await Active(db, stop)).Select(admin =>
                OutboxMessage.For(admin, "account.waiting", now, [person.FullName, person.Company])
            )
        );
}
