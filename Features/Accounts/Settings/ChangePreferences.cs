using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace MdcTts.Features.Accounts.Settings;

/// <summary>Language and theme: kept in a cookie for the browser, and in the profile for the person.</summary>
public sealed class ChangePreferences(AppDb db, ActingPerson acting)
{
    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost(AccountRoutes.Language, SubmitLanguage).AllowAnonymous().OpenReadOnly(writesNothing: true);
        pages.MapPost(AccountRoutes.Theme, SubmitTheme).AllowAnonymous().OpenReadOnly(writesNothing: true);
    }

    /// <summary>Keeps the language in the profile of a signed-in person.</summary>
    public Task KeepLanguage(string language, CancellationToken stop) =>
        Keep(u => u.SetProperty(x => x.Language, language), stop);

    /// <summary>Keeps the theme in the profile of a signed-in person.</summary>
    public Task KeepTheme(string theme, CancellationToken stop) => Keep(u => u.SetProperty(x => x.Theme, theme), stop);

    private async Task Keep(Action<UpdateSettersBuilder<User>> set, CancellationToken stop)
    {
        if (acting.User is not { Id: var id })
            return;
        await using var write = await db.BeginWrite(stop);
        await db.Users.Where(u => u.Id == id).ExecuteUpdateAsync(set, stop);
        await write.Commit(stop);
    }

    private static async Task<IResult> SubmitLanguage(
        [FromForm] string? language,
        [FromForm] string? returnUrl,
        ChangePreferences useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (Preferences.Known(language) is { } known)
        {
            Preferences.Remember(http, Preferences.LanguageCookie, known);
            if (http.ReadOnly() != ReadOnlyMode.Everything)
                await useCase.KeepLanguage(known, stop);
        }

        return http.SeeOther(Html.LocalPath(returnUrl));
    }

    private static async Task<IResult> SubmitTheme(
        [FromForm] string? theme,
        [FromForm] string? returnUrl,
        ChangePreferences useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (theme is "light" or "dark")
        {
            Preferences.Remember(http, Preferences.ThemeCookie, theme);
            if (http.ReadOnly() != ReadOnlyMode.Everything)
                await useCase.KeepTheme(theme, stop);
        }

        return http.SeeOther(Html.LocalPath(returnUrl));
    }
}
