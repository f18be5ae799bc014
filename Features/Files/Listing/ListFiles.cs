using MdcTts.Features.Files.Scanning;
using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Files.Listing;

/// <summary>The files of a transaction: a card on its page, and a list for scripts.</summary>
public sealed class ListFiles(AppDb db, CurrentUser user, CurrentSettings settings, Scanner scanner, TimeProvider clock)
{
    /// <summary>All that the card shows.</summary>
    /// <param name="CanChange">The person may add files and change them.</param>
    public sealed record View(
        string Number,
        IReadOnlyList<FileRow> Rows,
        IReadOnlyList<FileRow> Deleted,
        bool CanChange,
        CurrentUser User,
        FirmSettings Settings,
        bool HasScanner,
        DateTime Now
    )
    {
        /// <summary>Clients who have none do not hear that there could be some.</summary>
        public bool IsShown => User.IsStaff || Rows.Count > 0;

        public bool MayHave(FileRow row) => User.MayHave(row.Scan, row.UploadedById, Settings, HasScanner);
    }

    /// <summary>On the transaction's page.</summary>
    public static PageSection<TransactionFacts> Section { get; } =
        new(
            PagePlace.Cards,
            Order: 0,
            async (facts, request, stop) =>
                FilesCard.Create(await request.GetRequiredService<ListFiles>().Of(facts, stop))
        );

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/{number}/attachments", Json)
            .RequireAuthorization(Policies.SignedIn)
            .WithSummary("The files of a transaction, the newest first");

    private async Task<View> Of(TransactionFacts facts, CancellationToken stop)
    {
        var firm = await settings.Get(stop);
        var canChange = user.MayChange(facts.AssigneeId, facts.CreatedById);
        IReadOnlyList<FileRow> rows = [];
        IReadOnlyList<FileRow> deleted = [];
        if (user.IsStaff)
        {
            // Seen through the transaction, which the page has looked up through the reader.
            var since = clock.Instant() - Attachment.KeptWhenDeleted;
            var all = await db
                .Attachments.Where(a => a.TransactionId == facts.Id && (a.DeletedAt == null || a.DeletedAt > since))
                .OrderByDescending(a => a.Id)
                .AsRows()
                .ToListAsync(stop);
            rows = all.FindAll(a => a.DeletedAt is null);
            deleted = canChange ? all.FindAll(a => a.DeletedAt is not null) : [];
        }
        else if (firm.ClientsSeeFiles)
        {
            rows = await db
                .Attachments.VisibleTo(db, user, firm)
                .Where(a => a.TransactionId == facts.Id)
                .OrderByDescending(a => a.Id)
                .AsRows()
                .ToListAsync(stop);
        }

        return new(facts.Number, rows, deleted, canChange, user, firm, scanner.IsHere, clock.Instant());
    }

    /// <summary>Those that the person may know of.</summary>
    public async Task<Result<Paged<FileRow>>> Handle(string number, PageRequest asked, CancellationToken stop)
    {
        if (
            await db.Transactions.Numbered(number, user).Select(t => (int?)t.Id).SingleOrDefaultAsync(stop)
            is not { } id
        )
            return Problem.NotFound();
        var files = db.Attachments.VisibleTo(db, user, await settings.Get(stop)).Where(a => a.TransactionId == id);
        var rows = await files
            .OrderByDescending(a => a.Id)
            .Skip(asked.Skip)
            .Take(asked.Size)
            .AsRows()
            .ToListAsync(stop);
        return new Paged<FileRow>(rows, asked.Page, asked.Size, await files.LongCountAsync(stop));
    }

    private static async Task<IResult> Json(
        string number,
        string? page,
        string? pageSize,
        ListFiles useCase,
        CurrentUser user,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(number, PageRequest.From(page, pageSize), stop)).Match(
            rows => Results.Json(ApiPage<FileJson>.From(rows.Select(r => FileJson.Of(r, user.IsClient)), http)),
            ProblemResults.Json
        );
}
