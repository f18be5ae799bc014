using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>
/// Finds the transactions that rows of a register speak of: by our own number, or by the reference together with the
/// client or the title. The importer's eyes count: what they may not see is not found.
/// </summary>
internal sealed class ExistingTransactions(AppDb db, CurrentUser by, RegisterFile file, ImportNames names)
{
    /// <summary>What was found for a row.</summary>
    public sealed record Found(int Id, MatchedBy By);

    private sealed record Candidate(int Id, string Number, string? Reference, string Title, int ClientId);

    /// <summary>Row → its transaction, for those that have one outside of this import.</summary>
    public async Task<Dictionary<int, Found>> Find(IReadOnlyList<RowDraft> drafts, int importId, CancellationToken stop)
    {
        var numbers = drafts.Select(d => d.Number).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var references = drafts
            .Select(d => d.Reference)
            .OfType<string>()
            .SelectMany(Spellings)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (numbers.Count + references.Count == 0)
            return [];

        var others = db.Transactions.ChangeableBy(by).Where(t => t.ImportId != importId);
        var numbered = (
            numbers.Count == 0
                ? []
                : await Candidates(others.Where(t => EF.Parameter(numbers).Contains(t.Number)), stop)
        ).ToDictionary(c => c.Number, StringComparer.Ordinal);
        var referred = (
            references.Count == 0
                ? []
                : await Candidates(others.Where(t => EF.Parameter(references).Contains(t.ReferenceNumber!)), stop)
        ).ToLookup(c => ArabicText.Fold(c.Reference), StringComparer.Ordinal);

        var found = new Dictionary<int, Found>();
        foreach (var draft in drafts)
        {
            if (Match(draft) is { } match)
                found[draft.Row] = match;
        }

        return found;

        Found? Match(RowDraft draft)
        {
            var client = names.ClientOf(draft)?.Id;
            var title = ArabicText.Fold(draft.Title);
            // The number of another system's transaction may be ours as well: something else must agree.
            if (
                draft.Number is { } number
                && numbered.TryGetValue(number, out var same)
                && (
                    same.ClientId == client
                    || ArabicText.Fold(same.Title) == title
                    || (same.Reference is not null && same.Reference == draft.Reference)
                )
            )
                return new(same.Id, MatchedBy.Number);
            if (draft.Reference is null)
                return null;
            var alike = referred[ArabicText.Fold(draft.Reference)];
            if (alike.FirstOrDefault(c => c.ClientId == client) is { } ofClient)
                return new(ofClient.Id, MatchedBy.Reference);
            return alike.FirstOrDefault(c => ArabicText.Fold(c.Title) == title) is { } titled
                ? new(titled.Id, MatchedBy.Title)
                : null;
        }
    }

    /// <summary>The transactions with all their fields, by id.</summary>
    public Task<Dictionary<int, Transaction>> Load(IReadOnlyCollection<int> ids, CancellationToken stop) =>
        db
            .Transactions.Where(t => EF.Parameter(ids).Contains(t.Id))
            .WithFormFields()
            .ToDictionaryAsync(t => t.Id, stop);

    /// <summary>The fields after an update: what the row says, and as they are where its cell is empty.</summary>
    public TransactionFields Merged(Transaction transaction, RegisterRow row, RowDraft draft)
    {
        var now = TransactionFields.Of(transaction);
        var saysHolder = Says(RegisterField.Holder) || Says(RegisterField.HolderKind);
        return now with
        {
            ReferenceNumber = draft.Reference ?? now.ReferenceNumber,
            Title = draft.Title,
            Description = draft.Description ?? now.Description,
            Type = Says(RegisterField.Type) ? draft.Type : now.Type,
            Category = draft.Category ?? now.Category,
            Priority = Says(RegisterField.Priority)
                ? Keys.Find<Priority>(draft.Priority) ?? now.Priority
                : now.Priority,
            AmountMinor = draft.AmountMinor ?? now.AmountMinor,
            Currency = draft.Currency ?? now.Currency,
            ClientId = names.ClientOf(draft)?.Id ?? now.ClientId,
            ProjectId = draft.Project is { } project ? ImportNames.Number(project) : now.ProjectId,
            Department = draft.Department ?? now.Department,
            DueDate = draft.DueDate ?? now.DueDate,
            InternalNotes = draft.InternalNotes ?? now.InternalNotes,
            HolderKind = saysHolder ? draft.HolderKind : now.HolderKind,
            HolderName = saysHolder ? draft.HolderName : now.HolderName,
            HolderSince = draft.HolderSince ?? now.HolderSince,
            // The same tags in another order are no change.
            Tags =
                draft.Tags.Count == 0 || now.Tags.ToHashSet(StringComparer.Ordinal).SetEquals(draft.Tags)
                    ? now.Tags
                    : draft.Tags,
            AuthorityReferences =
                draft.AuthorityReferences.Count == 0 ? now.AuthorityReferences : draft.AuthorityReferences,
        };

        bool Says(RegisterField field) => file.Column(field) is { } column && !row.Cell(column.Index).IsBlank;
    }

    /// <summary>What differs, as people read it: clients and projects by name instead of by id.</summary>
    public List<FieldChange> Differences(Transaction transaction, TransactionFields merged) =>
        [
            .. TransactionFields
                .Of(transaction)
                .AsText()
                .Zip(merged.AsText(), (was, now) => new FieldChange(was.Key, was.Value, now.Value))
                .Where(c => c.Old != c.New)
                .Select(c =>
                    c.Field switch
                    {
                        "client" => c with { Old = names.ClientNameOf(c.Old), New = names.ClientNameOf(c.New) },
                        "project" => c with { Old = names.ProjectCodeOf(c.Old), New = names.ProjectCodeOf(c.New) },
                        _ => c,
                    }
                ),
        ];

    private static Task<List<Candidate>> Candidates(IQueryable<Transaction> transactions, CancellationToken stop) =>
        transactions
            .OrderByDescending(t => t.Id)
            .Select(t => new Candidate(t.Id, t.Number, t.ReferenceNumber, t.Title, t.ClientId))
            .ToListAsync(stop);

    /// <summary>The database compares letters; these are the ways in which one reference is mostly written.</summary>
    private static IEnumerable<string> Spellings(string reference)
    {
        var folded = ArabicText.Fold(reference);
        yield return reference;
        yield return reference.ToUpperInvariant();
        yield return folded;
        yield return folded.ToUpperInvariant();
    }
}
