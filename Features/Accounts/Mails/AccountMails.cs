using System.Globalization;
using MdcTts.Features.Outbox;
using MdcTts.Features.Outbox.Writing;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Accounts.Mails;

/// <summary>What mails about accounts say, and the daily one about the audit log. Nobody can switch these off.</summary>
internal static class AccountMails
{
    public static MailContent Of(
        OutboxMessage message,
        string?[] args,
        string? token,
        string firm,
        PublicAddress address
    )
    {
        var (key, words) = ($"mail.{message.Event}", Words.T);
        var content = new MailContent(words[key + ".subject"], LinesOf(message, args, firm))
        {
            Quote = message.Event == "account.rejected" ? args.ElementAtOrDefault(0) : null,
            Facts = FactsOf(message, args),
            Note = words.Has(key + ".note") ? key + ".note" : null,
        };
        return PathOf(message.Event, token) is { } path
            ? content with
            {
                Button = (key + ".button", address.Of(path)),
            }
            : content;
    }

    private static MailLine[] LinesOf(OutboxMessage message, string?[] args, string firm) =>
        message.Event switch
        {
            "account.waiting" => [new("mail.account.waiting.text", Arg(args, 0), Arg(args, 1))],
            "account.invited" => [new("mail.account.invited.text", Arg(args, 0), firm)],
            "account.second_factor_changed" when Words.T.Has("mail.account.second_factor_changed." + Arg(args, 0)) =>
            [
                new("mail.account.second_factor_changed." + Arg(args, 0)),
            ],
            _ => [new($"mail.{message.Event}.text", firm)],
        };

    private static MailFact[] FactsOf(OutboxMessage message, string?[] args) =>
        message.Event switch
        {
            "account.new_device" =>
            [
                new("mail.device", Arg(args, 0)),
                new("mail.address", Arg(args, 1)),
                When(At(args.ElementAtOrDefault(2)) ?? message.CreatedAt),
            ],
            "account.password_changed" or "account.second_factor_changed" => [When(message.CreatedAt)],
            "audit.anchor" =>
            [
                new("mail.sequence", Arg(args, 0)),
                new("mail.count", Arg(args, 1)),
                new("mail.head", Arg(args, 2)),
                new("mail.date", Arg(args, 3)),
            ],
            _ => [],
        };

    private static string? PathOf(string @event, string? token) =>
        @event switch
        {
            "account.confirm" => $"/register/confirm/{token}",
            "account.invited" => $"/invitation/{token}",
            "account.reset" => $"/reset/{token}",
            "account.waiting" => AccountRoutes.Users + "?status=pending",
            "account.approved" or "account.email_taken" => AccountRoutes.SignIn,
            "account.password_changed" => AccountRoutes.Account,
            "account.new_device" => AccountRoutes.Sessions,
            "account.second_factor_changed" => AccountRoutes.Security,
            _ => null,
        };

    private static string Arg(string?[] args, int index) =>
        args.ElementAtOrDefault(index) is { Length: > 0 } arg ? arg : "—";

    private static DateTime? At(string? iso) =>
        DateTime.TryParse(
            iso,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal,
            out var at
        )
            ? at
            : null;

    private static MailFact When(DateTime utc)
    {
        var day = Clock.RiyadhDate(utc);
        return new(
            "mail.when",
            $"{Dates.Format(day, Words.T.Language)} {Clock.RiyadhTime(utc):HH:mm}",
            HijriDate.Format(day, Words.T.Language)
        );
    }
}
