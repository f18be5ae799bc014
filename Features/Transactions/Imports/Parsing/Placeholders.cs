using System.Buffers;
using System.Collections.Frozen;
using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>What people put into a cell that has nothing to say, so that it is not left empty.</summary>
internal static class Placeholders
{
    private const int MaxLength = 20;

    private static readonly SearchValues<char> Dashes = SearchValues.Create("-–—‐‑‒―−ـ_ ");

    private static readonly FrozenSet<string> Words = new[]
    {
        "n/a",
        "n.a.",
        "na",
        "nil",
        "none",
        "null",
        "tbd",
        "tba",
        "لا يوجد",
        "لايوجد",
        "غير محدد",
        "غير محددة",
        "بدون",
    }
        .Select(static word => ArabicText.Fold(word))
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Dashes say nothing anywhere; a word may be a title, a name or a note.</summary>
    public static bool IsOne(RegisterField field, RegisterCell cell)
    {
        if (cell.Number is not null || cell.Date is not null || cell.Text.Length is 0 or > MaxLength || cell.IsBlank)
            return false;
        return cell.Text.AsSpan().IndexOfAnyExcept(Dashes) < 0
            || (IsOptional(field) && Words.Contains(ArabicText.Fold(cell.Text)));
    }

    private static bool IsOptional(RegisterField field) =>
        field
            is RegisterField.Reference
                or RegisterField.Category
                or RegisterField.Amount
                or RegisterField.Currency
                or RegisterField.DueDate
                or RegisterField.Assignee
                or RegisterField.Tags
                or RegisterField.Project
                or RegisterField.Department
                or RegisterField.CreatedDate
                or RegisterField.SubmittedDate
                or RegisterField.CompletedDate
                or RegisterField.HolderSince
                or RegisterField.AuthorityReferences;
}
