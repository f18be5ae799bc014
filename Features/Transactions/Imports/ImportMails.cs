using System.Globalization;
using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>What mails about imports say: to the admins that one waits, to its editor what they decided.</summary>
internal static class ImportMails
{
    public const string Waiting = "import.waiting";
    public const string Released = "import.released";
    public const string Refused = "import.refused";

    /// <summary>Nobody can switch these off: somebody waits for what the reader does next.</summary>
    public static MailKind Kind { get; } = new("import.", Of) { ForAdmins = [Waiting] };

    private static async Task<MailContent?> Of(MailRequest request, IServiceProvider services, CancellationToken stop)
    {
        if (!int.TryParse(request.Arg(0), CultureInfo.InvariantCulture, out var id))
            return null;
        var @event = request.Message.Event;
        var run = await services
            .GetRequiredService<AppDb>()
            .Imports.VisibleTo(request.Reader)
            .Where(i => i.Id == id)
            .Select(i => new { i.FileName, i.Status })
            .SingleOrDefaultAsync(stop);
        // Another admin may have decided already.
        if (run is null || (@event == Waiting && run.Status != ImportStatus.Waiting))
            return null;
        var (by, third) = (request.Arg(1), request.Args.ElementAtOrDefault(2));
        return new MailContent(
            Words.T[$"mail.{@event}.subject"],
            [@event == Waiting ? new($"mail.{@event}.text", by, request.Arg(2)) : new($"mail.{@event}.text", by)]
        )
        {
            Quote = @event == Refused ? third : null,
            Facts = [new("import.col.file", run.FileName)],
            Button = (
                "mail.import.open",
                services.GetRequiredService<PublicAddress>().Of(TransactionRoutes.Import(id))
            ),
        };
    }
}
