using System.Globalization;
using MdcTts.Features.Accounts;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Clients;
using MdcTts.Features.Projects;
using MdcTts.Features.Transactions;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Demo;

/// <summary>
/// Plays the demonstration's transactions day by day: each is created, moved, commented, edited and handed over in
/// working hours until it ends or the story reaches today. The same seed and the same day make the same story.
/// </summary>
internal sealed class DemoStory(
    DateTime now,
    CatalogueEntries catalogue,
    IReadOnlyList<User> staff,
    IReadOnlyList<Client> clients,
    IReadOnlyList<Project> projects
)
{
    private const int Seed = 1447;
    private const int Months = 10;
    private const int OpensAt = 8 * 60;
    private const int ClosesAt = 17 * 60;

    private readonly Random _random = new(Seed);
    private readonly DateOnly _today = Clock.RiyadhDate(now);
    private readonly User[] _admins = [.. staff.Where(u => u.Role == Role.Admin)];
    private readonly User[] _editors = [.. staff.Where(u => u.Role == Role.Editor)];

    /// <summary>When each transaction is created, the earliest first. There are a few more in recent months.</summary>
    public IReadOnlyList<DateTime> CreationTimes(int count)
    {
        var first = _today.AddMonths(-Months);
        var days = _today.DayNumber - first.DayNumber;
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ => AtWork(first.AddDays((int)(days * Math.Pow(_random.NextDouble(), 0.8) + 0.5))))
                .Select(at => at <= now ? at : AtWork(LastWorkingDay()))
                .Order(),
        ];
    }

    /// <summary>One transaction and all that happened to it until now.</summary>
    public Transaction Live(string number, DateTime at)
    {
        var arabic = Chance(50);
        var work = Pick(DemoWords.Works);
        var clientAt = Weighted(45, 30, 25);
        var client = clients[clientAt];
        var project = Chance(85) ? Pick([.. projects.Where(p => p.Client == client)]) : null;
        var pace = 0.6 + _random.NextDouble();
        var creator = Chance(8) ? Pick(_admins) : Pick(_editors);
        var assignee =
            Chance(7) ? null
            : creator.Role == Role.Editor && Chance(70) ? creator
            : Pick(_editors);
        var place =
            project is null ? (arabic ? client.NameAr : client.NameEn)
            : arabic ? project.NameAr
            : project.NameEn;
        var fields = new TransactionFields
        {
            ReferenceNumber = Chance(4) ? null : Reference(clientAt),
            Title =
                $"{(arabic ? work.Ar : work.En)}{(arabic ? "، " : ", ")}{Pick(DemoWords.Parts).In(arabic)} – {place}",
            Description = Chance(80) ? Pick(DemoWords.Descriptions).In(arabic) : null,
            Type = work.Type,
            Category = work.Category,
            Department = work.Department,
            Priority = (Priority)Weighted(15, 55, 22, 8),
            ClientId = client.Id,
            ProjectId = project?.Id,
            AmountMinor = work.Type == "payment" || Chance(45) ? _random.Next(10, 1700) * 50_000L : null,
            DueDate = Chance(8)
                ? null
                : WorkingDay(Clock.RiyadhDate(at).AddDays((int)((48 + _random.Next(50)) * pace))),
            InternalNotes = Chance(20)
                ? Pick(DemoWords.Comments.Where(c => !c.En.Contains('@')).ToList()).In(arabic)
                : null,
            Tags =
            [
                .. Enumerable.Range(0, Weighted(55, 30, 15)).Select(_ => Pick(DemoWords.Tags).In(arabic)).Distinct(),
            ],
        };

        var life = new Life(
            new Transaction(number, fields, catalogue.Workflow.Initial, creator.Id, assignee?.Id, at),
            at,
            arabic,
            pace,
            creator,
            assignee
        );
        while (Step(life)) { }

        if (!life.Transaction.IsOver() && Chance(25))
            PromiseSoon(life);
        life.Transaction.RefreshSearchText(client);
        return life.Transaction;
    }

    /// <summary>Plays the next step; false at the end of the transaction, or when today is reached.</summary>
    private bool Step(Life life)
    {
        var t = life.Transaction;
        var (to, days) = t.Status switch
        {
            "draft" => (Chance(2) ? "cancelled" : "submitted", 1),
            "submitted" => (Chance(5) ? "draft" : "under_review", 3),
            "under_review" => (
                Chance(8) ? "submitted"
                : Chance(3) ? "cancelled"
                : "approved",
                8
            ),
            "approved" => ("in_progress", 3),
            "in_progress" => (
                Chance(5) ? "on_hold"
                : Chance(3) ? "cancelled"
                : t.Type == "payment" || t.AmountMinor is not null ? "payment_pending"
                : "completed",
                14
            ),
            "payment_pending" => (Chance(5) ? "on_hold" : "paid", 9),
            "paid" => ("completed", 2),
            "on_hold" => (t.Type == "payment" ? "payment_pending" : "in_progress", 25),
            _ => ("", 0),
        };
        if (to.Length == 0 || (t.Status == "draft" && t.CreatedAt > now.AddDays(-60) && Chance(18)))
            return false;

        if (!WorkOn(life, days))
            return false;
        if (!Wait(life, days))
            return false;
        Move(life, to);
        return true;
    }

    // What happens while a status lasts: a comment, an edit, a hand-over.
    private bool WorkOn(Life life, int days)
    {
        var t = life.Transaction;
        if (t.Status != "draft" && life.Assignee is null && Chance(80))
        {
            if (!Wait(life, 1))
                return false;
            GiveTo(life, Pick(_editors), reason: null, Pick(_admins));
        }

        if (days >= 3 && Chance(45))
        {
            if (!Wait(life, days / 2))
                return false;
            var by = Chance(70) ? Mover(life, Role.Editor) : Pick(_admins);
            var other = Pick([.. staff.Where(u => u != by)]);
            t.Comment(
                string.Format(
                    CultureInfo.InvariantCulture,
                    Pick(DemoWords.Comments).In(life.Arabic),
                    other.Email!.Split('@')[0]
                ),
                mentioned: [],
                by.Acting(),
                life.At
            );
        }

        if (t.Status is "under_review" or "in_progress" && t.HolderKind == HolderKind.Us && Chance(30))
        {
            if (!Wait(life, 1))
                return false;
            HandTo(life, Chance(65) ? HolderKind.Authority : HolderKind.Client);
        }

        if (days >= 3 && Chance(14))
        {
            if (!Wait(life, days / 2))
                return false;
            var fields = TransactionFields.Of(t);
            t.Edit(
                Weighted(40, 30, 30) switch
                {
                    0 => fields with
                    {
                        DueDate = fields.DueDate is { } due ? WorkingDay(due.AddDays(7 + _random.Next(14))) : null,
                    },
                    1 => fields with
                    {
                        Priority = fields.Priority == Priority.Urgent ? Priority.High : fields.Priority + 1,
                    },
                    _ => fields with { AmountMinor = fields.AmountMinor + _random.Next(1, 40) * 50_000L },
                },
                Mover(life, Role.Editor).Acting(),
                life.At
            );
        }

        if (life.Assignee is not null && days >= 8 && Chance(8))
        {
            if (!Wait(life, 1))
                return false;
            GiveTo(
                life,
                Pick([.. _editors.Where(e => e != life.Assignee)]),
                Pick(DemoWords.HandOvers).In(life.Arabic),
                Chance(50) ? Pick(_admins) : life.Assignee
            );
        }

        return true;
    }

    // Makes something due today and this week, whenever the demonstration is started.
    private void PromiseSoon(Life life)
    {
        var at = AtWork(_today.AddDays(-_random.Next(1, 6)));
        var fields = TransactionFields.Of(life.Transaction) with
        {
            DueDate = WorkingDay(_today.AddDays(_random.Next(0, 7))),
        };
        if (at > life.At && at <= now)
            life.Transaction.Edit(fields, Mover(life, Role.Editor).Acting(), at);
    }

    private void Move(Life life, string to)
    {
        var t = life.Transaction;
        var workflow = catalogue.Workflow;
        var move = workflow.Find(t.Status, to, Role.Admin)!;
        var back = move.NeedsNote && to is "draft" or "submitted" && t.Status is "submitted" or "under_review";
        var (note, visibility) =
            back ? (Pick(DemoWords.InternalNotes).In(life.Arabic), NoteVisibility.Internal)
            : move.NeedsNote || Chance(60) ? (Pick(DemoWords.PublicNotes[to]).In(life.Arabic), NoteVisibility.Public)
            : (null, NoteVisibility.Internal);
        t.Move(
            workflow[to],
            note,
            visibility,
            Mover(life, move.ForEditors ? Role.Editor : Role.Admin).Acting(),
            life.At
        );

        var holder = to switch
        {
            "payment_pending" => HolderKind.Client,
            "on_hold" => Chance(60) ? HolderKind.Client : HolderKind.Authority,
            _ => HolderKind.Us,
        };
        if (t.HolderKind != holder && Wait(life, 0))
            HandTo(life, holder);
    }

    private void HandTo(Life life, HolderKind holder)
    {
        var fields = TransactionFields.Of(life.Transaction) with
        {
            HolderKind = holder,
            HolderName = null,
            HolderSince = Clock.RiyadhDate(life.At),
        };
        if (holder == HolderKind.Authority)
        {
            var authority = Pick(DemoWords.Authorities).In(life.Arabic);
            fields = fields with { HolderName = authority };
            if (Chance(70))
                fields = fields with
                {
                    AuthorityReferences =
                    [
                        .. fields.AuthorityReferences,
                        new(authority, $"{_random.Next(1_000_000, 9_999_999)}", Clock.RiyadhDate(life.At)),
                    ],
                };
        }

        life.Transaction.Edit(fields, Mover(life, Role.Editor).Acting(), life.At);
    }

    private static void GiveTo(Life life, User to, string? reason, User by)
    {
        life.Transaction.Assign(life.Assignee, to, reason, by.Acting(), life.At);
        life.Assignee = to;
    }

    // An editor acts only on transactions of their own.
    private User Mover(Life life, Role role) =>
        role == Role.Admin
            ? Pick(_admins)
            : life.Assignee ?? (life.Creator.Role == Role.Editor ? life.Creator : Pick(_admins));

    /// <summary>Lets about this many working days pass; false when that would be in the future.</summary>
    private bool Wait(Life life, int days)
    {
        var at =
            days == 0
                ? life.At.AddMinutes(_random.Next(3, 25))
                : AtWork(
                    Clock
                        .RiyadhDate(life.At)
                        .AddDays((int)Math.Round(days * life.Pace * (0.6 + _random.NextDouble()) * 1.4))
                );
        if (at <= life.At)
            at = life.At.AddMinutes(_random.Next(5, 50));
        if (at > now)
            return false;
        life.At = at;
        return true;
    }

    private DateTime AtWork(DateOnly day) =>
        Clock.StartOf(WorkingDay(day)).AddMinutes(_random.Next(OpensAt, ClosesAt)).AddSeconds(_random.Next(60));

    private DateOnly LastWorkingDay()
    {
        var day = _today.AddDays(-1);
        while (!catalogue.IsWorkingDay(day))
            day = day.AddDays(-1);
        return day;
    }

    private DateOnly WorkingDay(DateOnly day)
    {
        while (!catalogue.IsWorkingDay(day))
            day = day.AddDays(1);
        return day;
    }

    private string Reference(int client) =>
        client switch
        {
            0 => $"RRM-{_random.Next(1000, 9999)}/{_random.Next(1, 30)}",
            1 => string.Create(CultureInfo.InvariantCulture, $"NHC-{_today.Year}-{_random.Next(100, 9999):0000}"),
            _ => $"ص-{_random.Next(1000, 9999)}/{_random.Next(1, 12)}",
        };

    private bool Chance(int percent) => _random.Next(100) < percent;

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    private int Weighted(params int[] weights)
    {
        var left = _random.Next(weights.Sum());
        var at = 0;
        while (left >= weights[at])
            left -= weights[at++];
        return at;
    }

    private sealed class Life(
        Transaction transaction,
        DateTime at,
        bool arabic,
        double pace,
        User creator,
        User? assignee
    )
    {
        public Transaction Transaction { get; } = transaction;
        public DateTime At { get; set; } = at;
        public bool Arabic { get; } = arabic;
        public double Pace { get; } = pace;
        public User Creator { get; } = creator;
        public User? Assignee { get; set; } = assignee;
    }
}
