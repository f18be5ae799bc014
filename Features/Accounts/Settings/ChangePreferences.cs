using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Settings;

/// <summary>Language and theme: kept in a cookie for the browser, and in the profile for the person.</summary>
public static class ChangePreferences
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost(AccountRoutes.Language, SwitchLanguage).AllowAnonymous().OpenReadOnly(writesNothing: true);
        pages.MapPost(AccountRoutes.Theme, SwitchTheme).AllowAnonymous().OpenReadOnly(writesNothing: true);
    }

    private static async Task<IResult> SwitchLanguage(
        [FromForm] string? language,
        [FromForm] string? returnUrl,
        AppDb db,
        CurrentUser? user,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (Preferences.Known(language) is { } known)
        {
            Preferences.Remember(http, Preferences.LanguageCookie, known);
            await Keep(
                db,
                http.ReadOnly() == ReadOnlyMode.Everything ? null : user,
                u => u.SetProperty(x => x.Language, known),
                stop
            );
        }

        return http.SeeOther(Html.LocalPath(returnUrl));
    }

    private static async Task<IResult> SwitchTheme(
        [FromForm] string? theme,
        [FromForm] string? returnUrl,
        AppDb db,
        CurrentUser? user,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (theme is "light" or "dark")
        {
            Preferences.Remember(http, Preferences.ThemeCookie, theme);
            await Keep(
                db,
                http.ReadOnly() == ReadOnlyMode.Everything ? null : user,
                u => u.SetProperty(x => x.Theme, theme),
                stop
            );
        }

        return http.SeeOther(Html.LocalPath(returnUrl));
    }

    private static async Task Keep(
        AppDb db,
        CurrentUser? user,
        Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<User>> set,
        CancellationToken stop
    )
    {
        if (user is null)
            return;
        await using var write = await db.BeginWrite(stop);
        await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set, stop);
        await write.Commit(stop);
    }
}
