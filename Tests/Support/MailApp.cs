using System.Globalization;
using MailKit.Net.Smtp;
using MdcTts.Features.Outbox;
using MdcTts.Features.Outbox.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MdcTts.Support;

/// <summary>The app with a mail server of its own. Mails go out when <see cref="Mailing.Send"/> says so.</summary>
public class MailApp : App
{
    public const string PublicUrl = "https://tts.mdc.example";

    public SmtpServer Smtp { get; } = new();

    /// <summary>The certificate of <see cref="Smtp"/> is vouched for, unless a test says otherwise.</summary>
    public bool TrustsOurs { get; set; } = true;

    protected override IEnumerable<(string Name, string Value)> Settings =>
        [
            ("PUBLIC_URL", PublicUrl),
            ("EMAIL_HOST", "127.0.0.1"),
            ("EMAIL_PORT", Smtp.Port.ToString(CultureInfo.InvariantCulture)),
            ("Outbox:DeadlineSeconds", "8"),
        ];

    /// <summary>The message as it is now.</summary>
    public Task<OutboxMessage> Look(OutboxMessage message) =>
        Db(db => db.Outbox.AsNoTracking().SingleAsync(m => m.Id == message.Id));

    /// <summary>Nothing waits and nothing was sent.</summary>
    public async Task StartAnew()
    {
        await Db(db => db.Outbox.ExecuteDeleteAsync());
        Smtp.Taken.Clear();
        Smtp.InTheClear.Clear();
        (Smtp.OffersTls, Smtp.AsksForPassword, Smtp.Hangs, Smtp.RefuseData, Smtp.BeforeAnswer, Smtp.Refuse) = (
            false,
            false,
            false,
            null,
            null,
            _ => null
        );
    }

    protected override void Replace(IServiceCollection services) =>
        services
            .RemoveAll<Func<SmtpClient>>()
            .AddSingleton<Func<SmtpClient>>(() =>
                new SmtpClient
                {
                    CheckCertificateRevocation = false,
                    ServerCertificateValidationCallback = TrustsOurs
                        ? (_, certificate, _, _) => certificate?.Subject == SmtpServer.CertificateName
                        : null,
                }
            );

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Smtp.Dispose();
    }
}

/// <summary>Mails of any app, with a server or without.</summary>
public static class Mailing
{
    /// <summary>One step of the worker; answers how many messages it looked at.</summary>
    public static async Task<int> Send(this App app)
    {
        await app.Follow();
        return await app.With<SendMails, int>(sending => sending.Handle(CancellationToken.None));
    }

    /// <summary>A message in the outbox.</summary>
    public static Task<OutboxMessage> Tell(
        this App app,
        Person person,
        string @event,
        string?[]? args = null,
        string? token = null,
        string? number = null,
        string? address = null
    ) =>
        app.Db(async db =>
        {
            var message = OutboxMessage.For(
                person.Id,
                @event,
                app.Now,
                args,
                token is null ? null : app.Services.GetRequiredService<OutboxSecrets>().Protect(token),
                address
            );
            message.TransactionNumber = number;
            db.Outbox.Add(message);
            await db.SaveChangesAsync();
            return message;
        });
}
