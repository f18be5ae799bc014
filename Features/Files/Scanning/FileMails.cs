using System.Globalization;
using MdcTts.Features.Outbox;
using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Files.Scanning;

/// <summary>What mails about files say: to the admins and to who uploaded it, that one is infected.</summary>
internal static class FileMails
{
    public const string Infected = "file.infected";

    /// <summary>Nobody can switch these off: the file may be on the reader's own computer.</summary>
    public static MailKind Kind { get; } = new("file.", Of);

    private static async Task<MailContent?> Of(MailRequest request, IServiceProvider services, CancellationToken stop)
    {
        if (!int.TryParse(request.Arg(0), CultureInfo.InvariantCulture, out var id))
            return null;
        var db = services.GetRequiredService<AppDb>();
        var firm = await services.GetRequiredService<CurrentSettings>().Get(stop);
        var file = await db
            .Attachments.VisibleTo(db, request.Reader, firm)
            .Where(a => a.Id == id)
            .Select(a => new
            {
                a.FileName,
                a.Content.Finding,
                a.Transaction.Number,
                a.Transaction.ReferenceNumber,
            })
            .SingleOrDefaultAsync(stop);
        if (file?.Finding is null)
            return null;
        return new MailContent(Words.T["mail.file.infected.subject"], [new("mail.file.infected.text")])
        {
            Facts =
            [
                new("field.file", file.FileName),
                new("files.scan", file.Finding),
                new("field.number", file.ReferenceNumber ?? file.Number),
            ],
            Button = (
                "mail.file.open",
                services.GetRequiredService<PublicAddress>().Of(TransactionRoutes.One(file.Number))
            ),
        };
    }
}
