using System.Buffers.Text;
using System.Security.Cryptography;
using MdcTts.Features.Accounts.SignIn;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Google;

/// <summary>
/// Google instead of a password. Somebody new waits for approval like anyone; an account that has a password is linked
/// only after the password was shown.
/// </summary>
public sealed class SignInWithGoogle(AppDb db, SignInCompletion completion, CurrentSettings current, TimeProvider clock)
{
    public const string Cookie = "google";
    private const string Provider = "Google";

    /// <summary>The person for whom Google vouches.</summary>
    public sealed record GoogleIdentity(string Subject, string Email, string Name, string ReturnUrl);

    public sealed class Command
    {
        public string? Password { get; set; }
    }

    public sealed record View(string Email, string? Error);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet(AccountRoutes.SignInGoogle, Begin).AllowAnonymous().Limited(RateLimits.SignIn);
        pages.MapGet(AccountRoutes.SignInGoogleDone, Done).AllowAnonymous();
        pages.MapPost(AccountRoutes.SignInGoogleLink, SubmitLink).AllowAnonymous().Limited(RateLimits.SignIn);
    }

    /// <summary>
    /// Adds somebody who waits for approval. When another request with the same e-mail or the same Google account was
    /// faster, that one has registered, and this person waits all the same.
    /// </summary>
    private async Task Register(GoogleIdentity identity, RequestOrigin from, CancellationToken stop)
    {
        var now = clock.Instant();
        var name = PlainText.HasForbidden(identity.Name)
            ? identity.Email
            : PlainText.Trimmed(identity.Name) ?? identity.Email;
        var user = new User
        {
            FullName = name[..Math.Min(name.Length, User.NameMaxLength)],
            Role = Role.Client,
            Status = UserStatus.Pending,
            CreatedAt = now,
        };
        user.UseEmail(identity.Email);
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

        AddLogin(user.Id, identity);
        WaitingPeople.News.HaveChanged(db, user.Id, user.Id, now);
        await Admins.TellOfWaiting(user, db, now, stop);
        var about = new { user.FullName, user.Email };
        Audit("account.registered", user.Id, from, new { how = Cookie }, about);
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    /// <summary>Links the Google account to somebody who has shown the password.</summary>
    private async Task Link(User user, GoogleIdentity identity, RequestOrigin from, CancellationToken stop)
    {
        if (await FindLogin(identity, stop) is not null)
            return;
        AddLogin(user.Id, identity);
        Audit("account.google_linked", user.Id, from);
        await db.SaveChangesAsync(stop);
    }

    private async Task Refuse(User user, RequestOrigin from, CancellationToken stop)
    {
        Audit("account.sign_in_failed", user.Id, from, new { how = Cookie });
        await db.SaveChangesAsync(stop);
    }

    private Task<IdentityUserLogin<int>?> FindLogin(GoogleIdentity identity, CancellationToken stop) =>
        db.UserLogins.SingleOrDefaultAsync(l => l.LoginProvider == Provider && l.ProviderKey == identity.Subject, stop);

    private void AddLogin(int userId, GoogleIdentity identity) =>
        db.UserLogins.Add(
            new()
            {
                LoginProvider = Provider,
                ProviderKey = identity.Subject,
                ProviderDisplayName = Provider,
                UserId = userId,
            }
        );

    private void Audit(string action, int userId, RequestOrigin from, object? data = null, object? about = null) =>
        db.Audit.Add(AuditLog.Entry(action, "user", userId.ToString(), userId, clock.Instant(), from, data, about));

    private static IResult Begin(string? returnUrl)
    {
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var items = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [GoogleRegistration.Nonce] = nonce,
            [GoogleRegistration.ReturnUrl] = Html.LocalPath(returnUrl),
        };
        return Results.Challenge(new(items), [GoogleRegistration.Scheme]);
    }

    private static async Task<IResult> Done(
        SignInWithGoogle useCase,
        SealedCookie cookie,
        HttpContext http,
        CancellationToken stop
    ) =>
        cookie.Read<GoogleIdentity>(http, Cookie) is { } identity
            ? await useCase.Accept(identity, http, stop)
            : http.SeeOther(AccountRoutes.SignIn);

    private async Task<IResult> Accept(GoogleIdentity identity, HttpContext http, CancellationToken stop)
    {
        if (await FindLogin(identity, stop) is { } login)
        {
            SealedCookie.Forget(http, Cookie);
            var linked = await db.Users.Include(u => u.Client).SingleAsync(u => u.Id == login.UserId, stop);
            return await AcceptLinked(linked, identity, http, stop);
        }

        var normalized = identity.Email.ToUpperInvariant();
        if (await db.Users.SingleOrDefaultAsync(u => u.NormalizedEmail == normalized, stop) is { } user)
            return user.PasswordHash is null
                ? Refused(identity.Email, identity.ReturnUrl, "google.no_password")
                : GoogleLinkPage.Create(new(identity.Email, Error: null));

        SealedCookie.Forget(http, Cookie);
        if (!(await current.Get(stop)).RegistrationOpen)
            return Refused(email: null, identity.ReturnUrl, "google.closed");
        await Register(identity, http.Origin(), stop);
        return WaitingPage.Create(new(IsConfirmed: true));
    }

    private async Task<IResult> AcceptLinked(
        User user,
        GoogleIdentity identity,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (user is { IsActive: true, IsClientActive: true })
            return http.SeeOther(
                await completion.AcceptFirstFactor(user, attempt: null, Cookie, identity.ReturnUrl, http, stop)
            );
        if (user.Status == UserStatus.Pending)
            return WaitingPage.Create(new(user.EmailConfirmed));
        await Refuse(user, http.Origin(), stop);
        return Refused(email: null, identity.ReturnUrl, "google.refused");
    }

    private static IResult Refused(string? email, string returnUrl, string error) =>
        SignInPage.Create(new(email, returnUrl, error)).Status(ProblemResults.StatusOf(ProblemKind.Invalid));

    private static async Task<IResult> SubmitLink(
        [FromForm] Command? command,
        SignInWithGoogle useCase,
        SealedCookie cookie,
        PasswordCheck check,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (cookie.Read<GoogleIdentity>(http, Cookie) is not { } identity)
            return http.SeeOther(AccountRoutes.SignIn);
        if (await check.Handle(identity.Email, command?.Password, http.Origin(), stop) is not { } proven)
            return GoogleLinkPage
                .Create(new(identity.Email, "signin.wrong"))
                .Status(ProblemResults.StatusOf(ProblemKind.Invalid));

        return await useCase.AcceptProven(proven, identity, http, stop);
    }

    private async Task<IResult> AcceptProven(
        PasswordCheck.Proven proven,
        GoogleIdentity identity,
        HttpContext http,
        CancellationToken stop
    )
    {
        var user = proven.User;
        SealedCookie.Forget(http, Cookie);
        await Link(user, identity, http.Origin(), stop);
        if (!user.IsActive)
            return WaitingPage.Create(new(user.EmailConfirmed));
        const string how = $"password, {Cookie}";
        return http.SeeOther(
            await completion.AcceptFirstFactor(user, proven.Attempt, how, identity.ReturnUrl, http, stop)
        );
    }
}
