using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Approvals;

/// <summary>Why a client is proposed for somebody who registered.</summary>
public enum ClientMatch
{
    /// <summary>The company is called so.</summary>
    Name,

    /// <summary>The person gave the client's commercial registration.</summary>
    CrNumber,

    /// <summary>The client's people, or the client itself, have addresses of the same domain.</summary>
    Domain,
}

/// <summary>Active clients by name, folded as search folds it, and by what else tells them from others.</summary>
public sealed class ClientNames
{
    // More of the same domains say nothing new, or are so many that an admin had better choose.
    private const int PeopleMax = 2000;

    // Whoever has an address there may be anybody.
    private static readonly HashSet<string> Public = new(StringComparer.OrdinalIgnoreCase)
    {
        "gmail.com",
        "googlemail.com",
        "hotmail.com",
        "outlook.com",
        "outlook.sa",
        "live.com",
        "msn.com",
        "yahoo.com",
        "ymail.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "proton.me",
        "protonmail.com",
        "gmx.com",
        "zoho.com",
        "yandex.com",
    };

    private readonly Dictionary<string, int?> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int?> _crNumbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int?> _domains = new(StringComparer.OrdinalIgnoreCase);

    public required IReadOnlyList<(string Value, string Name)> Choices { get; init; }

    public static async Task<ClientNames> Read(AppDb db, CancellationToken stop)
    {
        var clients = await db
            .Clients.Where(c => c.IsActive)
            .ByName()
            .Select(c => new
            {
                c.Id,
                c.NameEn,
                c.NameAr,
                c.CrNumber,
                c.Email,
            })
            .ToListAsync(stop);
        var names = new ClientNames
        {
            Choices = [.. clients.Select(c => (c.Id.ToString(), Words.T.Pick(c.NameEn, c.NameAr)))],
        };
        foreach (var client in clients)
        {
            if (client.CrNumber is { } number)
                Add(names._crNumbers, number, client.Id);
            if (DomainOf(client.Email) is { } domain)
                Add(names._domains, domain, client.Id);
        }

        foreach (var client in clients)
        foreach (
            var name in new[] { client.NameEn, client.NameAr }
                .Select(ArabicText.Fold)
                .Where(n => n.Length > 0)
                .Distinct(StringComparer.Ordinal)
        )
            // Of two clients with the same name nobody can say which is meant.
            names._ids[name] = names._ids.ContainsKey(name) ? null : client.Id;
        return names;
    }

    /// <summary>Reads also which clients' people have an address of the same domain as one of these.</summary>
    public async Task ReadDomains(AppDb db, IEnumerable<string> emails, CancellationToken stop)
    {
        var endings = emails
            .Select(DomainOf)
            .OfType<string>()
            .Select(d => "@" + d.ToUpperInvariant())
            .Distinct()
            .ToList();
        if (endings.Count == 0)
            return;
        var people = await db
            .Users.Where(u => u.Role == Role.Client && u.Status == UserStatus.Active && u.EmailConfirmed)
            .Where(u => u.Client!.IsActive && endings.Any(e => u.NormalizedEmail!.EndsWith(e)))
            .Select(u => new { u.ClientId, u.NormalizedEmail })
            .Take(PeopleMax)
            .ToListAsync(stop);
        foreach (var one in people)
            if (DomainOf(one.NormalizedEmail) is { } domain)
                Add(_domains, domain, one.ClientId!.Value);
    }

    /// <summary>The client that somebody who registered seems to belong to, and why; or none.</summary>
    public (int Id, ClientMatch Why)? Of(string? company, string? identityNumber, string email) =>
        IdOf(company) is { } same ? (same, ClientMatch.Name)
        : identityNumber is not null && _crNumbers.GetValueOrDefault(identityNumber) is { } number
            ? (number, ClientMatch.CrNumber)
        : DomainOf(email) is { } domain && _domains.GetValueOrDefault(domain) is { } known ? (known, ClientMatch.Domain)
        : null;

    private static void Add(Dictionary<string, int?> to, string key, int id) =>
        to[key] = to.TryGetValue(key, out var present) && present != id ? null : id;

    private static string? DomainOf(string? email) =>
        email is not null
        && email.LastIndexOf('@') is > 0 and var at
        && email[(at + 1)..] is { Length: > 0 } domain
        && !Public.Contains(domain)
            ? domain
            : null;

    /// <summary>The one client of this name, or null.</summary>
    public int? IdOf(string? company) => _ids.GetValueOrDefault(ArabicText.Fold(company));
}
