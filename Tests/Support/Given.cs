using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Projects;
using MdcTts.Features.Settings;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Security;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Support;

/// <summary>
/// What is there before a test begins. Written straight through the entities, with sensible defaults for all that the
/// test does not care about.
/// </summary>
public sealed class Given(App app)
{
    /// <summary>The workflow that every test begins with.</summary>
    public static WorkflowMap Workflow { get; } = new(DefaultWorkflow.Statuses, DefaultWorkflow.Moves);

    /// <summary>
    /// A transaction of the municipality, made by and assigned to Sara, in the given status, at the present of the
    /// clock.
    /// </summary>
    public async Task<Transaction> Transaction(
        string title = "Facade approval",
        string? status = null,
        string? reference = null,
        Organisation? client = null,
        Person? by = null,
        Person? assignee = null,
        bool unassigned = false,
        DateOnly? due = null,
        Priority priority = Priority.Normal,
        string type = "approval_request",
        string? category = null,
        string? description = null,
        string? notes = null,
        long? amount = null,
        HolderKind holder = HolderKind.Us,
        string? holderName = null,
        string? department = null,
        int? projectId = null,
        string? note = null,
        string[]? tags = null,
        AuthorityNumber[]? authorities = null,
        bool deleted = false
    ) =>
        (
            await Transactions(
                1,
                _ => title,
                status,
                reference,
                client,
                by,
                assignee,
                unassigned,
                due,
                priority,
                type,
                category,
                description,
                notes,
                amount,
                holder,
                holderName,
                department,
                projectId,
                note,
                tags,
                authorities,
                deleted
            )
        )[0];

    /// <summary>Several alike.</summary>
    public Task<IReadOnlyList<Transaction>> Transactions(
        int count,
        Func<int, string>? title = null,
        string? status = null,
        string? reference = null,
        Organisation? client = null,
        Person? by = null,
        Person? assignee = null,
        bool unassigned = false,
        DateOnly? due = null,
        Priority priority = Priority.Normal,
        string type = "approval_request",
        string? category = null,
        string? description = null,
        string? notes = null,
        long? amount = null,
        HolderKind holder = HolderKind.Us,
        string? holderName = null,
        string? department = null,
        int? projectId = null,
        string? note = null,
        string[]? tags = null,
        AuthorityNumber[]? authorities = null,
        bool deleted = false
    ) =>
        app.Db<IReadOnlyList<Transaction>>(async db =>
        {
            var organisation = await db.Clients.SingleAsync(c => c.Id == (client ?? Cast.Municipality).Id);
            var author = by ?? Cast.Sara;
            var path = PathTo(status ?? "draft");
            var made = new List<Transaction>();
            await using var write = await db.BeginWrite(CancellationToken.None);
            var first = await NumberCounter.Take(db, "TRX", app.Today.Year, count, CancellationToken.None);
            for (var i = 0; i < count; i++)
            {
                var fields = new TransactionFields
                {
                    Title = title?.Invoke(i) ?? $"Transaction {i + 1}",
                    ReferenceNumber = reference ?? $"RRM-{1000 + first + i}",
                    ClientId = organisation.Id,
                    Type = type,
                    Category = category,
                    Priority = priority,
                    Description = description,
                    InternalNotes = notes,
                    AmountMinor = amount,
                    DueDate = due,
                    HolderKind = holder,
                    HolderName = holderName,
                    Department = department,
                    ProjectId = projectId,
                    Tags = tags ?? [],
                    AuthorityReferences = authorities ?? [],
                };
                var t = new Transaction(
                    TransactionNumber.Of(app.Today.Year, first + i),
                    fields,
                    Workflow.Initial,
                    author.Id,
                    unassigned ? null : (assignee ?? author).Id,
                    app.Now
                );
                foreach (var step in path)
                    t.Move(
                        Workflow[step],
                        step == status ? note : null,
                        NoteVisibility.Public,
                        author.Acting(),
                        app.Now
                    );
                if (deleted)
                    t.Delete("Given as deleted", Cast.Nasser.Acting(), app.Now);
                t.RefreshSearchText(organisation);
                made.Add(t);
            }

            db.AddRange(made);
            await db.SaveChangesAsync();
            await write.Commit(CancellationToken.None);
            return made;
        });

    /// <summary>An organisation; its people come from <see cref="User"/>.</summary>
    public Task<Organisation> Client(string? nameEn = "Olayan Group", string? nameAr = null, bool active = true) =>
        app.Db(async db =>
        {
            var client = new Client
            {
                NameEn = nameEn,
                NameAr = nameAr,
                IsActive = active,
                CreatedAt = app.Now,
            };
            db.Add(client);
            await db.SaveChangesAsync();
            return new Organisation(client.Id, nameEn ?? "", nameAr ?? "");
        });

    /// <summary>A project of the municipality.</summary>
    public Task<Project> Project(
        string nameEn = "King Salman Park",
        string? nameAr = "حديقة الملك سلمان",
        Organisation? client = null,
        bool active = true
    ) =>
        app.Db(async db =>
        {
            await using var write = await db.BeginWrite(CancellationToken.None);
            var number = await NumberCounter.Take(db, "PRJ", app.Today.Year, 1, CancellationToken.None);
            var project = new Project
            {
                Code = ProjectCode.Of(app.Today.Year, number),
                NameEn = nameEn,
                NameAr = nameAr,
                ClientId = (client ?? Cast.Municipality).Id,
                IsActive = active,
                CreatedAt = app.Now,
            };
            db.Add(project);
            await db.SaveChangesAsync();
            await write.Commit(CancellationToken.None);
            return project;
        });

    /// <summary>A person besides the cast; the password is <see cref="Cast.Password"/>.</summary>
    public Task<Person> User(
        string name = "Reem Alotaibi",
        string? email = null,
        Role role = Role.Editor,
        Organisation? client = null,
        UserStatus status = UserStatus.Active
    ) =>
        app.Db(async db =>
        {
            email ??= $"{Guid.NewGuid():N}@mdc.example";
            var hash = new Microsoft.AspNetCore.Identity.PasswordHasher<User>(App.CheapHashing).HashPassword(
                new User(),
                Cast.Password
            );
            var user = Cast.NewUser(
                name,
                email,
                role,
                role == Role.Client ? (client ?? Cast.Municipality).Id : null,
                hash,
                status
            );
            db.Add(user);
            await db.SaveChangesAsync();
            return new Person(user.Id, name, email, role, user.ClientId);
        });

    /// <summary>Changes settings of the firm, as an admin's page would.</summary>
    public Task Settings(params (string Key, string Value)[] settings) =>
        app.Db(async db =>
        {
            foreach (var (key, value) in settings.Append((Key: Setting.Version, Value: Guid.NewGuid().ToString())))
            {
                if (await db.Settings.FindAsync(key) is { } row)
                    row.Value = value;
                else
                    db.Settings.Add(new() { Key = key, Value = value });
            }

            return await db.SaveChangesAsync();
        });

    /// <summary>Loads a transaction as it is now, with its history.</summary>
    public Task<Transaction> Reload(string number) =>
        app.Db(db =>
            db.Transactions.Include(t => t.History)
                .Include(t => t.Tags)
                .Include(t => t.AuthorityReferences)
                .Include(t => t.Client)
                .AsSplitQuery()
                .SingleAsync(t => t.Number == number)
        );

    // The shortest way there through the default workflow.
    private static List<string> PathTo(string status)
    {
        var queue = new Queue<List<string>>([
            [],
        ]);
        while (queue.TryDequeue(out var path))
        {
            var at = path.Count == 0 ? "draft" : path[^1];
            if (at == status)
                return path;
            foreach (
                var move in DefaultWorkflow.Moves.Where(m => m.From == at && !path.Contains(m.To) && m.To != "draft")
            )
                queue.Enqueue([.. path, move.To]);
        }

        throw new ArgumentException($"No way to the status {status}.", nameof(status));
    }
}
