namespace MdcTts.Features.Accounts;

/// <summary>Addresses of this feature.</summary>
public static class AccountRoutes
{
    public const string SignIn = "/signin";
    public const string SignOut = "/signout";
    public const string Register = "/register";
    public const string Registered = "/register/done";
    public const string SetUp = "/setup";
    public const string Language = "/language";
    public const string Theme = "/theme";
    public const string Account = "/account";
    public const string Password = "/account/password";
    public const string Tokens = "/account/tokens";
    public const string Users = "/users";
    public const string NewUser = "/users/new";

    /// <summary>Under <c>/api/v1</c>.</summary>
    public const string Auth = "/auth";

    /// <summary>Under <c>/api/v1</c>.</summary>
    public const string Me = "/me";

    public static string SignInThen(string path) => $"{SignIn}?returnUrl={Uri.EscapeDataString(path)}";

    public static string Token(int id) => $"{Tokens}/{id}";

    public static string Revocation(int tokenId) => $"{Token(tokenId)}/revocation";

    public static string User(int id) => $"{Users}/{id}";

    public static string UsersOf(int clientId) => $"{Users}?client={clientId}";
}
