using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>
/// Two people edited the same version. Fields that only one of them changed are taken from that one; where both did,
/// the person chooses.
/// </summary>
public sealed record MergeView(
    FormView Mine,
    TransactionForm Merged,
    IReadOnlyList<MergeView.Clash> Clashes,
    IReadOnlyList<string> TakenMine,
    IReadOnlyList<string> TakenTheirs
)
{
    /// <summary>A field that both changed.</summary>
    public sealed record Clash(string Field, string Was, string Theirs, string Mine);

    /// <summary>The version to save over.</summary>
    public int Version { get; init; }

    /// <summary>Who saved meanwhile, and when.</summary>
    public string? By { get; init; }
    public DateTime At { get; init; }

    /// <summary>What is saved now, to be the next original.</summary>
    public required TransactionForm Theirs { get; init; }

    public static async Task<MergeView> Of(
        FormView mine,
        TransactionForm theirs,
        Transaction present,
        AppDb db,
        TimeProvider clock,
        CancellationToken stop
    )
    {
        var original = mine.Original is { IsEmpty: false } known ? known : theirs;
        // The assignee has a way of its own and is not part of the edit form.
        var fields = TransactionForm
            .Names.Where(n => n != "assignee" && !TransactionForm.IsSame(n, mine.Form[n], theirs[n]))
            .ToList();
        var takenTheirs = fields.Where(n => TransactionForm.IsSame(n, mine.Form[n], original[n])).ToList();
        var takenMine = fields
            .Where(n => theirs[n] == original[n] && !TransactionForm.IsSame(n, mine.Form[n], original[n]))
            .ToList();
        var clashes = fields
            .Except(takenTheirs)
            .Except(takenMine)
            .Select(n => new Clash(n, original[n], theirs[n], mine.Form[n]))
            .ToList();
        var last = await db
            .History.Where(h => h.TransactionId == present.Id)
            .OrderByDescending(h => h.Id)
            .Select(h => new { By = PersonName.Shown(h.By.FullName, h.By.NameAr), h.At })
            .FirstOrDefaultAsync(stop);
        return new(
            mine,
            mine.Form.With(takenTheirs.Select(n => (n, (string?)theirs[n]))),
            clashes,
            takenMine,
            takenTheirs
        )
        {
            Version = present.Version,
            Theirs = theirs,
            By = last?.By,
            At = last?.At ?? clock.Instant(),
        };
    }

    /// <summary>A field's text as people read it: names instead of keys and ids.</summary>
    public string Show(string field, string value) =>
        value.Length == 0
            ? "—"
            : field switch
            {
                "type" => Mine.Catalogue.NameOf(ListKind.Type, value),
                "category" => Mine.Catalogue.NameOf(ListKind.Category, value),
                "department" => Mine.Catalogue.NameOf(ListKind.Department, value),
                "priority" => Words.T["priority." + value],
                "holder" => Words.T["holder." + value],
                "client" => Mine.Choices.Clients.FirstOrDefault(c =>
                    c.Id.ToString(CultureInfo.InvariantCulture) == value
                )?.Name
                    ?? value,
                "dueDate" or "holderSince" => Dates.TryParse(value, out var date)
                    ? Dates.Format(date, Words.T.Language)
                    : value,
                _ => value,
            };
}
