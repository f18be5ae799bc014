using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Files;
using MdcTts.Features.Outbox;
using MdcTts.Features.Projects;
using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Features.Transactions.Editing;
using MdcTts.Features.Transactions.Imports;
using MdcTts.Features.Transactions.Work;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Idempotency;
using MdcTts.Infrastructure.Jobs;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features;

/// <summary>
/// The database, whichever engine it is. Handlers take this; reads project with <c>Select</c>, writes load, call a verb
/// and save once.
/// </summary>
/// <remarks>
/// Every feature knows it, and it knows every entity. What a feature may use is decided by the entity of a set, not by
/// this class. Money is <c>long</c> minor units, instants are UTC <see cref="DateTime"/> cut to milliseconds: both
/// engines order and compare these.
/// </remarks>
public abstract class AppDb(DbContextOptions options, Engine engine) : EngineDb(options, engine)
{
    /// <summary>The act on many transactions that goes on: each of their events says so. Null outside of one.</summary>
    public string? Batch { get; private set; }

    /// <summary>Does one act on many transactions, each by itself; it can be undone as one.</summary>
    /// <param name="batch">Names the act.</param>
    /// <param name="all">Each is changed with nothing tracked of the one before.</param>
    /// <returns>What became of each.</returns>
    public async Task<List<TResult>> InBatch<T, TResult>(
        string batch,
        IEnumerable<T> all,
        Func<T, Task<TResult>> change
    )
    {
        var results = new List<TResult>();
        Batch = batch;
        try
        {
            foreach (var one in all)
            {
                ChangeTracker.Clear();
                results.Add(await change(one));
            }
        }
        finally
        {
            // Contexts are used again.
            Batch = null;
        }

        return results;
    }

    public DbSet<Transaction> Transactions => Set<Transaction>();
    public DbSet<TransactionTag> TransactionTags => Set<TransactionTag>();
    public DbSet<CountedChange> TransactionChanges => Set<CountedChange>();
    public DbSet<WorkSnooze> WorkSnoozes => Set<WorkSnooze>();
    public DbSet<HistoryEntry> History => Set<HistoryEntry>();
    public DbSet<Client> Clients => Set<Client>();
    public DbSet<ClientContact> ClientContacts => Set<ClientContact>();
    public DbSet<Project> Projects => Set<Project>();
    public DbSet<User> Users => Set<User>();
    public DbSet<IdentityUserClaim<int>> UserClaims => Set<IdentityUserClaim<int>>();
    public DbSet<IdentityUserLogin<int>> UserLogins => Set<IdentityUserLogin<int>>();
    public DbSet<IdentityUserToken<int>> UserTokens => Set<IdentityUserToken<int>>();
    public DbSet<IdentityUserPasskey<int>> UserPasskeys => Set<IdentityUserPasskey<int>>();
    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();
    public DbSet<UserSession> Sessions => Set<UserSession>();
    public DbSet<AccountLink> AccountLinks => Set<AccountLink>();
    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();
    public DbSet<SignInFailure> SignInFailures => Set<SignInFailure>();
    public DbSet<WorkflowStatus> WorkflowStatuses => Set<WorkflowStatus>();
    public DbSet<WorkflowMove> WorkflowMoves => Set<WorkflowMove>();
    public DbSet<ListItem> ListItems => Set<ListItem>();
    public DbSet<Holiday> Holidays => Set<Holiday>();
    public DbSet<AuditEntry> Audit => Set<AuditEntry>();
    public DbSet<AuditSeal> AuditSeals => Set<AuditSeal>();
    public DbSet<AuditPending> AuditPending => Set<AuditPending>();
    public DbSet<AuditErasure> AuditErasures => Set<AuditErasure>();
    public DbSet<Setting> Settings => Set<Setting>();
    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();
    public DbSet<Attachment> Attachments => Set<Attachment>();
    public DbSet<FileContent> FileContents => Set<FileContent>();
    public DbSet<ImportRun> Imports => Set<ImportRun>();
    public DbSet<ImportReject> ImportRejects => Set<ImportReject>();
    public DbSet<ImportMatch> ImportMatches => Set<ImportMatch>();
    public DbSet<ImportHeading> ImportHeadings => Set<ImportHeading>();
    public DbSet<ImportSynonym> ImportSynonyms => Set<ImportSynonym>();
    public DbSet<ImportClient> ImportClients => Set<ImportClient>();
    public DbSet<FormDraft> FormDrafts => Set<FormDraft>();
    public DbSet<JobRun> JobRuns => Set<JobRun>();
    public DbSet<IdempotencyRecord> IdempotencyKeys => Set<IdempotencyRecord>();
}

public static class AppDbRegistration
{
    /// <summary>The database of the app, on the engine that the settings choose.</summary>
    public static void AddAppDb(this IServiceCollection services, AppSettings settings)
    {
        services.AddAuditSigning(settings);
        services.AddDatabase<AppDb, SqliteAppDb, PostgresAppDb>(settings);
    }
}
