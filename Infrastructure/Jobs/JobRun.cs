using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Infrastructure.Jobs;

/// <summary>How a run ended.</summary>
public enum JobOutcome
{
    Succeeded,
    Failed,

    /// <summary>Not run: the job was new to this ledger, and its last time was before that.</summary>
    Skipped,
}

/// <summary>One time of one job: there is one row for it, whatever the number of processes, and one outcome.</summary>
public sealed class JobRun : ILeased
{
    public const int ErrorMaxLength = 500;

    /// <summary>A run whose process ends each time is given up after so many attempts.</summary>
    public const int AttemptsMax = 5;

    public long Id { get; set; }
    public string Job { get; set; } = "";

    /// <summary>When it was to run; for a run that somebody asked for, when they did.</summary>
    public DateTime Slot { get; set; }
    public DateTime? StartedAt { get; set; }
    public DateTime? FinishedAt { get; set; }
    public JobOutcome? Outcome { get; set; }
    public string? Error { get; set; }

    /// <summary>The process that has or had it.</summary>
    public string? Who { get; set; }

    /// <summary>Also the number of attempts: each begins with a claim.</summary>
    public int Lease { get; set; }
    public DateTime? LeasedUntil { get; set; }

    public bool IsFree(DateTime now) => FinishedAt is null && (LeasedUntil is null || LeasedUntil <= now);
}

internal sealed class JobRunConfiguration : IEntityTypeConfiguration<JobRun>
{
    public void Configure(EntityTypeBuilder<JobRun> t)
    {
        t.ToTable("JobRuns");
        t.Property(x => x.Job).HasMaxLength(60);
        t.Property(x => x.Outcome).HasConversion<string>().HasMaxLength(10);
        t.Property(x => x.Error).HasMaxLength(JobRun.ErrorMaxLength);
        t.Property(x => x.Who).HasMaxLength(100);
        t.HasIndex(x => new { x.Job, x.Slot }).IsUnique();
        t.HasIndex(x => x.FinishedAt);
    }
}
