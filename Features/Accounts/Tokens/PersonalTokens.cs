using System.Globalization;
using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Tokens;

/// <summary>One's own tokens for scripts: made and shown once, listed with their last use, revoked at once.</summary>
public static class PersonalTokens
{
    public const int DaysMost = 365;

    /// <summary>Live tokens a person may have.</summary>
    public const int Most = 50;

    public sealed class Command
    {
        public string? Name { get; set; }
        public string[]? Scope { get; set; }
        public string? Days { get; set; }
    }

    public sealed record Row(
        int Id,
        string Name,
        string Scopes,
        DateTime CreatedAt,
        DateTime? LastUsedAt,
        DateTime ExpiresAt
    );

    /// <param name="Rows">Those that are alive.</param>
    /// <param name="Typed">What stands in the form.</param>
    /// <param name="Errors">What is wrong with it.</param>
    /// <param name="Secret">The text of the one just made.</param>
    /// <param name="User">Whose they are.</param>
    /// <param name="Now">The present.</param>
    public sealed record View(
        IReadOnlyList<Row> Rows,
        Command Typed,
        FieldErrors? Errors,
        string? Secret,
        CurrentUser User,
        DateTime Now
    );

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapGet("/tokens", Page).RequireAuthorization(Policies.SignedIn);
        pages.MapPost("/tokens", Submit).RequireAuthorization(Policies.SignedIn).Confirmed();
        pages
            .MapPost("/tokens/{id:int}/revocation", SubmitRevocation)
            .RequireAuthorization(Policies.SignedIn)
            .OpenReadOnly();
    }

    /// <summary>The scopes a person may give.</summary>
    public static IReadOnlyList<string> ScopesFor(CurrentUser user) =>
        user.IsAdmin ? ["read", "write", "admin"] : ["read", "write"];

    /// <summary>Makes one; the answer is its text, which is kept nowhere.</summary>
    public static async Task<Result<string>> Handle(
        Command command,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var errors = new FieldErrors();
        var name = errors.Text("name", command.Name, AccessToken.NameMaxLength, required: true);
        var scopes = (command.Scope ?? []).Distinct(StringComparer.Ordinal).ToList();
        errors.AddIf(scopes.Count == 0, "scope", "tokens.scope_needed");
        errors.AddIf(scopes.Except(ScopesFor(user)).Any(), "scope", "error.not_in_list");
        var isNumber = int.TryParse(command.Days, NumberStyles.None, CultureInfo.InvariantCulture, out var days);
        errors.AddIf(!isNumber || days is < 1 or > DaysMost, "days", "tokens.days", DaysMost);
        if (errors.Any)
            return Problem.Invalid(errors);

        var now = clock.Instant();
        if (await Alive(db, user, now).CountAsync(stop) >= Most)
            return Problem.Invalid("name", "tokens.too_many", Most);
        var secret = TokenText.New();
        var stamp = await db.Users.Where(u => u.Id == user.Id).Select(u => u.SecurityStamp).SingleAsync(stop);
        db.AccessTokens.Add(
            new()
            {
                UserId = user.Id,
                Kind = TokenKind.Personal,
                Name = name!,
                Hash = Sessions.HashOf(secret),
                Scopes = string.Join(' ', ScopesFor(user).Intersect(scopes)),
                CreatedAt = now,
                ExpiresAt = now.AddDays(days),
                Stamp = stamp!,
            }
        );
        db.Audit.Add(
            AuditLog.By(
                user,
                "token.made",
                "user",
                user.Id.ToString(),
                now,
                new
                {
                    name,
                    scopes,
                    days,
                }
            )
        );
        await db.SaveChangesAsync(stop);
        return secret;
    }

    /// <summary>Ends one of one's own; somebody else's is not there.</summary>
    public static async Task<Result<string>> Revoke(
        int id,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var token = await db.AccessTokens.SingleOrDefaultAsync(
            t => t.Id == id && t.UserId == user.Id && t.Kind == TokenKind.Personal,
            stop
        );
        if (token is null)
            return Problem.NotFound();
        if (token.RevokedAt is not null)
            return token.Name;
        token.RevokedAt = clock.Instant();
        db.Audit.Add(
            AuditLog.By(user, "token.revoked", "user", user.Id.ToString(), token.RevokedAt.Value, new { token.Name })
        );
        await db.SaveChangesAsync(stop);
        return token.Name;
    }

    private static IQueryable<AccessToken> Alive(AppDb db, CurrentUser user, DateTime now) =>
        db.AccessTokens.Where(t =>
            t.UserId == user.Id
            && t.Kind == TokenKind.Personal
            && t.RevokedAt == null
            && t.ExpiresAt > now
            && t.Stamp == t.User.SecurityStamp
        );

    private static async Task<View> Show(
        Command typed,
        FieldErrors? errors,
        string? secret,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var now = clock.Instant();
        var rows = await Alive(db, user, now)
            .OrderByDescending(t => t.Id)
            .Select(t => new Row(t.Id, t.Name, t.Scopes, t.CreatedAt, t.LastUsedAt, t.ExpiresAt))
            .ToListAsync(stop);
        return new(rows, typed, errors, secret, user, now);
    }

    private static async Task<IResult> Page(AppDb db, CurrentUser user, TimeProvider clock, CancellationToken stop) =>
        TokensPage.Create(
            await Show(new() { Scope = ["read"], Days = "90" }, errors: null, secret: null, db, user, clock, stop)
        );

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        if (!(await Handle(command, db, user, clock, stop)).Ok(out var secret, out var problem))
            return TokensPage
                .Create(await Show(command, problem.Fields, secret: null, db, user, clock, stop))
                .Status(ProblemResults.StatusOf(problem.Kind));

        // The text is on this answer only: a redirect would have to carry it somewhere.
        return TokensPage.Create(
            await Show(new() { Scope = ["read"], Days = "90" }, errors: null, secret, db, user, clock, stop)
        );
    }

    private static async Task<IResult> SubmitRevocation(
        int id,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await Revoke(id, db, user, clock, stop)).Ok(out var name, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["tokens.revoked", name]);
        return http.SeeOther(AccountRoutes.Tokens);
    }
}
