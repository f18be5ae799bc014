using MdcTts.Features;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Projects;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using Microsoft.AspNetCore.Identity;

namespace MdcTts.Benchmarks;

/// <summary>
/// A firm of two years: 6 staff, 40 clients, and as many transactions as asked for, told by the app's own verbs. The
/// same rows at every run.
/// </summary>
internal static class Seed
{
    public const string Password = "correct-horse-battery";
    public const string Admin = "admin@mdc.example";
    public const string Editor = "editor1@mdc.example";
    public const string Token = "mdc_benchmark_token_that_opens_nothing_else";
    private const int Clients = 40;
    private const int Batch = 2_000;

    /// <summary>Each in one transaction of 2,000.</summary>
    public static readonly (string En, string Ar) Rare = ("fountain", "نافورة");

    /// <summary>In about one transaction of eight.</summary>
    public static readonly (string En, string Ar) Common = ("drawings", "مخططات");

    private static readonly (string En, string Ar)[] Works =
    [
        ("Architectural drawings", "مخططات معمارية"),
        ("Building permit application", "طلب رخصة بناء"),
        ("Facade material samples", "عينات مواد الواجهات"),
        ("Structural calculation notes", "المذكرة الحسابية الإنشائية"),
        ("Shop drawings", "مخططات تنفيذية"),
        ("Traffic impact study", "دراسة الأثر المروري"),
        ("Interim payment certificate", "مستخلص جارٍ"),
        ("Irrigation network design", "تصميم شبكة الري"),
    ];

    private static readonly (string En, string Ar)[] Descriptions =
    [
        (
            "As agreed in the coordination meeting; three sets in PDF and DWG.",
            "وفق ما تم الاتفاق عليه في اجتماع التنسيق، من ثلاث نسخ."
        ),
        (
            "Please review against the employer's requirements and the Saudi Building Code.",
            "نأمل المراجعة وفق متطلبات الجهة المالكة وكود البناء السعودي."
        ),
        (
            "Second submission after the comments of the first; the list of answers is attached.",
            "التقديم الثاني بعد ملاحظات التقديم الأول، ومرفق جدول الردود."
        ),
    ];

    private static readonly string[] Types =
    [
        "document_review",
        "approval_request",
        "revision_request",
        "submission",
        "information_request",
        "payment",
    ];
    private static readonly string[] Categories =
    [
        "architecture",
        "engineering",
        "construction",
        "planning",
        "landscape",
    ];

    private static readonly WorkflowMap Workflow = new(DefaultWorkflow.Statuses, DefaultWorkflow.Moves);

    // The ways that transactions have come: half of them to the end, the others stand somewhere.
    private static readonly string[][] Ways =
    [
        .. Enumerable.Repeat<string[]>(["submitted", "under_review", "approved", "in_progress", "completed"], 7),
        ["submitted", "under_review", "approved", "in_progress", "payment_pending", "paid", "completed"],
        [],
        ["submitted"],
        ["submitted"],
        ["submitted", "under_review"],
        ["submitted", "under_review"],
        ["submitted", "under_review", "approved"],
        ["submitted", "under_review", "approved", "in_progress"],
        ["submitted", "under_review", "approved", "in_progress"],
        ["submitted", "under_review", "approved", "in_progress", "payment_pending"],
        ["submitted", "under_review", "approved", "in_progress", "on_hold"],
        ["submitted", "under_review", "approved", "in_progress", "payment_pending", "paid"],
        ["submitted", "cancelled"],
    ];

    public static async Task Fill(Database database, int rows)
    {
        var now = TimeProvider.System.Instant();
        var since = now.AddYears(-2);
        var (staff, clients, projects) = await database.With(db => AddPeople(db, since, now));
        var index = database.IsPostgres
            ? await database.Row(
                """
                SELECT indexdef, indexname FROM pg_indexes
                WHERE tablename = 'Transactions' AND indexdef LIKE '%USING gin%'
                """
            )
            : [];
        // Built once at the end it takes a fraction of the time.
        if (index is [_, string name])
            await database.Row($"DROP INDEX \"{name}\"");

        var random = new Random(20261122);
        var step = (now.AddMinutes(-1) - since) / rows;
        for (var from = 0; from < rows; from += Batch)
        {
            var births = Enumerable
                .Range(from, Math.Min(Batch, rows - from))
                .Select(i => (Index: i, At: Cut(since + step * i)))
                .GroupBy(b => Clock.RiyadhDate(b.At).Year)
                .ToList();
            await database.With(async db =>
            {
                db.ChangeTracker.AutoDetectChangesEnabled = false;
                await using var write = await db.BeginWrite(default);
                foreach (var year in births)
                {
                    var number = await NumberCounter.Take(db, "TRX", year.Key, year.Count(), default);
                    db.AddRange(
                        year.Select(b =>
                            Live(
                                b.Index,
                                TransactionNumber.Of(year.Key, number++),
                                b.At,
                                now,
                                staff,
                                clients,
                                projects,
                                random
                            )
                        )
                    );
                }

                await db.SaveChangesAsync();
                await write.Commit(default);
                return true;
            });
        }

        if (index is [string definition, _])
            await database.Row(definition);
        await database.Row(database.IsPostgres ? "VACUUM ANALYZE" : "ANALYZE");
        if (!database.IsPostgres)
            await database.Row("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static async Task<(List<User> Staff, List<Client> Clients, List<Project> Projects)> AddPeople(
        AppDb db,
        DateTime since,
        DateTime now
    )
    {
        var hash = new PasswordHasher<User>().HashPassword(new User(), Password);
        User Person(string email, string name, Role role) =>
            new()
            {
                UserName = email,
                NormalizedUserName = email.ToUpperInvariant(),
                Email = email,
                NormalizedEmail = email.ToUpperInvariant(),
                EmailConfirmed = true,
                FullName = name,
                Role = role,
                Status = UserStatus.Active,
                PasswordHash = hash,
                SecurityStamp = Guid.NewGuid().ToString("N"),
                LockoutEnabled = true,
                CreatedAt = since,
            };

        List<User> staff =
        [
            Person(Admin, "Nasser Alqahtani", Role.Admin),
            .. Enumerable.Range(1, 5).Select(i => Person($"editor{i}@mdc.example", $"Editor Number{i}", Role.Editor)),
        ];
        var clients = Enumerable
            .Range(1, Clients)
            .Select(i => (En: $"Municipality of Region {i}", Ar: $"أمانة المنطقة {i}"))
            .Select(n => new Client
            {
                NameEn = n.En,
                NameAr = n.Ar,
                CreatedAt = since,
            })
            .ToList();
        var projects = clients
            .Select(
                (c, i) =>
                    new Project
                    {
                        Code = ProjectCode.Of(since.Year, i + 1),
                        NameEn = $"Public park {i + 1}",
                        NameAr = $"الحديقة العامة {i + 1}",
                        Client = c,
                        CreatedAt = since,
                    }
            )
            .ToList();
        db.AddRange(staff);
        db.AddRange(projects);
        await db.SaveChangesAsync();
        db.AccessTokens.Add(
            new AccessToken
            {
                UserId = staff[0].Id,
                Kind = TokenKind.Personal,
                Name = "benchmark",
                Hash = Sessions.HashOf(Token),
                Scopes = "read write admin",
                CreatedAt = now,
                ExpiresAt = now.AddDays(30),
                Stamp = staff[0].SecurityStamp!,
            }
        );
        await db.SaveChangesAsync();
        return (staff, clients, projects);
    }

    private static Transaction Live(
        int i,
        string number,
        DateTime at,
        DateTime now,
        List<User> staff,
        List<Client> clients,
        List<Project> projects,
        Random random
    )
    {
        var isArabic = i % 2 == 1;
        string In((string En, string Ar) text) => isArabic ? text.Ar : text.En;
        var client = clients[random.Next(clients.Count)];
        var creator = staff[1 + random.Next(5)].Id;
        int? assignee = random.Next(10) == 0 ? null : staff[1 + random.Next(5)].Id;
        var holder = random.Next(6) switch
        {
            0 => HolderKind.Client,
            1 => HolderKind.Authority,
            _ => HolderKind.Us,
        };
        var fields = new TransactionFields
        {
            Title = $"{In(Works[random.Next(Works.Length)])} {i}{(i % 2_000 < 2 ? " " + In(Rare) : "")}",
            Description = In(Descriptions[random.Next(Descriptions.Length)]),
            ReferenceNumber = $"RRM-{random.Next(1000, 9999)}/{i % 97}",
            Type = Types[random.Next(Types.Length)],
            Category = Categories[random.Next(Categories.Length)],
            Priority = (Priority)random.Next(4),
            AmountMinor = random.Next(1, 50_000) * 10_000L,
            ClientId = client.Id,
            ProjectId = random.Next(2) == 0 ? projects[clients.IndexOf(client)].Id : null,
            DueDate = Clock.RiyadhDate(at).AddDays(random.Next(10, 60)),
            HolderKind = holder,
            HolderName = holder == HolderKind.Authority ? "Balady" : null,
            Tags = random.Next(4) == 0 ? ["facade"] : [],
            AuthorityReferences = random.Next(10) == 0 ? [new("Balady", $"B-{i}", null)] : [],
        };
        var transaction = new Transaction(number, fields, Workflow.Initial, creator, assignee, at);
        foreach (var to in Ways[random.Next(Ways.Length)])
        {
            at = Cut(at.AddHours(random.Next(4, 96)));
            if (at >= now)
                break;
            transaction.Move(
                Workflow[to],
                isArabic ? "تم الاستلام والقيد." : "Received and registered.",
                NoteVisibility.Public,
                staff[to == "approved" ? 0 : 1].Acting(),
                at
            );
        }

        transaction.RefreshSearchText(client);
        return transaction;
    }

    private static DateTime Cut(DateTime at) =>
        new(at.Ticks - at.Ticks % TimeSpan.TicksPerMillisecond, DateTimeKind.Utc);
}
