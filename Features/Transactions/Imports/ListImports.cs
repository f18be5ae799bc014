using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Live;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>The upload form, and under it the imports so far.</summary>
public sealed class ListImports(AppDb db, CurrentUser user, LiveFeed live, TimeProvider clock)
{
    private const int WaitingShown = 50;

    public sealed record Row(
        int Id,
        string FileName,
        string By,
        DateTime At,
        ImportStatus Status,
        int Rows,
        int Imported,
        int Rejected
    );

    public sealed record View(Paged<Row> Rows, CurrentUser User, DateTime Now)
    {
        public FieldErrors? Errors { get; init; }

        /// <summary>For an admin: those that wait for a release, the oldest first.</summary>
        public IReadOnlyList<Row> Waiting { get; init; } = [];

        /// <summary>Up to where live news are on this page.</summary>
        public string Mark { get; init; } = "";

        /// <summary>The cells that were pasted and refused.</summary>
        public string? Pasted { get; init; }
    }

    public static void Map(RouteGroupBuilder pages) => pages.MapGet("/", Page);

    public async Task<View> Handle(string? page, CancellationToken stop)
    {
        var asked = PageRequest.From(page, null);
        var mark = live.Mark;
        var imports = db.Imports.VisibleTo(user);
        var total = await imports.LongCountAsync(stop);
        var rows = await Rows(imports.OrderByDescending(i => i.Id).Skip(asked.Skip).Take(asked.Size), stop);
        var waiting = imports.Where(i => i.Status == ImportStatus.Waiting).OrderBy(i => i.Id).Take(WaitingShown);
        return new(new(rows, asked.Page, asked.Size, total), user, clock.Instant())
        {
            Mark = mark,
            Waiting = user.IsAdmin ? await Rows(waiting, stop) : [],
        };
    }

    private static Task<List<Row>> Rows(IQueryable<ImportRun> imports, CancellationToken stop) =>
        imports
            .Select(i => new Row(
                i.Id,
                i.FileName,
                PersonName.Shown(i.CreatedBy.FullName, i.CreatedBy.NameAr),
                i.CreatedAt,
                i.Status,
                i.Rows,
                i.Imported,
                i.Rejected
            ))
            .ToListAsync(stop);

    private static async Task<IResult> Page(string? page, ListImports useCase, HttpContext http, CancellationToken stop)
    {
        var view = await useCase.Handle(page, stop);
        return http.WantsFragment() ? ImportTable.Create(view) : ImportsPage.Create(view);
    }
}
