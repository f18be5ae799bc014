using MdcTts.Features.Accounts.Users;
using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Profile;

/// <summary>One's own account: who one is here, and the name, language and theme that one may change.</summary>
public static class ShowProfile
{
    public sealed class Command
    {
        public string? FullName { get; set; }
        public string? Language { get; set; }
        public string? Theme { get; set; }
    }

    public sealed record View(Command Typed, FieldErrors? Errors, CurrentUser User, string? Client);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/", Page).RequireAuthorization(Policies.SignedIn);
        pages.MapPost("/", Submit).RequireAuthorization(Policies.SignedIn);
        api.MapGet(AccountRoutes.Me, Json)
            .RequireAuthorization(Policies.SignedIn)
            .Produces<UserBody>()
            .WithSummary("Whose token this is");
    }

    public static async Task<Result<User>> Handle(
        Command command,
        AppDb db,
        CurrentUser user,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var errors = new FieldErrors();
        var name = errors.Text("fullName", command.FullName, User.NameMaxLength, required: true);
        errors.AddIf(
            !string.IsNullOrEmpty(command.Language) && Preferences.Known(command.Language) is null,
            "language",
            "error.not_in_list"
        );
        errors.AddIf(command.Theme is not (null or "" or "light" or "dark"), "theme", "error.not_in_list");
        if (errors.Any)
            return Problem.Invalid(errors);

        var me = await db.Users.SingleAsync(u => u.Id == user.Id, stop);
        var old = new
        {
            me.FullName,
            me.Language,
            me.Theme,
        };
        (me.FullName, me.Language, me.Theme) = (
            name!,
            string.IsNullOrEmpty(command.Language) ? null : command.Language,
            string.IsNullOrEmpty(command.Theme) ? null : command.Theme
        );
        me.Touch();
        db.Audit.Add(
            AuditLog.By(
                user,
                "account.changed",
                "user",
                user.Id.ToString(),
                clock.Instant(),
                new
                {
                    old,
                    @new = new
                    {
                        me.FullName,
                        me.Language,
                        me.Theme,
                    },
                }
            )
        );
        return await db.Save(me, stop);
    }

    private static async Task<IResult> Page(AppDb db, CurrentUser user, CancellationToken stop)
    {
        var me = await db
            .Users.Where(u => u.Id == user.Id)
            .Select(u => new
            {
                u.FullName,
                u.Language,
                u.Theme,
            })
            .SingleAsync(stop);
        return ProfilePage.Create(
            new(
                new()
                {
                    FullName = me.FullName,
                    Language = me.Language,
                    Theme = me.Theme,
                },
                null,
                user,
                await ClientOf(db, user, stop)
            )
        );
    }

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
        if (!(await Handle(command, db, user, clock, stop)).Ok(out var me, out var problem))
            return problem.Fields is null
                ? http.HtmlProblem(problem)
                : ProfilePage
                    .Create(new(command, problem.Fields, user, await ClientOf(db, user, stop)))
                    .Status(ProblemResults.StatusOf(problem.Kind));

        Preferences.Remember(http, Preferences.LanguageCookie, me.Language);
        Preferences.Remember(http, Preferences.ThemeCookie, me.Theme);
        http.Toast(Words.For(me.Language ?? Words.T.Language)["profile.saved"]);
        return http.SeeOther(AccountRoutes.Account);
    }

    private static async Task<IResult> Json(AppDb db, CurrentUser user, CancellationToken stop) =>
        TypedResults.Ok(UserBody.Of(await db.Users.AsNoTracking().SingleAsync(u => u.Id == user.Id, stop)));

    private static async Task<string?> ClientOf(AppDb db, CurrentUser user, CancellationToken stop) =>
        user.ClientId is { } id
        && await db.Clients.Where(c => c.Id == id).Select(c => new { c.NameEn, c.NameAr }).SingleOrDefaultAsync(stop)
            is { } names
            ? Words.T.Pick(names.NameEn, names.NameAr)
            : null;
}
