using System.Security.Cryptography;
using System.Text;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Settings;

/// <summary>
/// Changes settings: the rows, the version that tells every replica, and the audit entry, in one transaction.
/// </summary>
public sealed class SettingRows(AppDb db, CurrentUser by, TimeProvider clock)
{
    /// <summary>The present version; empty when nothing was ever set.</summary>
    public async Task<string> Version(CancellationToken stop) =>
        await db.Settings.Where(s => s.Key == Setting.Version).Select(s => s.Value).FirstOrDefaultAsync(stop) ?? "";

    /// <summary>The settings and their version, as they are in this moment.</summary>
    public async Task<(FirmSettings Settings, string Version)> Present(CancellationToken stop)
    {
        var rows = await db
            .Settings.AsNoTracking()
            .ToDictionaryAsync(s => s.Key, s => s.Value, StringComparer.Ordinal, stop);
        return (FirmSettings.From(rows), rows.GetValueOrDefault(Setting.Version, ""));
    }

    /// <param name="version">The state the change was made on; another one meanwhile is a conflict. Null: any.</param>
    /// <param name="change">The new settings from the old.</param>
    public async Task<Result<FirmSettings>> Change(
        string? version,
        Func<FirmSettings, FirmSettings> change,
        CancellationToken stop
    )
    {
        await using var write = await db.BeginWrite(stop);
        var rows = await db.Settings.ToDictionaryAsync(s => s.Key, stop);
        var present = rows.TryGetValue(Setting.Version, out var held) ? held.Value : "";
        if (version is not null && version != present)
            return Problem.Conflict("problem.changed_meanwhile");
        var old = FirmSettings.From(rows.ToDictionary(r => r.Key, r => r.Value.Value, StringComparer.Ordinal));
        var settings = change(old);
        var (before, after) = (old.Rows(), settings.Rows());
        var changed = after.Keys.Where(k => before[k] != after[k]).ToList();
        if (changed.Count == 0)
            return settings;

        foreach (var key in changed)
            Put(key, after[key]);
        Put(Setting.Version, Guid.NewGuid().ToString("N"));
        db.Audit.Add(
            AuditLog.By(
                by,
                "settings.changed",
                "settings",
                "firm",
                clock.Instant(),
                new { old = Told(before), @new = Told(after) }
            )
        );
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation())
        {
            return Problem.Conflict("problem.changed_meanwhile");
        }

        await write.Commit(stop);
        return settings;

        void Put(string key, string value)
        {
            if (rows.TryGetValue(key, out var row))
                row.Value = value;
            else
                db.Settings.Add(new() { Key = key, Value = value });
        }

        // A picture is too much for the log: that it changed is enough.
        Dictionary<string, string> Told(IReadOnlyDictionary<string, string> values) =>
            changed.ToDictionary(
                k => k,
                k =>
                    k == FirmSettings.LogoKey && values[k].Length > 0
                        ? "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(values[k])))
                        : values[k],
                StringComparer.Ordinal
            );
    }
}

/// <summary>Addresses of this feature.</summary>
public static class SettingRoutes
{
    public const string Root = "/settings";
    public const string Logo = "/settings/logo";
    public const string LogoEnd = "/settings/logo/removal";
}
