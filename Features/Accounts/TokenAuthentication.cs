using System.Text.Encodings.Web;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace MdcTts.Features.Accounts;

/// <summary>Bearer tokens under <c>/api</c>: looked up by hash, together with their owner.</summary>
public sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    AppDb db,
    LastUses uses,
    TimeProvider clock
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private const int TokenMaxLength = 200;

    private static readonly Func<AppDb, string, Task<Found?>> ByHash = EF.CompileAsyncQuery(
        (AppDb db, string hash) =>
            db
                .AccessTokens.Where(t => t.Hash == hash && t.Kind != TokenKind.Refresh)
                .Select(t => new Found(
                    t.Id,
                    t.Scopes,
                    t.Stamp,
                    t.ExpiresAt,
                    t.RevokedAt,
                    t.LastUsedAt != null,
                    new Sessions.Known(
                        t.User.Id,
                        t.User.FullName,
                        t.User.NameAr,
                        t.User.Email!,
                        t.User.Role,
                        t.User.Status,
                        t.User.ClientId,
                        t.User.Department,
                        t.User.Language,
                        t.User.SecurityStamp!,
                        t.User.TotpSecret != null,
                        null,
                        false,
                        db.DataMarks.Where(m => m.Name == DataMark.Register).Sum(m => m.Value),
                        db.DataMarks.Where(m => m.Name == DataMark.Directory).Sum(m => m.Value),
                        db.Settings.Where(v => v.Key == Setting.Version).Select(v => v.Value).FirstOrDefault()
                    )
                ))
                .FirstOrDefault()
    );

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || header.Length > TokenMaxLength)
            return AuthenticateResult.NoResult();

        var now = clock.Instant();
        var found = await ByHash(db, Sessions.HashOf(header["Bearer ".Length..].Trim()));
        if (
            found is null
            || found.RevokedAt is not null
            || found.ExpiresAt <= now
            || found.Owner.Status != UserStatus.Active
            || found.Stamp != found.Owner.Stamp
        )
            return AuthenticateResult.Fail("The token is not valid.");

        if (Context.ReadOnly() != ReadOnlyMode.Everything)
        {
            uses.Note(found.Id, now);
            // "Never used" must not stand on any page a moment longer.
            if (!found.IsUsed)
                await uses.Write(db, Context.RequestAborted);
        }

        var settings = await Sessions.SettingsOf(found.Owner, Context);
        var requiredPage = await RequiredPage.For(found.Owner, settings, db, now, Context.RequestAborted);
        return AuthenticateResult.Success(
            new(
                Sessions.Enter(Context, found.Owner, settings, found.Scopes.Split(' '), Sessions.Token, requiredPage),
                Sessions.Token
            )
        );
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return UnexpectedErrors.Write(Context, StatusCodes.Status401Unauthorized);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        UnexpectedErrors.Write(Context, StatusCodes.Status403Forbidden);

    private sealed record Found(
        int Id,
        string Scopes,
        string Stamp,
        DateTime ExpiresAt,
        DateTime? RevokedAt,
        bool IsUsed,
        Sessions.Known Owner
    );
}
