using System.Security.Cryptography;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SetUp;

/// <summary>
/// The first admin of an empty system: from ADMIN_EMAIL and ADMIN_PASSWORD, or by whoever opens the one-time link that
/// the start prints.
/// </summary>
public sealed class FirstAdmin(IServiceScopeFactory scopes, AppSettings settings, TimeProvider clock)
{
    private string? _secret;

    /// <summary>At each start: makes the admin, or says where the first one is made.</summary>
    public static async Task<Func<string, IEnumerable<string>>> Announce(
        IServiceProvider services,
        CancellationToken stop
    )
    {
        var path = await services.GetRequiredService<FirstAdmin>().Prepare(stop);
        return address => path is null ? [] : [$"No administrator yet. Make the first one at {address}{path}"];
    }

    /// <summary>True when the secret is the one printed, and no admin exists yet.</summary>
    public bool Accepts(string? secret) =>
        _secret is not null
        && secret is not null
        && CryptographicOperations.FixedTimeEquals(
            System.Text.Encoding.UTF8.GetBytes(_secret),
            System.Text.Encoding.UTF8.GetBytes(secret)
        );

    /// <summary>Makes the link useless.</summary>
    public void EndLink() => _secret = null;

    public static Task<bool> Exists(AppDb db, CancellationToken stop) =>
        db.Users.AnyAsync(u => u.Role == Role.Admin, stop);

    /// <summary>
    /// Makes the admin the settings name, or answers the path of the set-up page; null when there is an admin already.
    /// </summary>
    public async Task<string?> Prepare(CancellationToken stop)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        if (await Exists(db, stop))
            return null;
        if (settings is { AdminEmail: { } email, AdminPassword: { } password })
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            await Make(email, password, db, users, stop);
            return null;
        }

        _secret = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
        return $"{AccountRoutes.SetUp}?key={_secret}";
    }

    private async Task Make(string email, string password, AppDb db, UserManager<User> users, CancellationToken stop)
    {
        var errors = new FieldErrors();
        Passwords.Check(errors, "ADMIN_PASSWORD", password, new FirmSettings(), email);
        if (errors.Of("ADMIN_PASSWORD") is [var (key, args), ..])
            throw new SettingsException("ADMIN_PASSWORD: " + Words.For("en")[key, args]);

        // Replicas of a new system start together.
        await using var write = await db.BeginWrite(stop);
        await db.TakeTurn(Turn.FirstAdmin, stop);
        if (await Exists(db, stop))
            return;
        var result = await users.CreateAsync(NewAdmin(email, email.Split('@')[0]), PasswordHashing.Composed(password));
        await write.Commit(stop);
        if (!result.Succeeded)
            throw new SettingsException(
                "ADMIN_EMAIL or ADMIN_PASSWORD: " + string.Join(" ", result.Errors.Select(e => e.Description))
            );
    }

    /// <summary>An active admin, not yet saved.</summary>
    public User NewAdmin(string email, string name) =>
        new()
        {
            UserName = email.Trim(),
            Email = email.Trim(),
            EmailConfirmed = true,
            FullName = name,
            Role = Role.Admin,
            Status = UserStatus.Active,
            CreatedAt = clock.Instant(),
        };
}
