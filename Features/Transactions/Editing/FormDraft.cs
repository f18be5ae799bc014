using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>The unsaved content of a transaction's form, kept while the person types.</summary>
public sealed class FormDraft
{
    /// <summary>
    /// Begins the key of a form for a new transaction, of which each that is opened has its own; edits are kept under
    /// the transaction's number.
    /// </summary>
    public const string New = "new";

    private const int RandomLength = 8;

    /// <summary>For a form that is opened now.</summary>
    public static string NewKey() =>
        $"{New}-{RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz23456789", RandomLength)}";

    /// <summary>Whether it is a key of a form for a new transaction.</summary>
    public static bool IsNew(string? key) =>
        key is not null
        && key.StartsWith(New, StringComparison.Ordinal)
        && key.Length <= New.Length + 1 + RandomLength
        && key.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    public int Id { get; set; }
    public int UserId { get; set; }
    public string Key { get; set; } = New;

    /// <summary>JSON: form field → text.</summary>
    public string Fields { get; set; } = "{}";

    /// <summary>The version that the person saw when they began to edit.</summary>
    public int? BasedOn { get; set; }
    public DateTime UpdatedAt { get; set; }
}

internal sealed class FormDraftConfiguration : IEntityTypeConfiguration<FormDraft>
{
    public void Configure(EntityTypeBuilder<FormDraft> t)
    {
        t.Property(x => x.Key).HasMaxLength(Transaction.NumberMaxLength);
        t.HasIndex(x => new { x.UserId, x.Key }).IsUnique();
    }
}
