using MdcTts.Features.Settings;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;

namespace MdcTts.Features.Accounts;

/// <summary>The two fields by which a password is chosen.</summary>
/// <param name="MinLength">What the settings ask for.</param>
/// <param name="Errors">What is wrong with them.</param>
/// <param name="Label">Text key.</param>
public sealed record NewPasswordView(int MinLength, FieldErrors? Errors, string Label = "account.password");

/// <summary>Says while somebody types how good the password is. Without script the answer of the form says it.</summary>
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
