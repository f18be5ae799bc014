using System.Buffers.Text;
using System.Security.Cryptography;
using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Features.Accounts.Tokens;
using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// E-mail and password for a pair of tokens. The refresh token is exchanged once: who shows it a second time has stolen it or was stolen from, and the whole family ends.
/// </summary>
public static class SignInToApi
{
    private static readonly Problem Wrong = new(ProblemKind.Unauthorized, "signin.wrong");
    private static readonly TimeSpan AccessLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan RefreshLife = TimeSpan.FromDays(14);

    public sealed class Command
    {
        public string? Email { get; set; }
        public string? Password { get; set; }

        /// <summary>The second factor's, for those who have one.</summary>
        public string? Code { get; set; }
    }

    public sealed class RefreshCommand
    {
        public string? RefreshToken { get; set; }
    }

    /// <summary>A pair of tokens; <c>expiresIn</c> counts the access token's seconds.</summary>
    public sealed record Pair(string AccessToken, string TokenType, int ExpiresIn, string RefreshToken);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/login", SignIn)
            .AllowAnonymous()
            .Limited(RateLimits.SignIn)
            .OpenReadOnly()
            .Produces<Pair>()
            .WithSummary("Tokens for an e-mail and a password")
            .WithDescription(
                "Whoever has a second factor sends `code` too: six digits of the authenticator, or a recovery code. Without it the answer to the right password is 401 `second-factor-required`."
            );
        api.MapPost("/refresh", Refresh)
            .AllowAnonymous()
            .Limited(RateLimits.SignIn)
            .OpenReadOnly()
            .Produces<Pair>()
            .WithSummary("A new pair for a refresh token")
            .WithDescription("A refresh token works once. Showing a spent one ends every token of that sign-in.");
        api.MapPost("/logout", SignOut)
            .RequireAuthorization(Policies.SignedIn)
            .OpenReadOnly()
            .Produces(StatusCodes.Status204NoContent)
            .WithSummary("End this sign-in")
            .WithDescription(
                "Ends the access token that is sent and its refresh token. A personal token goes on until it is revoked on the account page."
            );
    }

    /// <summary>Exchanges a refresh token for the next pair of its family.</summary>
    public static async Task<Result<Pair>> Handle(
        RefreshCommand command,
        AppDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var wrong = new Problem(ProblemKind.Unauthorized, "signin.refresh_wrong");
        if (command.RefreshToken is not { Length: > 0 and <= 200 } text)
            return wrong;
        var (hash, now) = (Sessions.HashOf(text), clock.Instant());

        await using var write = await db.BeginWrite(stop);
        var token = await db
            .AccessTokens.AsNoTracking()
            .Include(t => t.User)
            .SingleOrDefaultAsync(t => t.Hash == hash && t.Kind == TokenKind.Refresh, stop);
        if (token is null || token.ExpiresAt <= now || !token.User.IsActive || token.Stamp != token.User.SecurityStamp)
            return wrong;

        // The update itself decides who of two is first: on PostgreSQL the second waits for the row and then finds it spent.
        var spent = await db
            .AccessTokens.Where(t => t.Id == token.Id && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), stop);
        if (spent == 0)
        {
            await EndFamily(token.Family!, now, db, stop);
            db.Audit.Add(AuditLog.Entry("token.reused", "user", token.UserId.ToString(), token.UserId, now, http));
            await db.SaveChangesAsync(stop);
            await write.Commit(stop);
            return wrong;
        }

        var pair = Add(db, token.User, token.Family!, now);
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return pair;
    }

    private static Pair Add(AppDb db, User user, string family, DateTime now)
    {
        var (access, refresh) = (TokenText.New(), TokenText.NewRefresh());
        var scopes = user.Role == Role.Admin ? "read write admin" : "read write";
        db.AccessTokens.Add(New(TokenKind.Access, access, AccessLife));
        db.AccessTokens.Add(New(TokenKind.Refresh, refresh, RefreshLife));
        return new(access, "Bearer", (int)AccessLife.TotalSeconds, refresh);

        AccessToken New(TokenKind kind, string text, TimeSpan life) =>
            new()
            {
                UserId = user.Id,
                Kind = kind,
                Hash = Sessions.HashOf(text),
                Scopes = scopes,
                CreatedAt = now,
                ExpiresAt = now + life,
                Family = family,
                Stamp = user.SecurityStamp!,
            };
    }

    private static Task<int> EndFamily(string family, DateTime now, AppDb db, CancellationToken stop) =>
        db
            .AccessTokens.Where(t => t.Family == family && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), stop);

    /// <summary>The first pair of a new family; the second factor is asked for only after the right password.</summary>
    public static async Task<Result<Pair>> Handle(
        Command command,
        PasswordCheck check,
        Attempts attempts,
        FactorCheck factors,
        AppDb db,
        HttpContext http,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        if (await check.Handle(command.Email, command.Password, http, stop) is not var (user, attempt))
            return Wrong;
        if (!user.IsActive)
        {
            await check.Refuse(user, attempt, http, stop);
            return Wrong;
        }

        var how = "password";
        if (await factors.Has(user, stop))
        {
            if (string.IsNullOrEmpty(command.Code))
            {
                await attempts.Undecided(attempt, stop);
                return new Problem(ProblemKind.Unauthorized, "problem.second_factor_required");
            }

            if (await factors.Take(user, command.Code, stop) is not { } factor)
            {
                await check.Refuse(user, attempt, http, stop);
                return new Problem(ProblemKind.Unauthorized, "signin.code_wrong");
            }

            how = factor;
        }

        if (await check.IsOld(user, stop))
            return Problem.Forbidden("signin.password_old");
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        await attempts.Succeeded(attempt, stop);
        await db
            .AccessTokens.Where(t => t.UserId == user.Id && t.Kind != TokenKind.Personal && t.ExpiresAt < now)
            .ExecuteDeleteAsync(stop);
        await db
            .Users.Where(u => u.Id == user.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.LastSignInAt, now), stop);
        var pair = Add(db, user, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)), now);
        db.Audit.Add(
            AuditLog.Entry("account.signed_in", "user", user.Id.ToString(), user.Id, now, http, new { how, api = true })
        );
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return pair;
    }

    private static async Task<IResult> SignIn(
        [FromBody] Command command,
        PasswordCheck check,
        Attempts attempts,
        FactorCheck factors,
        AppDb db,
        HttpContext http,
        TimeProvider clock,
        CancellationToken stop
    ) =>
        (await Handle(command, check, attempts, factors, db, http, clock, stop)).Match<IResult>(
            TypedResults.Ok,
            ProblemResults.Json
        );

    private static async Task<IResult> Refresh(
        [FromBody] RefreshCommand command,
        AppDb db,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    ) => (await Handle(command, db, clock, http, stop)).Match<IResult>(TypedResults.Ok, ProblemResults.Json);

    private static async Task<IResult> SignOut(
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        var hash = Sessions.HashOf(http.Request.Headers.Authorization.ToString()["Bearer ".Length..].Trim());
        var family = await db
            .AccessTokens.Where(t => t.Hash == hash && t.UserId == user.Id)
            .Select(t => t.Family)
            .SingleOrDefaultAsync(stop);
        if (family is null)
            return TypedResults.NoContent();

        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        await EndFamily(family, now, db, stop);
        db.Audit.Add(AuditLog.By(user, "account.signed_out", "user", user.Id.ToString(), now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return TypedResults.NoContent();
    }
}
