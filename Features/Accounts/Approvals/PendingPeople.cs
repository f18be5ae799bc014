using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Approvals;

/// <summary>Those who registered and wait: first those whose address is confirmed, the oldest first. Nobody is approved before that.</summary>
public static class PendingPeople
{
    private const int Most = 20;

    public sealed record Row(
        int Id,
        string FullName,
        string Email,
        string? Phone,
        string? Company,
        string? IdentityNumber,
        DateTime CreatedAt,
        bool IsConfirmed
    )
    {
        /// <summary>The client whose name is that of their company.</summary>
        public int? SameClientId { get; init; }
    }

    /// <summary>What was refused, shown again at its row.</summary>
    public sealed record Refusal(int Id, ApprovePeople.Command Typed, FieldErrors Errors);

    public sealed record View(
        IReadOnlyList<Row> Rows,
        int Total,
        IReadOnlyList<(string Value, string Name)> Clients,
        Refusal? Refused,
        DateTime Now
    )
    {
        /// <summary>Those whom one press of a button approves.</summary>
        public IReadOnlyList<Row> Clear => [.. Rows.Where(r => r is { IsConfirmed: true, SameClientId: not null })];
    }

    /// <summary>One of them, with what their form needs.</summary>
    public sealed record Person(View View, Row Row);

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/pending", Page).RequireAuthorization(Policies.Admin);

    public static async Task<View> Handle(Refusal? refused, AppDb db, TimeProvider clock, CancellationToken stop)
    {
        var waiting = WaitingPeople.In(db);
        var rows = await waiting
            .OrderByDescending(u => u.EmailConfirmed)
            .ThenBy(u => u.Id)
            .Take(Most)
            .Select(u => new Row(
                u.Id,
                u.FullName,
                u.Email!,
                u.PhoneNumber,
                u.Company,
                u.IdentityNumber,
                u.CreatedAt,
                u.EmailConfirmed
            ))
            .ToListAsync(stop);
        var clients = await SameName.All(db, stop);
        return new(
            [.. rows.Select(r => r with { SameClientId = clients.Of(r.Company) })],
            await waiting.CountAsync(stop),
            clients.Choices,
            refused,
            clock.Instant()
        );
    }

    private static async Task<IResult> Page(AppDb db, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        var view = await Handle(null, db, clock, stop);
        return http.WantsFragment() ? PendingList.Create(view) : PendingPage.Create(view);
    }
}

/// <summary>Active clients by name, folded as search folds it.</summary>
public sealed class SameName
{
    private readonly Dictionary<string, int?> _ids = new(StringComparer.Ordinal);

    public required IReadOnlyList<(string Value, string Name)> Choices { get; init; }

    public static async Task<SameName> All(AppDb db, CancellationToken stop)
    {
        var clients = await db
            .Clients.Where(c => c.IsActive)
            .OrderBy(c => c.NameEn ?? c.NameAr)
            .Select(c => new
            {
                c.Id,
                c.NameEn,
                c.NameAr,
            })
            .ToListAsync(stop);
        var names = new SameName
        {
            Choices = [.. clients.Select(c => (c.Id.ToString(), Infrastructure.Ui.Words.T.Pick(c.NameEn, c.NameAr)))],
        };
        foreach (var client in clients)
        foreach (
            var name in new[] { client.NameEn, client.NameAr }
                .Select(ArabicText.Fold)
                .Where(n => n.Length > 0)
                .Distinct(StringComparer.Ordinal)
        )
            // Two clients of one name: nobody can say which is meant.
            names._ids[name] = names._ids.ContainsKey(name) ? null : client.Id;
        return names;
    }

    /// <summary>The one client of this name, or null.</summary>
    public int? Of(string? company) => _ids.GetValueOrDefault(ArabicText.Fold(company));
}
