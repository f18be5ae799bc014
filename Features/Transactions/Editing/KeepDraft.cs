using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>
/// Keeps what is being typed into a transaction's form, a moment after each change, so that a closed tab or a lost
/// session loses nothing.
/// </summary>
public sealed class KeepDraft(AppDb db, CurrentUser user, CatalogueCache catalogues, TimeProvider clock)
{
    private const int KnownMax = 3;

    /// <summary>A transaction that has the reference which is being typed, or the client and the title.</summary>
    public sealed record Known(string Number, string Title, bool HasReference);

    /// <summary>When the draft was kept, and what else has its reference.</summary>
    /// <param name="Wrong">What could not be saved, by field, for those that somebody has left.</param>
    public sealed record View(DateTime At, IReadOnlyList<Known> Known, IReadOnlyDictionary<string, string> Wrong);

    public static void Map(RouteGroupBuilder pages)
    {
        pages.MapPost("/drafts/{key}", Submit).RequireAuthorization(Policies.Staff);
        pages.MapPost("/drafts/{key}/discard", Discard).RequireAuthorization(Policies.Staff);
    }

    /// <summary>Saves over the former draft of the same form.</summary>
    public async Task<Result<DateTime>> Handle(string key, TransactionForm form, int? basedOn, CancellationToken stop)
    {
        if (!FormDraft.IsNew(key) && !await db.Transactions.VisibleTo(user).AnyAsync(t => t.Number == key, stop))
            return Problem.NotFound();
        var json = form.ToJson();
        if (json.Length > TransactionForm.JsonMaxLength)
            return new Problem(ProblemKind.TooLarge, "problem.too_large");

        var now = clock.Instant();
        await using var write = await db.BeginWrite(stop);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "FormDrafts" ("UserId", "Key", "Fields", "BasedOn", "UpdatedAt")
            VALUES ({user.Id}, {key}, {json}, {basedOn}, {now})
            ON CONFLICT ("UserId", "Key") DO UPDATE
            SET "Fields" = excluded."Fields", "BasedOn" = excluded."BasedOn", "UpdatedAt" = excluded."UpdatedAt"
            """,
            stop
        );
        if (FormDraft.IsNew(key))
            await BegunOf(user.Id).Skip(ListDrafts.FormsMax).ExecuteDeleteAsync(stop);
        await write.Commit(stop);
        return now;
    }

    /// <summary>Forms for new transactions that the person began and did not save, the last first.</summary>
    public async Task<IReadOnlyList<ListDrafts.Kept>> Begun(CancellationToken stop) =>
        [.. (await BegunOf(user.Id).AsNoTracking().Take(KnownMax).ToListAsync(stop)).Select(ListDrafts.Kept.Of)];

    private IQueryable<FormDraft> BegunOf(int person) =>
        db
            .FormDrafts.Where(d => d.UserId == person && d.Key.StartsWith(FormDraft.New))
            .OrderByDescending(d => d.UpdatedAt)
            .ThenByDescending(d => d.Id);

    /// <summary>
    /// What has its reference, of the same client, or of any while none is chosen; else what has its client and title.
    /// It is said and nothing else: one letter may have two parts.
    /// </summary>
    public async Task<IReadOnlyList<Known>> FindKnown(string key, TransactionForm form, CancellationToken stop)
    {
        var others = db.Transactions.VisibleTo(user).Where(t => t.Number != key);
        var isChosen = int.TryParse(form["client"], CultureInfo.InvariantCulture, out var client);
        if (isChosen)
            others = others.Where(t => t.ClientId == client);
        if (Typed(form["referenceNumber"]) is { } reference)
        {
            var same = await First(others.Where(t => t.ReferenceNumber == reference), hasReference: true, stop);
            if (same.Count > 0)
                return same;
        }

        return isChosen && Typed(form["title"]) is { } title
            ? await First(others.NotOver().Where(t => t.Title == title), hasReference: false, stop)
            : [];
    }

    private static string? Typed(string text) =>
        PlainText.Trimmed(text) is { } trimmed && !PlainText.HasForbidden(trimmed) ? trimmed : null;

    private static Task<List<Known>> First(IQueryable<Transaction> same, bool hasReference, CancellationToken stop) =>
        same.OrderByDescending(t => t.Id)
            .Take(KnownMax)
            .Select(t => new Known(t.Number, t.Title, hasReference))
            .ToListAsync(stop);

    /// <summary>What could not be saved, by field.</summary>
    private async Task<IReadOnlyDictionary<string, string>> WrongIn(TransactionForm form, CancellationToken stop)
    {
        var input = form.ToInput();
        var problem = (await input.Understand(existing: null, db, await catalogues.Get(stop), stop)).Problem;
        return (problem?.Fields?.Fields ?? []).ToDictionary(
            field => field,
            field => string.Join(" ", problem!.Fields!.Of(field).Select(e => Words.T[e.Key, e.Args])),
            StringComparer.Ordinal
        );
    }

    /// <summary>The person's draft of a form, or null.</summary>
    public Task<FormDraft?> Find(string key, CancellationToken stop) =>
        db.FormDrafts.AsNoTracking().SingleOrDefaultAsync(d => d.UserId == user.Id && d.Key == key, stop);

    /// <summary>Drops it: it was saved, or is not wanted.</summary>
    public async Task Forget(string key, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        await db.FormDrafts.Where(d => d.UserId == user.Id && d.Key == key).ExecuteDeleteAsync(stop);
        await write.Commit(stop);
    }

    private static async Task<IResult> Submit(string key, KeepDraft useCase, HttpContext http, CancellationToken stop)
    {
        if (!IsKey(key))
            return http.HtmlProblem(Problem.NotFound());
        var posted = await http.Request.ReadFormAsync(stop);
        var basedOn = int.TryParse(posted["version"], out var version) ? version : (int?)null;
        var form = TransactionForm.From(posted);
        if (!(await useCase.Handle(key, form, basedOn, stop)).Ok(out var at, out var problem))
            return http.HtmlProblem(problem);
        var wrong = FormDraft.IsNew(key)
            ? await useCase.WrongIn(form, stop)
            : new Dictionary<string, string>(StringComparer.Ordinal);
        return KeptNote.Create(new(at, await useCase.FindKnown(key, form, stop), wrong));
    }

    private static async Task<IResult> Discard(string key, KeepDraft useCase, HttpContext http, CancellationToken stop)
    {
        if (!IsKey(key))
            return http.HtmlProblem(Problem.NotFound());
        await useCase.Forget(key, stop);
        http.Toast(Words.T["drafts.discarded"]);
        return http.SeeOther(FormDraft.IsNew(key) ? TransactionRoutes.New : TransactionRoutes.One(key));
    }

    private static bool IsKey(string key) => key.Length <= Transaction.NumberMaxLength && !PlainText.HasForbidden(key);
}
