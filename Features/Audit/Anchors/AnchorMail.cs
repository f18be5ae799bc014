using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Audit.Anchors;

/// <summary>The words of the daily mail about the audit log. Nobody can switch it off.</summary>
internal static class AnchorMail
{
    public static MailKind Kind { get; } = new("audit.", Of) { ForAdmins = [WriteAnchor.Event] };

    private static Task<MailContent?> Of(MailRequest request, IServiceProvider services, CancellationToken stop)
    {
        var key = $"mail.{request.Message.Event}";
        var content = new MailContent(Words.T[key + ".subject"], [new(key + ".text", request.Firm)])
        {
            Facts =
            [
                new("mail.sequence", request.Arg(0)),
                new("mail.count", request.Arg(1)),
                new("mail.head", request.Arg(2)),
                new("mail.date", request.Arg(3)),
            ],
            Note = Words.T.Has(key + ".note") ? key + ".note" : null,
        };
        return Task.FromResult<MailContent?>(content);
    }
}
