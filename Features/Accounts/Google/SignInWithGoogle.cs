using System.Security.Cryptography;
using MdcTts.Features.Accounts.SignIn;
using MdcTts.Features.Audit;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Google;

/// <summary>Google instead of a password. Somebody new waits for approval like anyone; an account that has a password is linked only after the password was shown.</summary>
public static class SignInWithGoogle
{
    public const string Cookie = "google";
    private const string Provider = "Google";

    /// <summary>Whom Google vouches for.</summary>
    public sealed record Known(string Subject, string Email, string Name, string ReturnUrl);

    public sealed class Command
    {
        public string? Password { get; set; }
    }

    public sealed record View(string Email, string? Error);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.SignInGoogle, Begin).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapGet(AccountRoutes.SignInGoogleDone, Done).AllowAnonymous();
        pages.MapPost(AccountRoutes.SignInGoogleLink, Link).AllowAnonymous().Limited(RateLimits.SignIn);
    }

    private static IResult Begin(string? returnUrl)
    {
        var items = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [GoogleRegistration.Nonce] = System.Buffers.Text.Base64Url.EncodeToString(
                RandomNumberGenerator.GetBytes(32)
            ),
            [GoogleRegistration.ReturnUrl] = Html.LocalPath(returnUrl),
        };
        return Results.Challenge(new(items), [GoogleRegistration.Scheme]);
    }

    private static async Task<IResult> Done(
        SealedCookie cookie,
        Entrance entrance,
        AppDb db,
        CurrentSettings current,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (cookie.Read<Known>(http, Cookie) is not { } known)
            return http.SeeOther(AccountRoutes.SignIn);
        if (
            await db.UserLogins.SingleOrDefaultAsync(
                l => l.LoginProvider == Provider && l.ProviderKey == known.Subject,
                stop
            ) is
            { } login
        )
        {
            SealedCookie.Forget(http, Cookie);
            var linked = await db.Users.SingleAsync(u => u.Id == login.UserId, stop);
            return linked.Status switch
            {
                UserStatus.Active => http.SeeOther(
                    await entrance.Receive(linked, null, Cookie, known.ReturnUrl, http, stop)
                ),
                UserStatus.Pending => WaitingPage.Create(new(linked.EmailConfirmed)),
                _ => await Refuse(linked, known, db, clock, http, stop),
            };
        }

        var normalized = known.Email.ToUpperInvariant();
        if (await db.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == normalized, stop) is { } user)
            return user.PasswordHash is null
                ? SignInPage
                    .Create(new(known.Email, known.ReturnUrl, "google.no_password"))
                    .Status(ProblemResults.StatusOf(ProblemKind.Invalid))
                : GoogleLinkPage.Create(new(known.Email, null));

        SealedCookie.Forget(http, Cookie);
        if (!(await current.Get(stop)).RegistrationOpen)
            return SignInPage
                .Create(new(null, known.ReturnUrl, "google.closed"))
                .Status(ProblemResults.StatusOf(ProblemKind.Invalid));
        await Register(known, db, clock, http, stop);
        return WaitingPage.Create(new(IsConfirmed: true));
    }

    private static async Task<IResult> Link(
        [FromForm] Command? command,
        SealedCookie cookie,
        PasswordCheck check,
        Entrance entrance,
        AppDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (cookie.Read<Known>(http, Cookie) is not { } known)
            return http.SeeOther(AccountRoutes.SignIn);
        if (await check.Handle(known.Email, command?.Password, http, stop) is not var (user, attempt))
            return GoogleLinkPage
                .Create(new(known.Email, "signin.wrong"))
                .Status(ProblemResults.StatusOf(ProblemKind.Invalid));

        SealedCookie.Forget(http, Cookie);
        if (!await db.UserLogins.AnyAsync(l => l.LoginProvider == Provider && l.ProviderKey == known.Subject, stop))
        {
            AddLogin(db, user.Id, known);
            db.Audit.Add(
                AuditLog.Entry("account.google_linked", "user", user.Id.ToString(), user.Id, clock.Instant(), http)
            );
            await db.SaveChangesAsync(stop);
        }

        return user.IsActive
            ? http.SeeOther(await entrance.Receive(user, attempt, "password, google", known.ReturnUrl, http, stop))
            : WaitingPage.Create(new(user.EmailConfirmed));
    }

    // Whoever is faster with the same address or the same Google account has registered; this one waits all the same.
    private static async Task Register(
        Known known,
        AppDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var now = clock.Instant();
        var name = PlainText.HasForbidden(known.Name) || known.Name.Length == 0 ? known.Email : known.Name;
        var user = new User
        {
            FullName = name[..Math.Min(name.Length, User.NameMaxLength)],
            Role = Role.Client,
            Status = UserStatus.Pending,
            CreatedAt = now,
        };
        user.UseEmail(known.Email);
        user.EndSessions();
        await using var write = await db.BeginWrite(stop);
        db.Users.Add(user);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation())
        {
            return;
        }

        AddLogin(db, user.Id, known);
        WaitingPeople.HaveChanged(db, user, user.Id, now);
        await Admins.TellOfWaiting(user, db, now, stop);
        db.Audit.Add(
            AuditLog.Entry(
                "account.registered",
                "user",
                user.Id.ToString(),
                user.Id,
                now,
                http,
                new { how = Cookie },
                new { user.FullName, user.Email }
            )
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    private static void AddLogin(AppDb db, int userId, Known known) =>
        db.UserLogins.Add(
            new()
            {
                LoginProvider = Provider,
                ProviderKey = known.Subject,
                ProviderDisplayName = Provider,
                UserId = userId,
            }
        );

    private static async Task<IResult> Refuse(
        User user,
        Known known,
        AppDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        db.Audit.Add(
            AuditLog.Entry(
                "account.sign_in_failed",
                "user",
                user.Id.ToString(),
                user.Id,
                clock.Instant(),
                http,
                new { how = Cookie }
            )
        );
        await db.SaveChangesAsync(stop);
        return SignInPage
            .Create(new(null, known.ReturnUrl, "google.refused"))
            .Status(ProblemResults.StatusOf(ProblemKind.Invalid));
    }
}
