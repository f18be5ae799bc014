using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Outbox.Writing;

/// <summary>Decides who still gets a message when it is sent, which may be long after it was queued.</summary>
internal static class Recipients
{
    /// <summary>Text key of the reason why this person gets nothing; null when they do.</summary>
    public static string? WhyNot(Recipient? recipient, OutboxMessage message, MailKind kind)
    {
        if (recipient is null or { IsErased: true })
            return "mails.dropped.erased";
        if (recipient.IsSuspended)
            return "mails.dropped.suspended";
        if (kind.StopPath is not null && !recipient.IsActive)
            return "mails.dropped.not_active";
        if (kind.StopPath is not null && !recipient.WantsMails)
            return "mails.dropped.opted_out";
        if (kind.ForAdmins.Contains(message.Event) && !(recipient is { IsActive: true, Person.IsAdmin: true }))
            return "mails.dropped.no_admin";
        return AddressOf(recipient, message) is null ? "mails.dropped.no_address" : null;
    }

    /// <summary>The address; null when no mail server would accept it, such as one with a line end in it.</summary>
    public static string? AddressOf(Recipient recipient, OutboxMessage message) =>
        EmailAddress.TryRead(message.Address ?? recipient.Person.Email, out var address) ? address : null;
}
