using MdcTts.Features.Accounts;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Outbox.Writing;

/// <summary>Who still gets a message when it is about to be sent: much may have happened since it was written.</summary>
internal static class Recipients
{
    /// <summary>How the events begin that people may switch off.</summary>
    private const string Transactions = "transaction.";

    private static readonly string[] ForAdmins = ["account.waiting", "audit.anchor"];

    public static bool MayBeSwitchedOff(string @event) => @event.StartsWith(Transactions, StringComparison.Ordinal);

    /// <summary>Text key of the reason why this person gets nothing; null when they do.</summary>
    public static string? WhyNot(User? person, OutboxMessage message)
    {
        if (person is null || person.ErasedAt is not null)
            return "mails.dropped.erased";
        if (person.Status == UserStatus.Suspended)
            return "mails.dropped.suspended";
        if (MayBeSwitchedOff(message.Event))
        {
            if (!person.IsActive)
                return "mails.dropped.not_active";
            if (person.NoMails)
                return "mails.dropped.opted_out";
        }

        if (ForAdmins.Contains(message.Event) && (!person.IsActive || person.Role != Role.Admin))
            return "mails.dropped.no_admin";
        return AddressOf(person, message) is null ? "mails.dropped.no_address" : null;
    }

    /// <summary>Where it goes; null for what no mail server takes, line ends among it.</summary>
    public static string? AddressOf(User person, OutboxMessage message) =>
        EmailAddress.TryRead(message.Address ?? person.Email, out var address) ? address : null;
}
