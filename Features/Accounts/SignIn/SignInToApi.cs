using System.Buffers.Text;
using System.Security.Cryptography;
using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Features.Accounts.Tokens;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// E-mail and password for a pair of tokens. A refresh token is exchanged once. When it is shown a second time,
/// somebody has stolen it, and the whole family of tokens ends.
/// </summary>
public sealed class SignInToApi(
    AppDb db,
    PasswordCheck check,
    Attempts attempts,
    FactorCheck factors,
    TimeProvider clock
)
{
    private const int RefreshTokenMaxLength = 200;

    private static readonly Problem Wrong = new(ProblemKind.Unauthorized, "signin.wrong");
    private static readonly Problem WrongToken = new(ProblemKind.Unauthorized, "signin.refresh_wrong");
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
                "Whoever has a second factor sends `code` too: six digits of the authenticator, or a recovery code. "
                    + "Without it the answer to the right password is 401 `second-factor-required`."
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
                "Ends the access token that is sent and its refresh token. "
                    + "A personal token goes on until it is revoked on the account page."
            );
    }

    /// <summary>The first pair of a new family; the second factor is asked for only after the right password.</summary>
    public async Task<Result<Pair>> Handle(Command command, RequestOrigin from, CancellationToken stop)
    {
        if (await check.Handle(command.Email, command.Password, from, stop) is not { } proven)
            return Wrong;
        var user = proven.User;
        if (!user.IsActive)
        {
            await check.Refuse(user, proven.Attempt, from, stop);
            return Wrong;
        }

        var how = "password";
        if (await factors.Has(user, stop))
        {
            if (string.IsNullOrEmpty(command.Code))
            {
                await attempts.Withdraw(proven.Attempt, stop);
                return new Problem(ProblemKind.Unauthorized, "problem.second_factor_required");
            }

            if (await factors.Take(user, command.Code, stop) is not { } factor)
            {
                await check.Refuse(user, proven.Attempt, from, stop);
                return new Problem(ProblemKind.Unauthorized, "signin.code_wrong");
            }

            how = factor;
        }

        if (await check.IsOld(user, stop))
            return Problem.Forbidden("signin.password_old");
        return await BeginFamily(proven, how, from, stop);
    }

    private async Task<Pair> BeginFamily(
        PasswordCheck.Proven proven,
        string how,
        RequestOrigin from,
        CancellationToken stop
    )
    {
        var user = proven.User;
        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        await attempts.Succeeded(proven.Attempt, stop);
        await db
            .AccessTokens.Where(t => t.UserId == user.Id && t.Kind != TokenKind.Personal && t.ExpiresAt < now)
            .ExecuteDeleteAsync(stop);
        await db
            .Users.Where(u => u.Id == user.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.LastSignInAt, now), stop);
        var pair = AddPair(user, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)), now);
        var data = new { how, api = true };
        db.Audit.Add(AuditLog.Entry("account.signed_in", "user", user.Id.ToString(), user.Id, now, from, data));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return pair;
    }

    /// <summary>Exchanges a refresh token for the next pair of its family.</summary>
    public async Task<Result<Pair>> Handle(RefreshCommand command, RequestOrigin from, CancellationToken stop)
    {
        if (command.RefreshToken is not { Length: > 0 and <= RefreshTokenMaxLength } text)
            return WrongToken;
        var hash = Sessions.HashOf(text);
        var now = clock.Instant();

        await using var write = await db.BeginWrite(stop);
        var token = await db
            .AccessTokens.AsNoTracking()
            .Include(t => t.User)
            .SingleOrDefaultAsync(t => t.Hash == hash && t.Kind == TokenKind.Refresh, stop);
        if (token is null || token.ExpiresAt <= now || !token.User.IsActive || token.Stamp != token.User.SecurityStamp)
            return WrongToken;

        // The update decides which of two requests is first: on PostgreSQL the second waits for the row and then finds
        // it spent.
        var spent = await db
            .AccessTokens.Where(t => t.Id == token.Id && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), stop);
        if (spent == 0)
        {
            await EndFamily(token.Family!, now, stop);
            db.Audit.Add(AuditLog.Entry("token.reused", "user", token.UserId.ToString(), token.UserId, now, from));
            await db.SaveChangesAsync(stop);
            await write.Commit(stop);
            return WrongToken;
        }

        var pair = AddPair(token.User, token.Family!, now);
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return pair;
    }

    /// <summary>Ends the access token and its family; a personal token has none and goes on.</summary>
    public async Task End(string accessToken, CurrentUser user, CancellationToken stop)
    {
        var hash = Sessions.HashOf(accessToken);
        var family = await db
            .AccessTokens.Where(t => t.Hash == hash && t.UserId == user.Id)
            .Select(t => t.Family)
            .SingleOrDefaultAsync(stop);
        if (family is null)
            return;

        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        await EndFamily(family, now, stop);
        db.Audit.Add(AuditLog.By(user, "account.signed_out", "user", user.Id.ToString(), now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    private Pair AddPair(User user, string family, DateTime now)
    {
        var access = TokenText.New();
        var refresh = TokenText.NewRefresh();
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

    private Task<int> EndFamily(string family, DateTime now, CancellationToken stop) =>
        db
            .AccessTokens.Where(t => t.Family == family && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), stop);

    private static async Task<IResult> SignIn(
        [FromBody] Command command,
        SignInToApi useCase,
        HttpContext http,
        CancellationToken stop
    ) => (await useCase.Handle(command, http.Origin(), stop)).Match<IResult>(TypedResults.Ok, ProblemResults.Json);

    private static async Task<IResult> Refresh(
        [FromBody] RefreshCommand command,
        SignInToApi useCase,
        HttpContext http,
        CancellationToken stop
    ) => (await useCase.Handle(command, http.Origin(), stop)).Match<IResult>(TypedResults.Ok, ProblemResults.Json);

    private static async Task<IResult> SignOut(
        CurrentUser user,
        SignInToApi useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        var token = http.Request.Headers.Authorization.ToString()["Bearer ".Length..].Trim();
        await useCase.End(token, user, stop);
        return TypedResults.NoContent();
    }
}
