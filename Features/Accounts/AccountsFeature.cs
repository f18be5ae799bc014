using MdcTts.Features.Accounts.Settings;
using MdcTts.Features.Accounts.SetUp;
using MdcTts.Features.Accounts.SignIn;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;

namespace MdcTts.Features.Accounts;

/// <summary>People: signing in, their own page, their tokens, and the admin's pages about them.</summary>
public static class AccountsFeature
{
    public const int PasswordMinLength = 12;

    public static void AddAccounts(this IServiceCollection services)
    {
        services.AddSessions();
        services.AddSingleton<FirstAdmin>();
        services.AddIdentityCore<User>(o =>
        {
            o.User.RequireUniqueEmail = true;
            o.Password.RequiredLength = PasswordMinLength;
            (o.Password.RequireDigit, o.Password.RequireLowercase, o.Password.RequireUppercase, o.Password.RequireNonAlphanumeric) = (false, false, false, false);
        }).AddEntityFrameworkStores<AppDb>();
    }

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        var open = app.MapPages("");
        SignInWithPassword.Map(open);
        ChangePreferences.Map(open);
    }
}
