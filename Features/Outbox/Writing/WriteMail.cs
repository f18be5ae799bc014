using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MdcTts.Features.Settings;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using MimeKit;

namespace MdcTts.Features.Outbox.Writing;

/// <summary>Makes the mail of a message: HTML and plain text in the person's language, to this one person.</summary>
public sealed class WriteMail(
    IServiceProvider services,
    IEnumerable<MailKind> kinds,
    FindRecipient find,
    CurrentSettings settings,
    AppSettings app,
    PublicAddress address,
    OutboxSecrets secrets,
    HtmlEncoder encoder
)
{
    public async Task<Mail> Handle(OutboxMessage message, CancellationToken stop)
    {
        var kind = kinds.Single(k => k.Writes(message.Event));
        var recipient = await find(message.RecipientId, services, stop);
        if (Recipients.WhyNot(recipient, message, kind) is { } reason)
            return new(null, reason);

        var person = recipient!.Person;
        var firm = await settings.Get(stop);
        // Every text from here on is in their language. The caller keeps its own: it returns when this method ends.
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(person.Language ?? firm.DefaultLanguage ?? "en");
        var firmName = firm.ShownName();
        var args = JsonSerializer.Deserialize<string?[]>(message.Args) ?? [];
        var token = message.Secret is null ? null : secrets.Unprotect(message.Secret);
        var content = await kind.Write(new(message, args, token, person, firmName), services, stop);
        if (content is null)
            return new(null, "mails.dropped.out_of_reach");

        var stopUrl = kind.StopPath is { } path ? address.Of(path) : null;
        var name = recipient.IsGreeted ? person.ShownName : null;
        var view = new MailView(content, name, firmName, address.Root, stopUrl);
        using var slice = MailLayout.Create(view);
        using var html = new StringWriter();
        await slice.RenderAsync(html, encoder, stop);
        var to = new MailboxAddress(name is null ? null : OneLine(name), Recipients.AddressOf(recipient, message)!);
        return new(Message(message, to, view, html.ToString()), Secret: token);
    }

    private MimeMessage Message(OutboxMessage message, MailboxAddress to, MailView view, string html)
    {
        var from = app.Mail.From;
        var mail = new MimeMessage
        {
            Subject = OneLine(view.Content.Subject),
            Date = new(Clock.RiyadhTime(message.CreatedAt), Clock.Riyadh.BaseUtcOffset),
            // The same at every attempt, so that a mail program recognises a mail that arrives twice.
            MessageId = string.Create(CultureInfo.InvariantCulture, $"outbox-{message.Id}@{from.Domain}"),
            Body = new BodyBuilder { TextBody = PlainMail.Of(view), HtmlBody = html }.ToMessageBody(),
        };
        mail.From.Add(new MailboxAddress(from.Name is { Length: > 0 } name ? name : OneLine(view.Firm), from.Address));
        mail.To.Add(to);
        // All mails of one transaction are one conversation.
        if (message.TransactionNumber is { } number)
        {
            mail.InReplyTo = $"{number.ToLowerInvariant()}@{from.Domain}";
            mail.References.Add(mail.InReplyTo);
        }

        mail.Headers.Add("Auto-Submitted", "auto-generated");
        mail.Headers.Add(HeaderId.ContentLanguage, Words.T.Language);
        if (view.StopUrl is { } url)
            mail.Headers.Add(HeaderId.ListUnsubscribe, $"<{url}>");
        return mail;
    }

    // Titles and names may hold line ends; a header must not.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
