using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>The unsaved content of a transaction's form, kept while the person types.</summary>
public sealed class FormDraft
{
    /// <summary>The key of the form for a new transaction; edits are kept under the transaction's number.</summary>
    public const string New = "new";

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
