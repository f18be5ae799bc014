using System.Globalization;
using MdcTts.Features.Accounts.SessionList;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;

namespace MdcTts.Features.Accounts.Mails;

/// <summary>What mails about accounts say. Nobody can switch these off.</summary>
internal static class AccountMails
{
    public static MailKind Kind { get; } = new("account.", Of) { ForAdmins = ["account.waiting", "account.new_admin"] };

    private static Task<MailContent?> Of(MailRequest request, IServiceProvider services, CancellationToken stop)
    {
        var @event = request.Message.Event;
        var key = $"mail.{@event}";
        var content = new MailContent(Words.T[key + ".subject"], LinesOf(request))
        {
            Quote = @event == "account.rejected" ? request.Args.ElementAtOrDefault(0) : null,
            Facts = FactsOf(request),
            Note = Words.T.Has(key + ".note") ? key + ".note" : null,
        };
        if (PathOf(@event, request.Token) is { } path)
            content = content with
            {
                Button = (key + ".button", services.GetRequiredService<PublicAddress>().Of(path)),
            };
        return Task.FromResult<MailContent?>(content);
    }

    private static MailLine[] LinesOf(MailRequest request) =>
        request.Message.Event switch
        {
            "account.waiting" => [new("mail.account.waiting.text", request.Arg(0), request.Arg(1))],
            "account.new_admin" => [new("mail.account.new_admin.text", request.Arg(0), request.Firm)],
            "account.invited" => [new("mail.account.invited.text", request.Arg(0), request.Firm)],
            "account.second_factor_changed" when Words.T.Has("mail.account.second_factor_changed." + request.Arg(0)) =>
            [
                new("mail.account.second_factor_changed." + request.Arg(0)),
            ],
            _ => [new($"mail.{request.Message.Event}.text", request.Firm)],
        };

    private static MailFact[] FactsOf(MailRequest request) =>
        request.Message.Event switch
        {
            "account.new_device" =>
            [
                new("mail.device", DeviceName.Of(request.Arg(0)) ?? request.Arg(0)),
                new("mail.address", request.Arg(1)),
                When(At(request.Args.ElementAtOrDefault(2)) ?? request.Message.CreatedAt),
            ],
            "account.new_admin" =>
            [
                new("mail.email", request.Arg(1)),
                new("mail.by", request.Arg(2)),
                When(request.Message.CreatedAt),
            ],
            "account.password_changed" or "account.second_factor_changed" => [When(request.Message.CreatedAt)],
            _ => [],
        };

    private static string? PathOf(string @event, string? token) =>
        @event switch
        {
            "account.confirm" => $"/register/confirm/{token}",
            "account.invited" => $"/invitation/{token}",
            "account.reset" => $"/reset/{token}",
            "account.waiting" => AccountRoutes.Users + "?status=pending",
            "account.new_admin" => AccountRoutes.Users + "?role=admin",
            "account.approved" or "account.email_taken" => AccountRoutes.SignIn,
            "account.password_changed" => AccountRoutes.Account,
            "account.new_device" => AccountRoutes.Sessions,
            "account.second_factor_changed" => AccountRoutes.Security,
            _ => null,
        };

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
