using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Accounts.Privacy;

/// <summary>
/// Takes everything personal about somebody away for good, inside the caller's database transaction: each feature
/// erases what it has registered as <see cref="PersonalData"/>.
/// </summary>
public sealed class EraseData(AppDb db, IEnumerable<PersonalData> kept, IServiceProvider services)
{
    /// <param name="by">Whose decision it is; the person's own id when nobody decided.</param>
    /// <param name="entry">What the audit log says of it; nothing personal may be in it.</param>
    public async Task Handle(User user, int by, AuditEntry entry, DateTime now, CancellationToken stop)
    {
        var person = new ErasedPerson(user.Id, user.FullName, user.Email!, PseudonymOf(user.Id));
        user.Erase(person.Pseudonym, now);
        WaitingPeople.News.HaveChanged(db, user.Id, by, now);
        db.AuditErasures.Add(
            new()
            {
                UserId = user.Id,
                At = now,
                ById = by,
            }
        );
        // Saved before the features erase: the database lets the audit log be emptied only for somebody whose erasure
        // is written down.
        await db.SaveChangesAsync(stop);
        foreach (var data in kept.OrderBy(d => d.Order))
            if (data.Erase is { } erase)
                await erase(person, services, stop);
        // The last entry about this person, because the log accepts what was emptied only before it.
        db.Audit.Add(entry);
        await db.SaveChangesAsync(stop);
    }

    private static string PseudonymOf(int id) =>
        $"{Words.For("en")["privacy.erased_person"]} {id} · {Words.For("ar")["privacy.erased_person"]} {id}";
}
