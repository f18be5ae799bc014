using MdcTts.Features.Outbox;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Mails.Listing;

/// <summary>What became of every message, the newest first.</summary>
public sealed class ListMails(AppDb db, MailFiles files, AppSettings settings, TimeProvider clock)
{
    public sealed record Query(string? State, string? Q, string? Page, string? PageSize);

    public sealed record Filter(MailState? State, string? Search, PageRequest Page)
    {
        public string Address =>
            MailRoutes.Root
            + QueryText.Of(
                ("state", State is { } s ? Keys.Of(s) : null),
                ("q", Search),
                ("pageSize", QueryText.Size(Page.Size)),
                ("page", QueryText.Page(Page.Page))
            );

        public bool IsNarrowed => State is not null || Search is not null;

        public Filter On(int page) => this with { Page = Page with { Page = page } };

        public static Result<Filter> From(Query query)
        {
            if (ListSearch.Refuse(query.Q) is { } refused)
                return refused;
            MailState? state = null;
            if (!string.IsNullOrEmpty(query.State) && (state = Keys.Find<MailState>(query.State)) is null)
                return Problem.NotAllowed("state", query.State, Keys.All<MailState>());
            return new Filter(state, PlainText.Trimmed(query.Q), PageRequest.From(query.Page, query.PageSize));
        }
    }

    public sealed record Row(
        long Id,
        string Event,
        string? ReferenceNumber,
        string? TransactionNumber,
        int PersonId,
        string? Name,
        string? Email,
        int Attempts,
        DateTime CreatedAt,
        DateTime DueAt,
        DateTime? SentAt,
        DateTime? ParkedAt,
        string? Error,
        DateTime? LeasedUntil
    )
    {
        public MailState State => MailStates.Of(SentAt, ParkedAt, Error);

        /// <summary>When it reached its state.</summary>
        public DateTime At => SentAt ?? ParkedAt ?? CreatedAt;

        public bool MayBeSentAgain(DateTime now) =>
            SentAt is null && Error is not null && (LeasedUntil is null || LeasedUntil <= now);
    }

    public sealed record View(
        Filter Filter,
        Paged<Row> Rows,
        IReadOnlyDictionary<MailState, int> Counts,
        IReadOnlySet<long> InFiles,
        bool HasServer,
        bool IsDemo,
        DateTime Now
    );

    public static void Map(RouteGroupBuilder pages) => pages.MapGet("/", Page).RequireAuthorization(Policies.Admin);

    public async Task<Result<View>> Handle(Query query, CancellationToken stop)
    {
        if (!Filter.From(query).Ok(out var filter, out var problem))
            return problem;

        var messages = Matching(filter);
        var total = await messages.LongCountAsync(stop);
        var rows = await (
            from message in messages.OrderByDescending(m => m.Id).Skip(filter.Page.Skip).Take(filter.Page.Size)
            join person in db.Users on message.RecipientId equals person.Id into people
            from person in people.DefaultIfEmpty()
            join transaction in db.Transactions on message.TransactionNumber equals transaction.Number into transactions
            from transaction in transactions.DefaultIfEmpty()
            orderby message.Id descending
            select new Row(
                message.Id,
                message.Event,
                transaction.ReferenceNumber,
                message.TransactionNumber,
                message.RecipientId,
                PersonName.Shown(person.FullName, person.NameAr),
                message.Address ?? person.Email,
                message.Attempts,
                message.CreatedAt,
                message.DueAt,
                message.SentAt,
                message.ParkedAt,
                message.Error,
                message.LeasedUntil
            )
        ).ToListAsync(stop);
        var counts = new Dictionary<MailState, int>();
        foreach (var state in Enum.GetValues<MailState>())
            counts[state] = await db.Outbox.In(state).CountAsync(stop);
        var inFiles = rows.Where(r => r.State == MailState.Written && files.Has(r.Id)).Select(r => r.Id).ToHashSet();
        return new View(
            filter,
            new(rows, filter.Page.Page, filter.Page.Size, total),
            counts,
            inFiles,
            HasServer: settings.Mail.Host is not null,
            settings.IsDemo,
            clock.Instant()
        );
    }

    private IQueryable<OutboxMessage> Matching(Filter filter)
    {
        var messages = filter.State is { } state ? db.Outbox.In(state) : db.Outbox;
        foreach (var word in ArabicText.Words(filter.Search))
        {
            var (folded, upper) = (TextSearch.Anywhere(word), TextSearch.Anywhere(word.ToUpperInvariant()));
            messages = messages.Where(m =>
                EF.Functions.Like(m.Address!.ToUpper(), upper, TextSearch.Escape)
                || db.Users.Any(u =>
                    u.Id == m.RecipientId
                    && (
                        EF.Functions.Like(u.SearchText, folded, TextSearch.Escape)
                        || EF.Functions.Like(u.NormalizedEmail!, upper, TextSearch.Escape)
                    )
                )
            );
        }

        return messages;
    }

    private static async Task<IResult> Page(
        [AsParameters] Query query,
        ListMails useCase,
        HttpContext http,
        CancellationToken stop
    ) =>
        (await useCase.Handle(query, stop)).Match<IResult>(
            view => http.WantsFragment() ? MailTable.Create(view) : MailsPage.Create(view),
            http.HtmlProblem
        );
}
