using MailKit.Net.Smtp;
using MimeKit;
using Xunit;

namespace MdcTts.Features.Outbox.Sending;

public sealed class MailFailureTests
{
    private static readonly MailboxAddress Sara = new(null, "sara@mdc.example");

    [Theory]
    // The greeting, or anything else that is no answer to this mail.
    [InlineData(SmtpErrorCode.UnexpectedStatusCode, 554, "5.7.1 blocked using RBL", false)]
    [InlineData(SmtpErrorCode.UnexpectedStatusCode, 550, "go away", false)]
    [InlineData(SmtpErrorCode.SenderNotAccepted, 553, "5.7.1 Sender address rejected: not owned by user", false)]
    [InlineData(SmtpErrorCode.SenderNotAccepted, 550, "no", false)]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 550, "5.4.5 Daily user sending limit exceeded", false)]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 554, "5.3.4 too big for us today", false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 552, "5.2.2 Mailbox full", false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 552, "mailbox full", false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, "5.7.1 relaying denied", false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, "5.1.8 sender's domain is unknown", false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 535, "5.1.1 who are you", false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 450, "4.2.1 greylisted", false)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, "5.1.1 no such user", true)]
    [InlineData(SmtpErrorCode.RecipientNotAccepted, 550, "no such user", true)]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 550, "5.1.1 no such user", true)]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 554, "5.7.1 looks like spam", true)]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 554, "5.6.0 malformed", true)]
    [InlineData(SmtpErrorCode.MessageNotAccepted, 554, "rejected", true)]
    public void Only_a_no_to_this_person_or_this_text_is_final(SmtpErrorCode at, int code, string said, bool isFinal)
    {
        var refusal = new SmtpCommandException(at, (SmtpStatusCode)code, Sara, said);

        var failure = MailFailure.Of(refusal);

        Assert.Equal(isFinal, failure.IsFinal);
        Assert.Equal($"{code} {said}", failure.Text);
    }
}
