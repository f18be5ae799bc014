using System.Globalization;
using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Audit.Listing;

/// <summary>The filter in the form of an address.</summary>
public sealed record AuditQuery(
    string? Who,
    string? Action,
    string? Entity,
    string? Key,
    string? Field,
    string? Period,
    string? From,
    string? To,
    string? Q,
    string? Page,
    string? PageSize
)
{
    public static readonly IReadOnlyList<string> Names =
    [
        "who",
        "action",
        "entity",
        "key",
        "field",
        "period",
        "from",
        "to",
        "q",
        "page",
        "pageSize",
        "after",
        "limit",
        "format",
    ];
}

/// <summary>Which entries are asked for.</summary>
public sealed partial record AuditFilter
{
    public const int SearchMaxLength = 100;

    /// <summary>The filter for entries without a person: those of the system and of visitors.</summary>
    public const string Nobody = "none";

    private const int WordsMax = 5;
    private const int ActionMaxLength = 60;
    private const int TypeMaxLength = 40;
    public const int KeyMaxLength = 60;

    // A search reads every row in its range. Without a first day, its range is this many of the newest entries.
    private const int SearchedMax = 100_000;

    public string? Who { get; private init; }

    /// <summary>A kind, or a group of kinds.</summary>
    public string? Action { get; private init; }
    public string? Entity { get; private init; }
    public string? Key { get; private init; }

    /// <summary>A field that the entries changed.</summary>
    public AuditField? Field { get; private init; }

    /// <summary>A stretch of days by its name, which says <see cref="From"/> and <see cref="To"/>.</summary>
    public string? Period { get; private init; }
    public DateOnly? From { get; private init; }
    public DateOnly? To { get; private init; }
    public string? Search { get; private init; }
    public PageRequest Page { get; private init; }

    public bool IsNarrowed =>
        (Who ?? Action ?? Entity ?? Key ?? Field?.Key ?? Search) is not null || From is not null || To is not null;

    /// <summary>It lists what happened to one thing.</summary>
    public bool IsOfOne => Entity is not null && Key is not null;

    /// <summary>A search without a first day skips old entries.</summary>
    public bool IsSearchBounded => Search is not null && From is null;

    /// <summary>The address of this list.</summary>
    public string Address => AuditRoutes.Root + Query(paging: true);

    public AuditFilter On(int page) => this with { Page = Page with { Page = page } };

    /// <summary>The filter without the one thing that it is about.</summary>
    public AuditFilter OfAll() => this with { Entity = null, Key = null, Page = Page with { Page = 1 } };

    /// <summary>Understands an address.</summary>
    /// <param name="today">In Riyadh: a period is counted from it.</param>
    public static Result<AuditFilter> Read(AuditQuery query, DateOnly today)
    {
        Problem? problem = null;
        var period = Text("period", query.Period, TypeMaxLength, AuditPeriod.All.Contains, [.. AuditPeriod.All]);
        var days = AuditPeriod.DaysOf(period, today);
        var filter = new AuditFilter
        {
            Who = Text(
                "who",
                query.Who,
                12,
                v => v == Nobody || int.TryParse(v, NumberStyles.None, CultureInfo.InvariantCulture, out _),
                "id",
                Nobody
            ),
            Action = Text(
                "action",
                query.Action,
                ActionMaxLength,
                Dotted().IsMatch,
                [.. AuditKinds.Groups, .. AuditKinds.All]
            ),
            Entity = Text("entity", query.Entity, TypeMaxLength, Dotted().IsMatch, [.. AuditKinds.Entities]),
            Key = Text("key", query.Key, KeyMaxLength, _ => true, $"≤ {KeyMaxLength}"),
            Field = AuditField.Of(
                Text(
                    "field",
                    query.Field,
                    TypeMaxLength,
                    v => AuditField.Of(v) is not null,
                    [.. AuditField.All.Select(f => f.Key)]
                )
            ),
            Period = period,
            From = days?.From ?? Day("from", query.From),
            To = days?.To ?? Day("to", query.To),
            Search = Text("q", query.Q, SearchMaxLength, _ => true, $"≤ {SearchMaxLength}"),
            Page = PageRequest.From(query.Page, query.PageSize),
        };
        return problem is null ? filter : problem;

        string? Text(string name, string? value, int maxLength, Func<string, bool> isRight, params string[] allowed)
        {
            if (PlainText.Trimmed(value) is not { } text)
                return null;
            if (!PlainText.HasForbidden(text) && text.Length <= maxLength && isRight(text))
                return text;
            problem ??= Problem.NotAllowed(
                name,
                text.Length > maxLength || PlainText.HasForbidden(text) ? "" : text,
                allowed
            );
            return null;
        }

        DateOnly? Day(string name, string? value)
        {
            DateOnly day = default;
            return Text(name, value, DateEcho.TextMaxLength, v => Dates.TryParse(v, out day), "YYYY-MM-DD") is null
                ? null
                : day;
        }
    }

    /// <summary>All but the days and the page, for a form that asks for other days.</summary>
    public IReadOnlyList<(string Name, string? Value)> Others() =>
        [
            ("who", Who),
            ("action", Action),
            ("entity", Entity),
            ("key", Key),
            ("field", Field?.Key),
            ("q", Search),
            ("pageSize", QueryText.Size(Page.Size)),
        ];

    public string Query(bool paging) =>
        QueryText.Of(
            ("who", Who),
            ("action", Action),
            ("entity", Entity),
            ("key", Key),
            ("field", Field?.Key),
            ("period", Period),
            ("from", Period is null ? Dates.Iso(From) : null),
            ("to", Period is null ? Dates.Iso(To) : null),
            ("q", Search),
            ("pageSize", paging ? QueryText.Size(Page.Size) : null),
            ("page", paging ? QueryText.Page(Page.Page) : null)
        );

    /// <summary>The matching entries, in no order.</summary>
    public IQueryable<AuditEntry> Apply(AppDb db)
    {
        IQueryable<AuditEntry> entries = db.Audit;
        if (Who == Nobody)
            entries = entries.Where(e => e.ActorId == null);
        else if (Who is not null && int.Parse(Who, NumberStyles.None, CultureInfo.InvariantCulture) is var who)
            entries = entries.Where(e => e.ActorId == who);
        if (Action is { } action)
            entries = action.Contains('.')
                ? entries.Where(e => e.Action == action)
                : entries.Where(e => e.Action.StartsWith(action + "."));
        if (Entity is { } entity)
            entries = entries.Where(e => e.EntityType == entity);
        if (Key is { } key)
            entries = entries.Where(e => e.EntityKey == key);
        if (Field is { } field)
        {
            entries = entries.Where(e => e.Action == field.Action);
            if (field.InData is { } part && TextSearch.Anywhere(part) is var inData)
                entries = entries.Where(e => EF.Functions.Like(e.Data!, inData, TextSearch.Escape));
        }

        if (From is { } from && Clock.StartOf(from) is var start)
            entries = entries.Where(e => e.At >= start);
        if (To is { } to && to < DateOnly.MaxValue && Clock.StartOf(to.AddDays(1)) is var end)
            entries = entries.Where(e => e.At < end);
        if (IsSearchBounded)
            entries = entries.Where(e => e.Id > db.Audit.Max(newest => newest.Id) - SearchedMax);
        foreach (
            var word in (Search ?? "")
                .ToLowerInvariant()
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Take(WordsMax)
        )
            entries = Containing(db, entries, word);

        return entries;
    }

    // In what was recorded, and in the names of what it is about and of who did it.
    private static IQueryable<AuditEntry> Containing(AppDb db, IQueryable<AuditEntry> entries, string word)
    {
        var pattern = TextSearch.Anywhere(word);
        var folded = TextSearch.Anywhere(ArabicText.Fold(word).Trim());
        var numbers = db
            .Transactions.Where(t => EF.Functions.Like(t.ReferenceNumber!.ToLower(), pattern, TextSearch.Escape))
            .Select(t => t.Number);
        var people = db.Users.Where(u => EF.Functions.Like(u.SearchText, folded, TextSearch.Escape));
        var (ids, keys) = (people.Select(u => (int?)u.Id), people.Select(u => u.Id.ToString()));
        var clients = db
            .Clients.Where(c => EF.Functions.Like(c.SearchText, folded, TextSearch.Escape))
            .Select(c => c.Id.ToString());
        return entries.Where(e =>
            EF.Functions.Like(e.EntityKey.ToLower(), pattern, TextSearch.Escape)
            || EF.Functions.Like(e.Action, pattern, TextSearch.Escape)
            || EF.Functions.Like(e.Data!.ToLower(), pattern, TextSearch.Escape)
            || (e.EntityType == "transaction" && numbers.Contains(e.EntityKey))
            || (e.EntityType == "client" && clients.Contains(e.EntityKey))
            || (e.EntityType == "user" && keys.Contains(e.EntityKey))
            || ids.Contains(e.ActorId)
        );
    }

    [GeneratedRegex("^[a-z_]+([.][a-z_]+)*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dotted();
}
