using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Approvals;

/// <summary>Active clients by name, folded as search folds it.</summary>
public sealed class ClientNames
{
    private readonly Dictionary<string, int?> _ids = new(StringComparer.Ordinal);

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
            })
            .ToListAsync(stop);
        var names = new ClientNames
        {
            Choices = [.. clients.Select(c => (c.Id.ToString(), Words.T.Pick(c.NameEn, c.NameAr)))],
        };
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

    /// <summary>The one client of this name, or null.</summary>
    public int? IdOf(string? company) => _ids.GetValueOrDefault(ArabicText.Fold(company));
}
