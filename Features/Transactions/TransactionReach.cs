using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions;

/// <summary>Whether the transaction at an address may still be seen: kept answers hold what once was shown.</summary>
internal static class TransactionReach
{
    private const string Root = RouteGroups.Api + "/transactions/";

    public static async Task<bool> Find(string path, IServiceProvider services, CancellationToken stop)
    {
        if (!path.StartsWith(Root, StringComparison.OrdinalIgnoreCase))
            return true;
        var number = path[Root.Length..].Split('/', '?')[0];
        return !TransactionNumber.IsWellFormed(number)
            || await services
                .GetRequiredService<AppDb>()
                .Transactions.Numbered(number, services.GetRequiredService<CurrentUser>())
                .AnyAsync(stop);
    }
}
