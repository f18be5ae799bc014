namespace MdcTts.Features.Accounts;

/// <summary>Addresses of this feature.</summary>
public static class AccountRoutes
{
    public const string SignIn = "/signin";
    public const string SignOut = "/signout";
    public const string SetUp = "/setup";
    public const string Language = "/language";
    public const string Theme = "/theme";
    public const string Account = "/account";
    public const string Tokens = "/account/tokens";
    public const string Users = "/users";

    public static string SignInThen(string path) => $"{SignIn}?returnUrl={Uri.EscapeDataString(path)}";

    public static string Token(int id) => $"{Tokens}/{id}";

    public static string User(int id) => $"{Users}/{id}";
}
