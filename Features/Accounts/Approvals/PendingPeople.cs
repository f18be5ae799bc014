using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Approvals;

/// <summary>
/// Those who registered and wait: first those who confirmed their address, the oldest first. Nobody is approved before
/// they have.
/// </summary>
public sealed class PendingPeople(AppDb db, TimeProvider clock)
{
    private const int RowsMax = 20;

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

        /// <summary>The client that they seem to belong to, and why.</summary>
        public (int Id, ClientMatch Why)? Proposed { get; init; }
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
        public IReadOnlyList<Row> ReadyToApprove =>
            [.. Rows.Where(r => r is { IsConfirmed: true, SameClientId: not null })];
    }

    /// <summary>One of them, with what their form needs.</summary>
    public sealed record Person(View View, Row Row);

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/pending", Page).RequireAuthorization(Policies.Admin);

    public async Task<View> Handle(Refusal? refused, CancellationToken stop)
    {
        var waiting = WaitingPeople.In(db);
        var rows = await waiting
            .OrderByDescending(u => u.EmailConfirmed)
            .ThenBy(u => u.Id)
            .Take(RowsMax)
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
        var clients = await ClientNames.Read(db, stop);
        await clients.ReadDomains(db, rows.Where(r => r.IsConfirmed).Select(r => r.Email), stop);
        return new(
            [
                .. rows.Select(r =>
                    r with
                    {
                        SameClientId = clients.IdOf(r.Company),
                        Proposed = clients.Of(r.Company, r.IdentityNumber, r.Email),
                    }
                ),
            ],
            await waiting.CountAsync(stop),
            clients.Choices,
            refused,
            clock.Instant()
        );
    }

    private static async Task<IResult> Page(PendingPeople useCase, HttpContext http, CancellationToken stop)
    {
        var view = await useCase.Handle(refused: null, stop);
        return http.WantsFragment() ? PendingList.Create(view) : PendingPage.Create(view);
    }
}
