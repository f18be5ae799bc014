namespace MdcTts.Features.Accounts;

/// <summary>Addresses of this feature.</summary>
public static class AccountRoutes
{
    public const string SignIn = "/signin";
    public const string SignOut = "/signout";
    public const string SignInCode = "/signin/code";
    public const string SignInPasskey = "/signin/passkey";
    public const string SignInPasskeyOptions = "/signin/passkey/options";
    public const string SignInGoogle = "/signin/google";
    public const string SignInGoogleDone = "/signin/google/done";
    public const string SignInGoogleLink = "/signin/google/link";
    public const string Confirm = "/signin/confirm";
    public const string Register = "/register";
    public const string Registered = "/register/done";
    public const string RegisteredAgain = Registered + "?again=1";
    public const string ConfirmAgain = "/register/again";
    public const string Confirmed = "/register/confirmed";
    public const string Forgot = "/forgot";
    public const string ForgotSent = "/forgot/sent";
    public const string PasswordStrength = "/password/strength";
    public const string SetUp = "/setup";
    public const string Language = "/language";
    public const string Theme = "/theme";
    public const string Account = "/account";
    public const string Password = "/account/password";
    public const string Security = "/account/security";
    public const string Authenticator = "/account/security/authenticator";
    public const string AuthenticatorRemoval = "/account/security/authenticator/removal";
    public const string RecoveryCodes = "/account/security/codes";
    public const string Passkeys = "/account/security/passkeys";
    public const string PasskeyOptions = "/account/security/passkeys/options";
    public const string PasskeyRemoval = "/account/security/passkeys/removal";
    public const string Sessions = "/account/sessions";
    public const string OthersEnd = "/account/sessions/others/end";
    public const string Tokens = "/account/tokens";
    public const string Mails = "/account/mails";
    public const string Users = "/users";
    public const string OwnData = "/account/data";
    public const string UsersExport = "/users/export";
    public const string Pending = "/users/pending";
    public const string NewUser = "/users/new";
    public const string Colleagues = Users + "/suggestions";

    /// <summary>The form with its client chosen.</summary>
    public static string NewUserOf(int clientId) => $"{NewUser}?client={clientId}";

    /// <summary>Under <c>/api/v1</c>.</summary>
    public const string Auth = "/auth";

    /// <summary>Under <c>/api/v1</c>.</summary>
    public const string Me = "/me";

    public static string SignInThen(string path) => $"{SignIn}?returnUrl={Uri.EscapeDataString(path)}";

    public static string ConfirmThen(string path) => $"{Confirm}?returnUrl={Uri.EscapeDataString(path)}";

    public static string SessionEnd(string id) => $"{Sessions}/{id}/end";

    public static string FamilyEnd(string family) => $"{Sessions}/api/{family}/end";

    public static string Token(int id) => $"{Tokens}/{id}";

    public static string Revocation(int tokenId) => $"{Token(tokenId)}/revocation";

    public static string User(int id) => $"{Users}/{id}";

    public static string Erasure(int userId) => $"{User(userId)}/erasure";

    public static string Suspension(int userId) => $"{User(userId)}/suspension";

    public static string SuspensionEnd(int userId) => $"{Suspension(userId)}/removal";

    public static string Invitation(int userId) => $"{User(userId)}/invitation";

    public static string InvitationEnd(int userId) => $"{Invitation(userId)}/revocation";
}
