using MdcTts.Features.Accounts.Users;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Profile;

/// <summary>
/// A person's own account: address, role and client, and the name, language and theme that they may change.
/// </summary>
public sealed class ShowProfile(AppDb db, CurrentUser user, TimeProvider clock)
{
    public sealed class Command
    {
        public string? FullName { get; set; }
        public string? NameAr { get; set; }
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

    public async Task<Result<User>> Handle(Command command, CancellationToken stop)
    {
        var errors = new FieldErrors();
        var name = errors.Name("fullName", command.FullName, User.NameMaxLength, required: true);
        var nameAr = errors.Name("nameAr", command.NameAr, User.NameMaxLength);
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
            me.NameAr,
            me.Language,
            me.Theme,
        };
        me.FullName = name!;
        me.NameAr = nameAr;
        me.Language = string.IsNullOrEmpty(command.Language) ? null : command.Language;
        me.Theme = string.IsNullOrEmpty(command.Theme) ? null : command.Theme;
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
                        me.NameAr,
                        me.Language,
                        me.Theme,
                    },
                }
            )
        );
        return await db.Save(me, stop);
    }

    /// <summary>The form with what is kept.</summary>
    public async Task<View> Show(CancellationToken stop)
    {
        var kept = await db
            .Users.Where(u => u.Id == user.Id)
            .Select(u => new Command
            {
                FullName = u.FullName,
                NameAr = u.NameAr,
                Language = u.Language,
                Theme = u.Theme,
            })
            .SingleAsync(stop);
        return await Show(kept, errors: null, stop);
    }

    private async Task<View> Show(Command typed, FieldErrors? errors, CancellationToken stop) =>
        new(typed, errors, user, await ClientName(stop));

    private async Task<string?> ClientName(CancellationToken stop)
    {
        if (user.ClientId is not { } id)
            return null;
        var names = await db
            .Clients.Where(c => c.Id == id)
            .Select(c => new { c.NameEn, c.NameAr })
            .SingleOrDefaultAsync(stop);
        return names is null ? null : Words.T.Pick(names.NameEn, names.NameAr);
    }

    private static async Task<IResult> Page(ShowProfile useCase, CancellationToken stop) =>
        ProfilePage.Create(await useCase.Show(stop));

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        ShowProfile useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        if (!(await useCase.Handle(command, stop)).Ok(out var me, out var problem))
            return problem.Fields is null
                ? http.HtmlProblem(problem)
                : ProfilePage
                    .Create(await useCase.Show(command, problem.Fields, stop))
                    .Status(ProblemResults.StatusOf(problem.Kind));

        Preferences.Remember(http, Preferences.LanguageCookie, me.Language);
        Preferences.Remember(http, Preferences.ThemeCookie, me.Theme);
        http.Toast(Words.For(me.Language ?? Words.T.Language)["profile.saved"]);
        return http.SeeOther(AccountRoutes.Account);
    }

    private static async Task<IResult> Json(AppDb db, CurrentUser user, CancellationToken stop) =>
        TypedResults.Ok(UserBody.Of(await db.Users.AsNoTracking().SingleAsync(u => u.Id == user.Id, stop)));
}
