using MdcTts.Features.Accounts;
using MdcTts.Features.Audit;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Outbox;
using MdcTts.Features.Projects;
using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Features.Transactions.Editing;
using MdcTts.Features.Transactions.Imports;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Idempotency;
using MdcTts.Infrastructure.Jobs;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Database;

/// <summary>
/// The database, whichever engine it is. Handlers take this; reads project with <c>Select</c>, writes load, call a verb and save once.
/// </summary>
/// <remarks>Money is <c>long</c> minor units, instants are UTC <see cref="DateTime"/> cut to milliseconds: both engines order and compare these.</remarks>
public abstract class AppDb(DbContextOptions options)
    : IdentityUserContext<User, int>(options),
        IDataProtectionKeyContext
{
    private bool _inWrite;

    /// <summary>What must be written together with whatever this request writes: it runs before each commit, inside its transaction.</summary>
    internal Func<CancellationToken, Task>? BeforeCommit { get; set; }

    public DbSet<Transaction> Transactions => Set<Transaction>();
    public DbSet<TransactionTag> TransactionTags => Set<TransactionTag>();
    public DbSet<HistoryEntry> History => Set<HistoryEntry>();
    public DbSet<NumberCounter> NumberCounters => Set<NumberCounter>();
    public DbSet<Client> Clients => Set<Client>();
    public DbSet<Project> Projects => Set<Project>();
    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();
    public DbSet<WorkflowStatus> WorkflowStatuses => Set<WorkflowStatus>();
    public DbSet<WorkflowMove> WorkflowMoves => Set<WorkflowMove>();
    public DbSet<ListItem> ListItems => Set<ListItem>();
    public DbSet<Holiday> Holidays => Set<Holiday>();
    public DbSet<AuditEntry> Audit => Set<AuditEntry>();
    public DbSet<AuditSeal> AuditSeals => Set<AuditSeal>();
    public DbSet<AuditPending> AuditPending => Set<AuditPending>();
    public DbSet<AuditErasure> AuditErasures => Set<AuditErasure>();
    public DbSet<UserSession> Sessions => Set<UserSession>();
    public DbSet<AccountLink> AccountLinks => Set<AccountLink>();
    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();
    public DbSet<SignInFailure> SignInFailures => Set<SignInFailure>();
    public DbSet<Setting> Settings => Set<Setting>();
    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();
    public DbSet<ImportRun> Imports => Set<ImportRun>();
    public DbSet<ImportReject> ImportRejects => Set<ImportReject>();
    public DbSet<FormDraft> FormDrafts => Set<FormDraft>();
    public DbSet<JobRun> JobRuns => Set<JobRun>();
    public DbSet<IdempotencyRecord> IdempotencyKeys => Set<IdempotencyRecord>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>The engine, where a statement must differ.</summary>
    public abstract bool IsSqlite { get; }

    /// <summary>
    /// A value that changes whenever the committed data may have changed: equal marks mean equal answers, in every replica.
    /// </summary>
    public abstract Task<string> DataMark(CancellationToken stop);

    /// <summary>
    /// The data mark as part of a query: on PostgreSQL the statement answers it, which spares a round trip; on SQLite it is empty, for <see cref="DataMark"/> costs nothing there.
    /// </summary>
    public static string MarkInQuery() => "";

    /// <summary>Starts the one transaction of a use case. On SQLite it first waits for the turn to write.</summary>
    public async Task<WriteScope> BeginWrite(CancellationToken stop)
    {
        var turn = await TakeTurn(stop);
        try
        {
            // A use case that failed is over: a savepoint to go on from would be two round trips for nothing.
            Database.AutoSavepointsEnabled = false;
            var transaction = await Database.BeginTransactionAsync(stop);
            _inWrite = true;
            return new(this, transaction, turn);
        }
        catch
        {
            turn?.Dispose();
            throw;
        }
    }

    /// <summary>Only DataProtection's key store saves synchronously, about once in 90 days.</summary>
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        using var turn = _inWrite ? null : TakeTurn(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public override async Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        if (BeforeCommit is not null && !_inWrite)
        {
            await using var write = await BeginWrite(cancellationToken);
            var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
            await write.Commit(cancellationToken);
            return saved;
        }

        using var turn = _inWrite ? null : await TakeTurn(cancellationToken);
        return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    internal void Left() => _inWrite = false;

    /// <summary>Waits for the turn to write where only one writer may be; null where the engine takes care itself.</summary>
    protected abstract ValueTask<IDisposable?> TakeTurn(CancellationToken stop);

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        builder.ApplyConfigurationsFromAssembly(typeof(AppDb).Assembly);
    }
}
