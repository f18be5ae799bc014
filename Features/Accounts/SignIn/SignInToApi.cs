using System.Buffers.Text;
using System.Security.Cryptography;
using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Features.Accounts.Tokens;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.SignIn;

/// <summary>
/// E-mail and password for a pair of tokens. A refresh token is exchanged once. When it is shown again later, somebody
/// has stolen it, and the whole family of tokens ends; shown again at once, its answer was lost on the way.
/// </summary>
public sealed class SignInToApi(
    AppDb db,
    PasswordCheck check,
    Attempts attempts,
    FactorCheck factors,
    AppSettings settings,
    TimeProvider clock
)
{
    private const int RefreshTokenMaxLength = 200;

    private static readonly Problem Wrong = new(ProblemKind.Unauthorized, "signin.wrong");
    private static readonly Problem WrongToken = new(ProblemKind.Unauthorized, "signin.refresh_wrong");
    private static readonly TimeSpan AccessLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan RefreshLife = TimeSpan.FromDays(14);

    /// <summary>A sign-in ends after this time, however often its tokens are exchanged.</summary>
    private static readonly TimeSpan FamilyLife = TimeSpan.FromDays(30);

    private const string KeyPurpose = "refresh-tokens";

    /// <summary>Within this time a refresh token that was exchanged gives the same pair again.</summary>
    private static readonly TimeSpan RepeatableFor = TimeSpan.FromSeconds(30);

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
            .WithDescription(
                "A refresh token works once; sent again within 30 seconds it gives the same pair. Showing it later "
                    + "ends every token of that sign-in. A sign-in ends after 30 days."
            );
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

        if (await check.MustChange(user, stop))
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
        await db.RememberScript(user, from, now, stop);
        var family = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var pair = AddPair(user, (TokenText.New(), TokenText.NewRefresh()), family, now, now);
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

        await LockFamilies(token.UserId, stop);
        var spent = await db
            .AccessTokens.Where(t => t.Id == token.Id && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), stop);
        if (spent == 0)
        {
            if (await FindRepeated(token.Id, text, now, stop) is { } repeated)
                return repeated;
            await EndFamily(token.Family!, now, stop);
            db.Audit.Add(AuditLog.Entry("token.reused", "user", token.UserId.ToString(), token.UserId, now, from));
            await db.SaveChangesAsync(stop);
            await write.Commit(stop);
            return WrongToken;
        }

        await db.RememberScript(token.User, from, now, stop);
        var signedInAt = token.SignedInAt ?? token.CreatedAt;
        var pair = AddPair(
            token.User,
            TokenText.After(text, settings.KeyFor(KeyPurpose)),
            token.Family!,
            signedInAt,
            now
        );
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
        await LockFamilies(user.Id, stop);
        await EndFamily(family, now, stop);
        db.Audit.Add(AuditLog.By(user, "account.signed_out", "user", user.Id.ToString(), now));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
    }

    // On PostgreSQL an exchange would add a pair that the end of its family, at the same moment, does not see.
    private async Task LockFamilies(int userId, CancellationToken stop)
    {
        if (!db.IsSqlite)
            await db.Database.ExecuteSqlAsync(
                $"""SELECT 1 FROM "Users" WHERE "Id" = {userId} FOR NO KEY UPDATE""",
                stop
            );
    }

    // The pair that this token gave a moment ago, unless it is spent or ended itself.
    private async Task<Pair?> FindRepeated(int id, string refreshToken, DateTime now, CancellationToken stop)
    {
        var spentAt = await db.AccessTokens.Where(t => t.Id == id).Select(t => t.RevokedAt).SingleAsync(stop);
        if (now - spentAt > RepeatableFor)
            return null;
        var (access, refresh) = TokenText.After(refreshToken, settings.KeyFor(KeyPurpose));
        string[] hashes = [Sessions.HashOf(access), Sessions.HashOf(refresh)];
        var alive = await db
            .AccessTokens.Where(t => hashes.Contains(t.Hash) && t.RevokedAt == null)
            .ToDictionaryAsync(t => t.Kind, t => t.ExpiresAt, stop);
        return alive.Count == hashes.Length
            ? new(access, "Bearer", (int)(alive[TokenKind.Access] - now).TotalSeconds, refresh)
            : null;
    }

    private Pair AddPair(
        User user,
        (string Access, string Refresh) texts,
        string family,
        DateTime signedInAt,
        DateTime now
    )
    {
        var end = signedInAt + FamilyLife;
        var scopes = user.Role == Role.Admin ? "read write admin" : "read write";
        var access = New(TokenKind.Access, texts.Access, AccessLife);
        db.AccessTokens.Add(access);
        db.AccessTokens.Add(New(TokenKind.Refresh, texts.Refresh, RefreshLife));
        return new(texts.Access, "Bearer", (int)(access.ExpiresAt - now).TotalSeconds, texts.Refresh);

        AccessToken New(TokenKind kind, string text, TimeSpan life) =>
            new()
            {
                UserId = user.Id,
                Kind = kind,
                Hash = Sessions.HashOf(text),
                Scopes = scopes,
                CreatedAt = now,
                SignedInAt = signedInAt,
                ExpiresAt = now + life < end ? now + life : end,
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
