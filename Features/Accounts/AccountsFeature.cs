using System.CommandLine;
using MdcTts.Features.Accounts.Approvals;
using MdcTts.Features.Accounts.Confirming;
using MdcTts.Features.Accounts.Google;
using MdcTts.Features.Accounts.Invitations;
using MdcTts.Features.Accounts.Mails;
using MdcTts.Features.Accounts.Passkeys;
using MdcTts.Features.Accounts.Privacy;
using MdcTts.Features.Accounts.Profile;
using MdcTts.Features.Accounts.Registering;
using MdcTts.Features.Accounts.Resets;
using MdcTts.Features.Accounts.SecondFactors;
using MdcTts.Features.Accounts.SessionList;
using MdcTts.Features.Accounts.Settings;
using MdcTts.Features.Accounts.SetUp;
using MdcTts.Features.Accounts.SignIn;
using MdcTts.Features.Accounts.Tokens;
using MdcTts.Features.Accounts.Users;
using MdcTts.Features.Clients;
using MdcTts.Features.Outbox;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Privacy;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Identity;

namespace MdcTts.Features.Accounts;

/// <summary>People: signing in, their own page, their tokens, and the admin's pages about them.</summary>
public static class AccountsFeature
{
    public static void AddAccounts(this IServiceCollection services, AppSettings settings)
    {
        services.AddSessions();
        services.AddSingleton<FirstAdmin>();
        services.AddSingleton<BeforeServing>(FirstAdmin.Announce);
        services.AddSingleton(
            NavigationRows.Of(
                (AppDb db) =>
                    WaitingPeople
                        .Decidable(db)
                        .Select(u => new NavigationRow { Section = WaitingPeople.Section, Id = u.Id })
            )
        );
        services.AddScoped<ShowClientPeople>();
        services.AddSingleton(ShowClientPeople.Section);
        services.AddSingleton(ClientAccess.Concern);
        services.AddSingleton<ClientDeactivated>(ClientAccess.End);
        services.AddPersonalData([.. AccountsPersonalData.All, ContactsPersonalData.All]);
        services.AddScoped<EraseData>();
        services.AddScoped<ErasePerson>();
        services.AddScoped<OwnData>();
        services.AddScoped<UserForms>();
        services.AddScoped<ListUsers>();
        services.AddScoped<SuggestColleagues>();
        services.AddScoped<AddUser>();
        services.AddScoped<EditUser>();
        services.AddScoped<SuspendUser>();
        services.AddScoped<ChangeAccess>();
        services.AddScoped<ExportUsers>();
        services.AddScoped<PendingPeople>();
        services.AddScoped<ApprovePeople>();
        services.AddScoped<ShowProfile>();
        services.AddScoped<ChangePassword>();
        services.AddScoped<ListSessions>();
        services.AddScoped<PersonalTokens>();
        services.AddScoped<ChooseMails>();
        services.AddSingleton<SealedCookie>();
        services.AddScoped<Guesses>();
        services.AddScoped<Attempts>();
        services.AddSingleton<FindKnownBrowser>(KnownBrowsers.Find);
        services.AddSingleton<PasswordHashing>();
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = PasswordHashing.Rounds);
        services.AddScoped<PasswordCheck>();
        services.AddScoped<SignInCompletion>();
        services.AddScoped<SignInWithPassword>();
        services.AddScoped<SignInWithCode>();
        services.AddScoped<SignInToApi>();
        services.AddScoped<FactorCheck>();
        services.AddScoped<SecondFactorNews>();
        services.AddScoped<ShowSecurity>();
        services.AddScoped<SetUpAuthenticator>();
        services.AddScoped<ConfirmCheck>();
        services.AddScoped<ConfirmIdentity>();
        services.AddScoped<Register>();
        services.AddScoped<ConfirmationMail>();
        services.AddScoped<ConfirmEmail>();
        services.AddScoped<AcceptInvitation>();
        services.AddScoped<RenewInvitation>();
        services.AddScoped<AskReset>();
        services.AddScoped<ResetPassword>();
        services.AddScoped<SetUpAdmin>();
        services.AddScoped<ChangePreferences>();
        services.AddSingleton<AskForProof>(ConfirmIdentity.Ask);
        services.AddPasskeys();
        services.AddGoogle(settings);
        services.AddSingleton(AccountMails.Kind);
        services.AddSingleton<ReadLiveNews>(WaitingPeople.News.Read);
        services.AddSingleton<FindEndedStreams>(LiveSessions.FindEnded);
        services.AddSingleton<FindRecipient>(MailRecipients.Find);
        services.AddScheduled<PurgeSessions>(PurgeSessions.Schedule);
        services.AddScheduled<ForgetUnconfirmedJob>(ForgetUnconfirmedJob.Schedule);
        services
            .AddIdentityCore<User>(o =>
            {
                o.User.RequireUniqueEmail = true;
                o.Password.RequiredLength = FirmSettings.PasswordMinLengthMin;
                o.Password.RequireDigit = false;
                o.Password.RequireLowercase = false;
                o.Password.RequireUppercase = false;
                o.Password.RequireNonAlphanumeric = false;
            })
            .AddEntityFrameworkStores<AppDb>();
    }

    /// <summary>Who sends the request, and in which language and under which name the app speaks to them.</summary>
    public static void UseIdentity(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseBrand();
        app.UseLanguage();
    }

    public static void AddTo(RootCommand root, RunWeb.Build build) => AddUserCommand.AddTo(root, build);

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
        var open = app.MapPages("");
        SignInWithPassword.Map(open);
        SignInWithCode.Map(open);
        SignInWithPasskey.Map(open);
        if (app.ServiceProvider.GetRequiredService<AppSettings>().GoogleClientId is not null)
            SignInWithGoogle.Map(open);
        ConfirmIdentity.Map(open);
        Register.Map(open);
        ConfirmationMail.Map(open);
        ConfirmEmail.Map(open);
        AcceptInvitation.Map(open);
        AskReset.Map(open);
        ResetPassword.Map(open);
        PasswordStrength.Map(open);
        SetUpAdmin.Map(open);
        ChangePreferences.Map(open);
        SignInToApi.Map(app.MapApi(AccountRoutes.Auth, "Signing in"));

        var account = app.MapPages(AccountRoutes.Account);
        ShowProfile.Map(account, app.MapApi("", "Signing in"));
        ChangePassword.Map(account);
        ShowSecurity.Map(account);
        SetUpAuthenticator.Map(account);
        ManagePasskeys.Map(account);
        ListSessions.Map(account);
        PersonalTokens.Map(account);
        ChooseMails.Map(account);

        var users = app.MapPages(AccountRoutes.Users);
        var usersApi = app.MapApi(AccountRoutes.Users, "Users");
        ListUsers.Map(users, usersApi);
        SuggestColleagues.Map(users);
        AddUser.Map(users, usersApi);
        EditUser.Map(users, usersApi);
        SuspendUser.Map(users, usersApi);
        ChangeAccess.Map(users);
        ExportUsers.Map(users);
        ErasePerson.Map(users);
        OwnData.Map(account);
        PendingPeople.Map(users);
        ApprovePeople.Map(users);
        RenewInvitation.Map(users);
    }
}
