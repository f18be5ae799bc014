using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>What a person has begun: forms kept while typing, and transactions still in draft.</summary>
public sealed class ListDrafts(AppDb db, CurrentUser user, TimeProvider clock)
{
    public const int FormsMax = 50;

    /// <summary>A kept form, under its key.</summary>
    public sealed record Kept(string Key, string Title, DateTime UpdatedAt)
    {
        /// <summary>Where it goes on.</summary>
        public string Url => FormDraft.IsNew(Key) ? TransactionRoutes.NewFrom(Key) : TransactionRoutes.Edit(Key);

        internal static Kept Of(FormDraft draft) =>
            new(draft.Key, TransactionForm.FromJson(draft.Fields)["title"], draft.UpdatedAt);
    }

    public sealed record Row(
        string? Reference,
        string Number,
        string Title,
        string? ClientEn,
        string? ClientAr,
        DateTime UpdatedAt
    );

    public sealed record View(IReadOnlyList<Kept> Forms, Paged<Row> Rows, DateTime Now);

    public static void Map(RouteGroupBuilder pages) =>
        pages.MapGet("/drafts", Page).RequireAuthorization(Policies.Staff);

    public async Task<View> Handle(PageRequest asked, CancellationToken stop)
    {
        var kept = await db
            .FormDrafts.Where(d => d.UserId == user.Id)
            .OrderByDescending(d => d.UpdatedAt)
            .Take(FormsMax)
            .ToListAsync(stop);
        var drafts = db
            .Transactions.VisibleTo(user)
            .Where(t => t.Meaning == Meaning.Draft && (t.CreatedById == user.Id || t.AssigneeId == user.Id));
        var rows = await drafts
            .OrderByDescending(t => t.UpdatedAt)
            .ThenByDescending(t => t.Id)
            .Skip(asked.Skip)
            .Take(asked.Size)
            .Select(t => new Row(t.ReferenceNumber, t.Number, t.Title, t.Client.NameEn, t.Client.NameAr, t.UpdatedAt))
            .ToListAsync(stop);
        return new(
            [.. kept.Select(Kept.Of)],
            new(rows, asked.Page, asked.Size, await drafts.LongCountAsync(stop)),
            clock.Instant()
        );
    }

    private static async Task<IResult> Page(string? page, ListDrafts useCase, CancellationToken stop) =>
        DraftsPage.Create(await useCase.Handle(PageRequest.From(page, null), stop));
}
