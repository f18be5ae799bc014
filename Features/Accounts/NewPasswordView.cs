using MdcTts.Features.Settings;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Accounts;

/// <summary>The two fields of a new password.</summary>
/// <param name="MinLength">In characters, from the settings.</param>
/// <param name="Label">Text key.</param>
public sealed record NewPasswordView(int MinLength, FieldErrors? Errors, string Label = "account.password")
{
    /// <summary>Both, for the summary of what is wrong.</summary>
    public static IEnumerable<(string Name, string Label)> Fields(string label = "account.password") =>
        [("password", label), ("repeat", "password.repeat")];
}

/// <summary>
/// Says how good the password is while somebody types. Without script the form's answer says it.
/// </summary>
public static class PasswordStrength
{
    public sealed class Command
    {
        public string? Password { get; set; }
        public string? FullName { get; set; }
        public string? Email { get; set; }
        public string? Company { get; set; }
    }

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapPost(AccountRoutes.PasswordStrength, Submit).AllowAnonymous().OpenReadOnly(writesNothing: true);

    private static async Task<IResult> Submit(
        [FromForm] Command? command,
        CurrentSettings current,
        HttpContext http,
        CancellationToken stop
    )
    {
        command ??= new();
        var me = http.Person();
        return PasswordMeter.Create(
            string.IsNullOrEmpty(command.Password)
                ? null
                : Passwords.Judge(
                    command.Password,
                    await current.Get(stop),
                    me?.Name ?? command.FullName,
                    me?.Email ?? command.Email,
                    command.Company
                )
        );
    }
}
