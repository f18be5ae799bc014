using System.Text.Json;
using MdcTts.Features.Accounts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Where an import stands. The row is the truth: a restart goes on from it.</summary>
public enum ImportStatus
{
    Queued,
    Checking,
    Checked,
    Running,
    Completed,
    Failed,
    Undone,
}

/// <summary>One file on its way into the register: a batch that can be undone.</summary>
public sealed class ImportRun
{
    public const int FileNameMaxLength = 200;

    public int Id { get; set; }

    /// <summary>As uploaded, for people; never used as a path.</summary>
    public string FileName { get; set; } = "";

    /// <summary>Name of the kept copy under DATA_DIR/imports.</summary>
    public string StoredName { get; set; } = "";
    public int CreatedById { get; set; }
    public User CreatedBy { get; set; } = null!;
    public DateTime CreatedAt { get; set; }
    public DateTime? FinishedAt { get; set; }
    public ImportStatus Status { get; set; }

    /// <summary>Go on to writing by itself once checked; else wait for a person.</summary>
    public bool RunsWhenChecked { get; set; }
    public bool CreatesClients { get; set; }

    /// <summary>JSON: heading → field, when a person corrected the guess.</summary>
    public string? Mapping { get; set; }

    /// <summary>JSON array: the headings of the file, in order.</summary>
    public string Headings { get; set; } = "[]";

    /// <summary>Text key of why it failed.</summary>
    public string? Failure { get; set; }
    public int Rows { get; set; }
    public int Processed { get; set; }
    public int Imported { get; set; }
    public int Rejected { get; set; }

    /// <summary>The last row of the file whose outcome is committed; a restart goes on after it.</summary>
    public int Cursor { get; set; }

    /// <summary>Who works on it, until when; a worker that lost its lease writes nothing more.</summary>
    public string? LeaseOwner { get; set; }
    public DateTime? LeaseUntil { get; set; }
    public List<ImportReject> Rejects { get; } = [];
}

/// <summary>A row of the file that was not taken, with what is wrong with it and its cells as they were.</summary>
public sealed class ImportReject
{
    public int Id { get; set; }
    public int ImportRunId { get; set; }
    public int Row { get; set; }

    /// <summary>JSON array of <see cref="ImportFault"/>.</summary>
    public string Faults { get; set; } = "[]";

    /// <summary>JSON array of the cells as text.</summary>
    public string Cells { get; set; } = "[]";

    public IReadOnlyList<ImportFault> ReadFaults() => JsonSerializer.Deserialize<List<ImportFault>>(Faults, JsonSerializerOptions.Web)!;
}

/// <summary>What is wrong with one cell.</summary>
/// <param name="Column">The heading as written.</param>
/// <param name="Value">The cell, shortened.</param>
/// <param name="Kind">snake_case kind; its text is <c>import.fault.KIND</c>.</param>
public sealed record ImportFault(string Column, string Value, string Kind);

internal sealed class ImportRunConfiguration : IEntityTypeConfiguration<ImportRun>
{
    public void Configure(EntityTypeBuilder<ImportRun> t)
    {
        t.Property(x => x.FileName).HasMaxLength(ImportRun.FileNameMaxLength);
        t.Property(x => x.StoredName).HasMaxLength(80);
        t.Property(x => x.Status).HasConversion<string>().HasMaxLength(10);
        t.Property(x => x.Failure).HasMaxLength(80);
        t.Property(x => x.LeaseOwner).HasMaxLength(60);
        t.HasIndex(x => new { x.CreatedById, x.Id });
        t.HasIndex(x => x.Status);
        t.HasOne(x => x.CreatedBy).WithMany().HasForeignKey(x => x.CreatedById).OnDelete(DeleteBehavior.Restrict);
        t.HasMany(x => x.Rejects).WithOne().HasForeignKey(x => x.ImportRunId);
    }
}

internal sealed class ImportRejectConfiguration : IEntityTypeConfiguration<ImportReject>
{
    public void Configure(EntityTypeBuilder<ImportReject> t) => t.HasIndex(x => new { x.ImportRunId, x.Row }).IsUnique();
}
