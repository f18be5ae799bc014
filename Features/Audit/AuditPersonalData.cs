using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Privacy;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit;

/// <summary>
/// What the audit log keeps about people. An erasure empties the personal part of their entries, which the seal does
/// not cover; the rest stays and still proves itself.
/// </summary>
internal static class AuditPersonalData
{
    private const int EntriesMax = 10_000;

    public static IEnumerable<PersonalData> All =>
        [
            new("did", typeof(AuditEntry))
            {
                Order = 60,
                Export = Did,
                Erase = (person, request, stop) => Empty(By(request, person.Id), stop),
            },
            new("happened", typeof(AuditEntry))
            {
                Order = 70,
                Export = Happened,
                Erase = (person, request, stop) => Empty(About(request, person.Id), stop),
            },
            new("erasures", typeof(AuditErasure))
            {
                StaysBecause = "It proves that entries were emptied because somebody was erased, and holds ids only.",
            },
        ];

    // People get their own address and browser, but not those of others who did something about them.
    private static async Task<object> Did(int id, IServiceProvider request, CancellationToken stop) =>
        await By(request, id)
            .OrderByDescending(a => a.Id)
            .Take(EntriesMax)
            .Select(a => new
            {
                a.At,
                a.Action,
                a.EntityType,
                a.EntityKey,
                a.Personal,
            })
            .ToListAsync(stop);

    private static async Task<object> Happened(int id, IServiceProvider request, CancellationToken stop) =>
        await About(request, id)
            .Where(a => a.ActorId != id)
            .OrderByDescending(a => a.Id)
            .Take(EntriesMax)
            .Select(a => new { a.At, a.Action })
            .ToListAsync(stop);

    private static IQueryable<AuditEntry> By(IServiceProvider request, int id) =>
        request.GetRequiredService<AppDb>().Audit.Where(a => a.ActorId == id);

    private static IQueryable<AuditEntry> About(IServiceProvider request, int id)
    {
        var key = id.ToString();
        return request.GetRequiredService<AppDb>().Audit.Where(a => a.EntityType == "user" && a.EntityKey == key);
    }

    private static Task<int> Empty(IQueryable<AuditEntry> entries, CancellationToken stop) =>
        entries
            .Where(a => a.Personal != null || a.Salt != null)
            .ExecuteUpdateAsync(
                set => set.SetProperty(a => a.Personal, (string?)null).SetProperty(a => a.Salt, (byte[]?)null),
                stop
            );
}
