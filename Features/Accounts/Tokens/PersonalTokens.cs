using System.Globalization;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Tokens;

/// <summary>One's own tokens for scripts: made and shown once, listed with their last use, revoked at once.</summary>
public sealed class PersonalTokens(AppDb db, CurrentUser user, TimeProvider clock)
{
    public const int DaysMax = 365;

    /// <summary>Live tokens a person may have.</summary>
    public const int TokensMax = 50;

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

    /// <param name="Rows">The tokens that still work.</param>
    /// <param name="Secret">The text of the token just made; null otherwise.</param>
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
        pages.MapPost("/tokens", Submit).RequireAuthorization(Policies.SignedIn).RequiresProof();
        pages
            .MapPost("/tokens/{id:int}/revocation", SubmitRevocation)
            .RequireAuthorization(Policies.SignedIn)
            .OpenReadOnly();
    }

    /// <summary>The scopes a person may give.</summary>
    public static IReadOnlyList<string> ScopesFor(CurrentUser user) =>
        user.IsAdmin ? ["read", "write", "admin"] : ["read", "write"];

    /// <summary>Makes one; the answer is its text, which is kept nowhere.</summary>
    public async Task<Result<string>> Handle(Command command, CancellationToken stop)
    {
        var errors = new FieldErrors();
        var name = errors.Text("name", command.Name, AccessToken.NameMaxLength, required: true);
        var scopes = (command.Scope ?? []).Distinct(StringComparer.Ordinal).ToList();
        errors.AddIf(scopes.Count == 0, "scope", "tokens.scope_needed");
        errors.AddIf(scopes.Except(ScopesFor(user)).Any(), "scope", "error.not_in_list");
        var isNumber = int.TryParse(command.Days, NumberStyles.None, CultureInfo.InvariantCulture, out var days);
        errors.AddIf(!isNumber || days is < 1 or > DaysMax, "days", "tokens.days", DaysMax);
        if (errors.Any)
            return Problem.Invalid(errors);

        var now = clock.Instant();
        if (await Alive(now).CountAsync(stop) >= TokensMax)
            return Problem.Invalid("name", "tokens.too_many", TokensMax);
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
    public async Task<Result<string>> Revoke(int id, CancellationToken stop)
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

    private IQueryable<AccessToken> Alive(DateTime now) =>
        db.AccessTokens.Where(t =>
            t.UserId == user.Id
            && t.Kind == TokenKind.Personal
            && t.RevokedAt == null
            && t.ExpiresAt > now
            && t.Stamp == t.User.SecurityStamp
        );

    /// <summary>An empty form over the list.</summary>
    public Task<View> Show(string? secret, CancellationToken stop) =>
        Show(new() { Scope = ["read"], Days = "90" }, errors: null, secret, stop);

    /// <summary>The form as it was sent, with its errors.</summary>
    public Task<View> ShowAgain(Command typed, FieldErrors? errors, CancellationToken stop) =>
        Show(typed, errors, secret: null, stop);

    private async Task<View> Show(Command typed, FieldErrors? errors, string? secret, CancellationToken stop)
    {
        var now = clock.Instant();
        var rows = await Alive(now)
            .OrderByDescending(t => t.Id)
            .Select(t => new Row(t.Id, t.Name, t.Scopes, t.CreatedAt, t.LastUsedAt, t.ExpiresAt))
            .ToListAsync(stop);
        return new(rows, typed, errors, secret, user, now);
    }

    private static async Task<IResult> Page(PersonalTokens useCase, CancellationToken stop) =>
        TokensPage.Create(await useCase.Show(secret: null, stop));

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        PersonalTokens useCase,
        CancellationToken stop
    )
    {
        command ??= new();
        if (!(await useCase.Handle(command, stop)).Ok(out var secret, out var problem))
            return TokensPage
                .Create(await useCase.ShowAgain(command, problem.Fields, stop))
                .Status(ProblemResults.StatusOf(problem.Kind));

        // The text is on this answer only: a redirect would have to carry it somewhere.
        return TokensPage.Create(await useCase.Show(secret, stop));
    }

    private static async Task<IResult> SubmitRevocation(
        int id,
        PersonalTokens useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Revoke(id, stop)).Ok(out var name, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["tokens.revoked", name]);
        return http.SeeOther(AccountRoutes.Tokens);
    }
}
