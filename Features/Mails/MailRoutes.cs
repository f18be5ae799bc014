using System.Globalization;

namespace MdcTts.Features.Mails;

/// <summary>Addresses of this feature.</summary>
public static class MailRoutes
{
    public const string Root = "/mails";

    public const string ResendAll = Root + "/resend";

    public static string File(long id) => string.Create(CultureInfo.InvariantCulture, $"{Root}/{id}/eml");

    public static string Resend(long id) => string.Create(CultureInfo.InvariantCulture, $"{Root}/{id}/resend");
}
