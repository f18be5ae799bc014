using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using MdcTts.Features.Accounts;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>Where an import stands. The row is the truth: a restart goes on from it.</summary>
public enum ImportStatus
{
    Queued,
    Checking,
    Checked,

    /// <summary>An editor's, with rows that only an admin may bring: one must release it.</summary>
    Waiting,
    Running,
    Completed,
    Failed,
    Undone,
}

/// <summary>What becomes of rows whose transactions are here already.</summary>
public enum ExistingRows
{
    /// <summary>They are left as they are.</summary>
    Skip,

    /// <summary>They take over what the row says; an empty cell changes nothing.</summary>
    Update,

    /// <summary>They come once more.</summary>
    Import,
}

/// <summary>One file on its way into the register: a batch that can be undone.</summary>
public sealed class ImportRun : ILeased
{
    public const int FileNameMaxLength = 200;
    public const int RefusalMaxLength = 500;

    public int Id { get; set; }

    /// <summary>As uploaded, for people; never used as a path.</summary>
    public string FileName { get; set; } = "";

    /// <summary>Name of the kept copy under DATA_DIR/imports.</summary>
    public string StoredName { get; set; } = "";

    /// <summary>SHA-256 of the file in hex; null for files of earlier versions.</summary>
    public string? Hash { get; set; }
    public int CreatedById { get; set; }
    public User CreatedBy { get; set; } = null!;
    public DateTime CreatedAt { get; set; }
    public DateTime? FinishedAt { get; set; }
    public ImportStatus Status { get; set; }

    /// <summary>Go on to writing by itself once checked; else wait for a person.</summary>
    public bool RunsWhenChecked { get; set; }

    /// <summary>Clients that are not known are to be created: an editor's wait for an admin.</summary>
    public bool CreatesClients { get; set; }

    /// <summary>
    /// An admin started it or let it go on: rows may carry statuses to which an editor could not bring them, and
    /// clients are created.
    /// </summary>
    public bool SetsAnyStatus { get; set; }

    public ExistingRows Existing { get; set; }

    /// <summary>JSON: heading → field, when a person corrected the guess.</summary>
    public string? Mapping { get; set; }

    /// <summary>JSON of <see cref="ImportChoice"/>s: what people said that names of the file mean.</summary>
    public string? Choices { get; set; }

    /// <summary>JSON: row → field → text, as people corrected the cells of the file.</summary>
    public string? Corrections { get; set; }

    /// <summary>The import whose rejected rows this file brings again; with it, this one is undone.</summary>
    public int? ContinuesId { get; set; }

    /// <summary>Why an admin did not release it, in their words.</summary>
    public string? Refusal { get; set; }

    /// <summary>JSON of <see cref="ImportPreview"/>: the columns of the file and its first rows.</summary>
    public string? Preview { get; set; }

    /// <summary>Text key of why it failed.</summary>
    public string? Failure { get; set; }
    public int Rows { get; set; }
    public int Processed { get; set; }
    public int Imported { get; set; }
    public int Rejected { get; set; }

    /// <summary>Good rows whose transactions are here already, found by the check and again while writing.</summary>
    public int Found { get; set; }

    /// <summary>Of these, how many were left as they are, and how many changed.</summary>
    public int Skipped { get; set; }
    public int Updated { get; set; }

    /// <summary>When the rows began to be checked, or written: with those processed, it tells the time left.</summary>
    public DateTime? RowsSince { get; set; }

    /// <summary>The last row of the file whose outcome is committed; a restart goes on after it.</summary>
    public int Cursor { get; set; }

    public int Lease { get; set; }
    public DateTime? LeasedUntil { get; set; }

    /// <summary>The claim of a worker of the previous version. A new claim empties it, and that worker stops.</summary>
    public string? LeaseOwner { get; set; }

    /// <summary>Claims since the last progress; a file that crashes every worker is given up.</summary>
    public int Attempts { get; set; }
    public List<ImportReject> Rejects { get; } = [];

    /// <summary>A worker has it, or will soon.</summary>
    public bool IsUnderway => Status is ImportStatus.Queued or ImportStatus.Checking or ImportStatus.Running;

    public ImportPreview ReadPreview() =>
        Preview is null ? ImportPreview.None : ImportJson.Read<ImportPreview>(Preview);

    public Dictionary<string, RegisterField?>? ReadMapping() =>
        Mapping is null ? null : ImportJson.Read<Dictionary<string, RegisterField?>>(Mapping);

    public List<ImportChoice> ReadChoices() => Choices is null ? [] : ImportJson.Read<List<ImportChoice>>(Choices);

    public Dictionary<int, Dictionary<RegisterField, string>> ReadCorrections() =>
        Corrections is null ? [] : ImportJson.Read<Dictionary<int, Dictionary<RegisterField, string>>>(Corrections);
}

/// <summary>What a person sees of a file before it is imported.</summary>
public sealed record ImportPreview(IReadOnlyList<ImportColumn> Columns, IReadOnlyList<ImportLine> Lines)
{
    /// <summary>All sheets of the file; none for a text file, and for files of earlier versions.</summary>
    public IReadOnlyList<RegisterSheet> Sheets { get; init; } = [];

    /// <summary>What was taken otherwise than typed, or not at all.</summary>
    public IReadOnlyList<ImportWarning> Warnings { get; init; } = [];

    /// <summary>What is wrong, by kind; the most rows first.</summary>
    public IReadOnlyList<ImportGroup> Groups { get; init; } = [];

    /// <summary>How many rows are wrong only in that an admin must allow them.</summary>
    public int ForRelease { get; init; }

    /// <summary>Names that were understood because a person said what they mean.</summary>
    public IReadOnlyList<ImportMeant> Meant { get; init; } = [];

    /// <summary>What was remembered of its headings: when it is written, they are read as they were checked.</summary>
    public IReadOnlyDictionary<string, RegisterField?>? Remembered { get; init; }

    /// <summary>The name of a row's sheet where the rows come from several; else null.</summary>
    public string? SheetOf(int row) =>
        Sheets.Count(static sheet => sheet.IsRead) > 1 && RegisterRow.SheetOf(row) is var at && at < Sheets.Count
            ? Sheets[at].Name
            : null;

    public static ImportPreview None { get; } = new([], []);
}

/// <summary>A column of the file.</summary>
/// <param name="Heading">As written.</param>
/// <param name="Field">Null when the column is not read.</param>
/// <param name="Reason">Why it is not, or why it is read otherwise than its heading says.</param>
public sealed record ImportColumn(string Heading, RegisterField? Field, ColumnReason? Reason = null);

/// <summary>What a person should know of many cells at once.</summary>
/// <param name="Kind">snake_case; its text is <c>import.warning.KIND</c>.</param>
/// <param name="Count">How many cells or rows.</param>
/// <param name="Row">The first row.</param>
/// <param name="Column">The heading there; empty where it is of no column.</param>
/// <param name="Value">What stands there, shortened.</param>
public sealed record ImportWarning(string Kind, int Count, int Row, string Column, string Value);

/// <summary>All faults of one kind in one column.</summary>
/// <param name="Kind">As in <see cref="ImportFault"/>.</param>
/// <param name="Field">The field of the column.</param>
/// <param name="Column">Its heading; empty where the file has none.</param>
/// <param name="Rows">How many rows have it.</param>
/// <param name="Values">How many different texts stand there.</param>
/// <param name="Names">The most frequent ones, where a person can say what they mean; else none.</param>
public sealed record ImportGroup(
    string Kind,
    RegisterField Field,
    string Column,
    int Rows,
    int Values,
    IReadOnlyList<ImportName> Names
);

/// <summary>A name that no list knows.</summary>
public sealed record ImportName(string Text, int Rows);

/// <summary>What a person said that a name of the file means.</summary>
/// <param name="Field">A field that holds names.</param>
/// <param name="Name">Folded; empty for all others of the field.</param>
/// <param name="Key">What a transaction stores; null: not what is remembered.</param>
public sealed record ImportChoice(RegisterField Field, string Name, string? Key);

/// <summary>A name that was read as a person said.</summary>
/// <param name="Text">As the file writes it.</param>
/// <param name="NameEn">Of what it means; null for a client that is to be created.</param>
/// <param name="NameAr">The same in Arabic.</param>
/// <param name="Rows">How many rows have it.</param>
/// <param name="IsRemembered">It was said at an earlier import.</param>
public sealed record ImportMeant(
    RegisterField Field,
    string Text,
    string? NameEn,
    string? NameAr,
    int Rows,
    bool IsRemembered
);

/// <summary>A row as the file has it.</summary>
public sealed record ImportLine(int Row, IReadOnlyList<string> Cells);

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

    public IReadOnlyList<ImportFault> ReadFaults() => ImportJson.Read<List<ImportFault>>(Faults);

    public IReadOnlyList<string> ReadCells() => ImportJson.Read<List<string>>(Cells);
}

/// <summary>A row whose transaction is here already.</summary>
public sealed class ImportMatch
{
    public int Id { get; set; }
    public int ImportRunId { get; set; }
    public int Row { get; set; }
    public int TransactionId { get; set; }
    public Transaction Transaction { get; set; } = null!;

    /// <summary>By what it was found.</summary>
    public MatchedBy By { get; set; }

    /// <summary>JSON of <see cref="FieldChange"/>s: what an update changes; clients, projects by name.</summary>
    public string Changes { get; set; } = "[]";

    /// <summary>JSON of <see cref="TransactionFields"/> before the update, to undo it; null without one.</summary>
    public string? Before { get; set; }

    /// <summary>The version that the update made: a later one is somebody else's.</summary>
    public int? Version { get; set; }

    public IReadOnlyList<FieldChange> ReadChanges() => ImportJson.Read<List<FieldChange>>(Changes);
}

/// <summary>How the transaction of a row was found.</summary>
public enum MatchedBy
{
    Number,

    /// <summary>The same client and reference.</summary>
    Reference,

    /// <summary>The same reference and title.</summary>
    Title,
}

/// <summary>What is wrong with one cell.</summary>
/// <param name="Column">The heading as written.</param>
/// <param name="Value">The cell, shortened.</param>
/// <param name="Kind">snake_case kind; its text is <c>import.fault.KIND</c>.</param>
public sealed record ImportFault(string Column, string Value, string Kind);

/// <summary>Words that queries on imports are made of.</summary>
public static class ImportQueries
{
    /// <summary>
    /// The import whose rejected rows a file brings again, by its <see cref="RejectedMark"/>; null when the person may
    /// not see it, when it is undone, or when the mark is another installation's.
    /// </summary>
    internal static async Task<ImportRun?> FormerOf(
        this AppDb db,
        string? mark,
        CurrentUser user,
        CancellationToken stop
    )
    {
        if (mark is null || RejectedMark.IdIn(mark) is not { } id)
            return null;
        var former = await db
            .Imports.AsNoTracking()
            .VisibleTo(user)
            .SingleOrDefaultAsync(i => i.Id == id && i.Status != ImportStatus.Undone, stop);
        return former is not null && RejectedMark.Of(id, former.CreatedAt) == mark ? former : null;
    }

    /// <summary>Those that a worker has or will have soon.</summary>
    public static IQueryable<ImportRun> Underway(this IQueryable<ImportRun> imports) =>
        imports.Where(i =>
            i.Status == ImportStatus.Queued || i.Status == ImportStatus.Checking || i.Status == ImportStatus.Running
        );

    /// <summary>Admins see all imports, editors their own.</summary>
    public static IQueryable<ImportRun> VisibleTo(this IQueryable<ImportRun> imports, CurrentUser user) =>
        user.Role switch
        {
            Role.Admin => imports,
            Role.Editor => imports.Where(i => i.CreatedById == user.Id),
            _ => imports.Where(i => false),
        };
}

/// <summary>JSON in columns: Arabic as it is, fields by name.</summary>
internal static class ImportJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options)!;
}

internal sealed class ImportRunConfiguration : IEntityTypeConfiguration<ImportRun>
{
    public void Configure(EntityTypeBuilder<ImportRun> t)
    {
        t.Property(x => x.FileName).HasMaxLength(ImportRun.FileNameMaxLength);
        t.Property(x => x.StoredName).HasMaxLength(80);
        t.Property(x => x.Status).HasConversion<string>().HasMaxLength(10);
        t.Property(x => x.Existing).HasConversion<string>().HasMaxLength(10).HasDefaultValue(ExistingRows.Skip);
        t.Property(x => x.Hash).HasMaxLength(64);
        t.HasIndex(x => x.Hash);
        t.Property(x => x.Failure).HasMaxLength(80);
        t.Property(x => x.Refusal).HasMaxLength(ImportRun.RefusalMaxLength);
        t.HasIndex(x => x.ContinuesId);
        t.Property(x => x.LeasedUntil).HasColumnName("LeaseUntil");
        t.Property(x => x.LeaseOwner).HasMaxLength(60);
        t.HasIndex(x => new { x.CreatedById, x.Id });
        t.HasIndex(x => x.Status);
        t.HasOne(x => x.CreatedBy).WithMany().HasForeignKey(x => x.CreatedById).OnDelete(DeleteBehavior.Restrict);
        t.HasMany(x => x.Rejects).WithOne().HasForeignKey(x => x.ImportRunId);
    }
}

internal sealed class ImportRejectConfiguration : IEntityTypeConfiguration<ImportReject>
{
    public void Configure(EntityTypeBuilder<ImportReject> t) =>
        t.HasIndex(x => new { x.ImportRunId, x.Row }).IsUnique();
}

internal sealed class ImportMatchConfiguration : IEntityTypeConfiguration<ImportMatch>
{
    public void Configure(EntityTypeBuilder<ImportMatch> t)
    {
        t.Property(x => x.By).HasConversion<string>().HasMaxLength(10);
        t.HasIndex(x => new { x.ImportRunId, x.Row }).IsUnique();
        t.HasIndex(x => x.TransactionId);
        t.HasOne<ImportRun>().WithMany().HasForeignKey(x => x.ImportRunId).OnDelete(DeleteBehavior.Cascade);
        t.HasOne(x => x.Transaction).WithMany().HasForeignKey(x => x.TransactionId).OnDelete(DeleteBehavior.Cascade);
    }
}
