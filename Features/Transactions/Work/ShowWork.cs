using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Work;

/// <summary>My work: what a person has to do, in groups by what is urgent, each with its next steps.</summary>
public sealed class ShowWork(AppDb db, CurrentUser user, CatalogueCache catalogues, TimeProvider clock)
{
    /// <summary>More than anybody works on; who has more sees the most urgent, and is told so.</summary>
    public const int RowsMax = 300;

    /// <summary>One line.</summary>
    public sealed record Row(
        int Version,
        string Number,
        string? Reference,
        string Title,
        string? ClientEn,
        string? ClientAr,
        string Status,
        Meaning Meaning,
        Priority Priority,
        HolderKind HolderKind,
        string? HolderName,
        DateOnly HolderSince,
        DateOnly? DueDate,
        bool IsMine,
        int CreatedById,
        DateOnly? SnoozedUntil
    ) : ITracked;

    /// <summary>All that the page shows; groups without rows are missing.</summary>
    public sealed record View(
        IReadOnlyList<(WorkGroup Group, IReadOnlyList<Row> Rows)> Groups,
        CatalogueEntries Catalogue,
        CurrentUser User,
        DateOnly Today
    )
    {
        /// <summary>People who cannot sign in, and how many open transactions are still theirs; for admins.</summary>
        public IReadOnlyList<Left> LeftBehind { get; init; } = [];

        /// <summary>There is more than is shown.</summary>
        public required bool IsCut { get; init; }

        public IReadOnlyList<WorkflowMove> MovesOf(Row row) =>
            User.MayChange(row.IsMine ? User.Id : null, row.CreatedById)
                ? [.. Catalogue.Workflow.MovesFrom(row.Status, User.ActingRole)]
                : [];
    }

    /// <summary>Somebody who cannot sign in and has open transactions.</summary>
    public sealed record Left(int Id, string Name, string? NameAr, int Count);

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("", Page).RequireAuthorization(Policies.Staff);
        api.MapGet("", Json)
            .RequireAuthorization(Policies.Staff)
            .WithSummary("The caller's open transactions, in groups by what is urgent")
            .Produces<Answer>();
    }

    public async Task<View> Handle(CancellationToken stop)
    {
        var catalogue = await catalogues.Get(stop);
        var today = Clock.RiyadhDate(clock.Instant());
        var weekEnd = Clock.WeekOf(today).To;
        var me = user.Id;
        var rows = await db
            .Transactions.VisibleTo(user)
            .NotOver()
            .Where(t => t.AssigneeId == me || t.AssigneeId == null)
            .OrderBy(t => t.AssigneeId == null)
            .ThenBy(t => t.DueDate == null)
            .ThenBy(t => t.DueDate)
            .ThenByDescending(t => t.Priority)
            .ThenBy(t => t.Id)
            .Take(RowsMax + 1)
            .Select(t => new Row(
                t.Version,
                t.Number,
                t.ReferenceNumber,
                t.Title,
                t.Client.NameEn,
                t.Client.NameAr,
                t.Status,
                t.Meaning,
                t.Priority,
                t.HolderKind,
                t.HolderName,
                t.HolderSince,
                t.DueDate,
                t.AssigneeId == me,
                t.CreatedById,
                db.WorkSnoozes.Where(s => s.UserId == me && s.TransactionId == t.Id)
                    .Select(s => (DateOnly?)s.Until)
                    .FirstOrDefault()
            ))
            .ToListAsync(stop);
        var groups = rows.Take(RowsMax)
            .GroupBy(row => WorkGroups.Of(row, today, weekEnd))
            .OrderBy(group => group.Key)
            .Select(group => (group.Key, (IReadOnlyList<Row>)[.. group]));
        return new View([.. groups], catalogue, user, today)
        {
            IsCut = rows.Count > RowsMax,
            LeftBehind = user.IsAdmin ? await LeftBehind(stop) : [],
        };
    }

    private async Task<IReadOnlyList<Left>> LeftBehind(CancellationToken stop) =>
        await (
            from t in db.Transactions.VisibleTo(user).NotOver()
            join u in db.Users on t.AssigneeId equals u.Id
            where u.Status != UserStatus.Active
            group t by new
            {
                u.Id,
                u.FullName,
                u.NameAr,
            } into left
            orderby left.Key.FullName
            select new Left(left.Key.Id, left.Key.FullName, left.Key.NameAr, left.Count())
        )
            .Take(RowsMax)
            .ToListAsync(stop);

    private static async Task<IResult> Page(ShowWork useCase, CancellationToken stop) =>
        WorkPage.Create(await useCase.Handle(stop));

    /// <summary>The same for scripts.</summary>
    public sealed record Answer(IReadOnlyList<Answer.GroupOf> Groups, bool IsCut)
    {
        public sealed record GroupOf(string Key, string Name, int Count, IReadOnlyList<Item> Items);

        public sealed record Item(
            string? ReferenceNumber,
            string Number,
            string Title,
            string Client,
            string Status,
            string Priority,
            string Holder,
            DateOnly HolderSince,
            DateOnly? DueDate,
            DateOnly? SnoozedUntil,
            IReadOnlyList<string> Moves
        );
    }

    private static async Task<IResult> Json(ShowWork useCase, CancellationToken stop)
    {
        var view = await useCase.Handle(stop);
        return TypedResults.Ok(
            new Answer(
                [
                    .. view.Groups.Select(g => new Answer.GroupOf(
                        Keys.Of(g.Group),
                        Words.T["work.group." + Keys.Of(g.Group)],
                        g.Rows.Count,
                        [.. g.Rows.Select(row => ItemOf(row, view))]
                    )),
                ],
                view.IsCut
            )
        );
    }

    private static Answer.Item ItemOf(Row row, View view) =>
        new(
            row.Reference,
            row.Number,
            row.Title,
            Words.T.Pick(row.ClientEn, row.ClientAr),
            row.Status,
            Keys.Of(row.Priority),
            Keys.Of(row.HolderKind),
            row.HolderSince,
            row.DueDate,
            row.SnoozedUntil,
            [.. view.MovesOf(row).Select(m => m.To)]
        );
}
