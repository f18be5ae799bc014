using System.Buffers.Text;
using System.Security.Cryptography;
using MdcTts.Features.Accounts.Tokens;
using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// E-mail and password for a pair of tokens. The refresh token is exchanged once: who shows it a second time has stolen it or was stolen from, and the whole family ends.
/// </summary>
public static class SignInToApi
{
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
        api.MapPost("/login", SignIn).AllowAnonymous().Limited(RateLimits.SignIn).Produces<Pair>().WithSummary("Tokens for an e-mail and a password");
        api.MapPost("/refresh", Refresh).AllowAnonymous().Limited(RateLimits.SignIn).Produces<Pair>()
            .WithSummary("A new pair for a refresh token").WithDescription("A refresh token works once. Showing a spent one ends every token of that sign-in.");
        api.MapPost("/logout", SignOut).RequireAuthorization(Policies.SignedIn).Produces(StatusCodes.Status204NoContent)
            .WithSummary("End this sign-in").WithDescription("Ends the access token that is sent and its refresh token. A personal token goes on until it is revoked on the account page.");
    }

    /// <summary>Exchanges a refresh token for the next pair of its family.</summary>
    public static async Task<Result<Pair>> Handle(RefreshCommand command, AppDb db, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        var wrong = new Problem(ProblemKind.Unauthorized, "signin.refresh_wrong");
        if (command.RefreshToken is not { Length: > 0 and <= 200 } text) return wrong;
        var (hash, now) = (Sessions.HashOf(text), clock.Instant());

        await using var write = await db.BeginWrite(stop);
        var token = await db.AccessTokens.AsNoTracking().Include(t => t.User).SingleOrDefaultAsync(t => t.Hash == hash && t.Kind == TokenKind.Refresh, stop);
        if (token is null || token.ExpiresAt <= now || !token.User.IsActive || token.Stamp != token.User.SecurityStamp) return wrong;

        // The update itself decides who of two is first: on PostgreSQL the second waits for the row and then finds it spent.
        var spent = await db.AccessTokens.Where(t => t.Id == token.Id && t.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), stop);
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

        AccessToken New(TokenKind kind, string text, TimeSpan life) => new()
        {
            UserId = user.Id, Kind = kind, Hash = Sessions.HashOf(text), Scopes = scopes, CreatedAt = now, ExpiresAt = now + life, Family = family, Stamp = user.SecurityStamp!,
        };
    }

    private static Task<int> EndFamily(string family, DateTime now, AppDb db, CancellationToken stop) =>
        db.AccessTokens.Where(t => t.Family == family && t.RevokedAt == null).ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), stop);

    private static async Task<IResult> SignIn([FromBody] Command command, AppDb db, IPasswordHasher<User> hasher, HttpContext http, TimeProvider clock, CancellationToken stop)
    {
        if (!(await SignInWithPassword.Handle(command.Email, command.Password, db, hasher, http, clock, stop)).Ok(out var user, out var problem)) return ProblemResults.Json(problem);

        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        await db.AccessTokens.Where(t => t.UserId == user.Id && t.Kind != TokenKind.Personal && t.ExpiresAt < now).ExecuteDeleteAsync(stop);
        var pair = Add(db, user, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)), now);
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return TypedResults.Ok(pair);
    }

    private static async Task<IResult> Refresh([FromBody] RefreshCommand command, AppDb db, TimeProvider clock, HttpContext http, CancellationToken stop) =>
        (await Handle(command, db, clock, http, stop)).Match<IResult>(TypedResults.Ok, ProblemResults.Json);

    private static async Task<IResult> SignOut(AppDb db, CurrentUser user, TimeProvider clock, HttpContext http, CancellationToken stop)
    {
        var hash = Sessions.HashOf(http.Request.Headers.Authorization.ToString()["Bearer ".Length..].Trim());
        var family = await db.AccessTokens.Where(t => t.Hash == hash && t.UserId == user.Id).Select(t => t.Family).SingleOrDefaultAsync(stop);
        if (family is null) return TypedResults.NoContent();

        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        await EndFamily(family, now, db, stop);
        db.Audit.Add(AuditLog.By(user, "account.signed_out", "user", user.Id.ToString(), now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return TypedResults.NoContent();
    }
}
