using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using MdcTts.Infrastructure.Security;
using Xunit;

namespace MdcTts.Features.Catalogue;

[Trait("runs", "once")]
public sealed class WorkflowMapTests
{
    /// <summary>domain.md's table, written out once more: from, to, who, and a star where a note is needed.</summary>
    private static readonly string[] Table =
    [
        "draft submitted editor",
        "draft cancelled* editor",
        "submitted under_review editor",
        "submitted draft* editor",
        "submitted cancelled* editor",
        "under_review approved admin",
        "under_review submitted* admin",
        "under_review cancelled* admin",
        "approved in_progress editor",
        "approved cancelled* editor",
        "in_progress payment_pending editor",
        "in_progress completed editor",
        "in_progress on_hold* editor",
        "in_progress cancelled* editor",
        "payment_pending paid editor",
        "payment_pending on_hold* editor",
        "payment_pending cancelled* editor",
        "paid completed editor",
        "on_hold in_progress admin",
        "on_hold payment_pending admin",
        "on_hold cancelled* admin",
    ];

    private static readonly WorkflowMap Map = new(DefaultWorkflow.Statuses, DefaultWorkflow.Moves);

    [Fact]
    public void The_default_is_the_table_of_the_domain()
    {
        var moves = DefaultWorkflow.Moves.Select(m =>
            $"{m.From} {m.To}{(m.NeedsNote ? "*" : "")} {(m.ForEditors ? "editor" : "admin")}"
        );

        Assert.Equal(Table.Order(), moves.Order());
    }

    [Fact]
    public void Each_role_has_its_moves_between_all_statuses()
    {
        var keys = Map.Statuses.Select(s => s.Key).ToList();
        foreach (var from in keys)
        foreach (var to in keys)
        {
            var line = Table.SingleOrDefault(l =>
                l.Replace("*", "").StartsWith($"{from} {to} ", StringComparison.Ordinal)
            );
            Assert.Equal(line is not null, Map.Find(from, to, Role.Admin) is not null);
            Assert.Equal(
                line?.EndsWith("editor", StringComparison.Ordinal) == true,
                Map.Find(from, to, Role.Editor) is not null
            );
            Assert.Null(Map.Find(from, to, Role.Client));
        }
    }

    [Fact]
    public void The_default_keeps_the_invariants() =>
        Assert.Empty(WorkflowMap.Faults(DefaultWorkflow.Statuses, DefaultWorkflow.Moves));

    [Fact]
    public void A_workflow_has_one_beginning() =>
        Assert.Equal(
            ["workflow.fault.one_initial"],
            WorkflowMap.Faults(
                [State("a", initial: true), State("b", initial: true), State("c", end: true)],
                [Move("a", "c"), Move("b", "c")]
            )
        );

    [Fact]
    public void Every_status_reaches_an_end() =>
        Assert.Equal(
            ["workflow.fault.no_end"],
            WorkflowMap.Faults(
                [State("a", initial: true), State("b"), State("c", end: true)],
                [Move("a", "c"), Move("a", "b"), Move("b", "b")]
            )
        );

    [Fact]
    public void An_end_has_no_way_out() =>
        Assert.Equal(
            ["workflow.fault.way_out_of_end"],
            WorkflowMap.Faults([State("a", initial: true), State("c", end: true)], [Move("a", "c"), Move("c", "a")])
        );

    [Theory]
    [InlineData(Meaning.Done)]
    [InlineData(Meaning.Dropped)]
    public void What_means_an_end_is_one_whatever_its_key(Meaning end)
    {
        var (start, archived) = (State("a", initial: true), new WorkflowStatus { Key = "archived", Meaning = end });

        Assert.Empty(WorkflowMap.Faults([start, archived], [Move("a", "archived")]));
        Assert.Equal(
            ["workflow.fault.way_out_of_end"],
            WorkflowMap.Faults([start, archived], [Move("a", "archived"), Move("archived", "a")])
        );
    }

    [Theory]
    [InlineData(Meaning.Draft)]
    [InlineData(Meaning.Open)]
    [InlineData(Meaning.Waiting)]
    public void What_means_no_end_is_none_whatever_its_key(Meaning other) =>
        Assert.Equal(
            ["workflow.fault.no_end"],
            WorkflowMap.Faults(
                [State("a", initial: true), new WorkflowStatus { Key = "completed", Meaning = other }],
                [Move("a", "completed")]
            )
        );

    [Fact]
    public void Statuses_and_moves_of_the_default_mean_what_the_domain_says()
    {
        Assert.Equal(
            [
                ("draft", Meaning.Draft),
                ("submitted", Meaning.Open),
                ("under_review", Meaning.Open),
                ("approved", Meaning.Open),
                ("in_progress", Meaning.Open),
                ("payment_pending", Meaning.Waiting),
                ("paid", Meaning.Open),
                ("on_hold", Meaning.Waiting),
                ("completed", Meaning.Done),
                ("cancelled", Meaning.Dropped),
            ],
            Map.Statuses.Select(s => (s.Key, s.Meaning))
        );
        Assert.Equal(
            [
                ("draft", "submitted", MoveMeaning.Submit),
                ("under_review", "approved", MoveMeaning.Approve),
                ("payment_pending", "paid", MoveMeaning.Pay),
            ],
            Map.Moves.Where(m => m.Meaning is not null).Select(m => (m.From, m.To, m.Meaning!.Value))
        );
        Assert.Equal("submitted", Map.Find("draft", MoveMeaning.Submit, Role.Editor)?.To);
        Assert.Null(Map.Find("under_review", MoveMeaning.Approve, Role.Editor));
        Assert.Null(Map.Find("submitted", MoveMeaning.Submit, Role.Admin));
    }

    [Fact]
    public void A_move_leads_from_a_status_to_a_status() =>
        Assert.Equal(
            ["workflow.fault.unknown_status"],
            WorkflowMap.Faults([State("a", initial: true), State("c", end: true)], [Move("a", "c"), Move("a", "x")])
        );

    /// <summary>However somebody moves, each step is in the table, and after an end there is none.</summary>
    [Property(MaxTest = 300)]
    public Property A_random_walk_never_leaves_the_graph() =>
        Prop.ForAll(
            Gen.Choose(0, 1_000_000).ListOf().ToArbitrary(),
            choices =>
            {
                var at = Map.Initial.Key;
                foreach (var choice in choices)
                {
                    var moves = Map.MovesFrom(at, choice % 3 == 0 ? Role.Editor : Role.Admin).ToList();
                    if (moves.Count == 0)
                        continue;
                    var move = moves[choice % moves.Count];
                    if (
                        move.From != at
                        || Map[at].IsEnd
                        || !Table.Any(l => l.Replace("*", "").StartsWith($"{at} {move.To} ", StringComparison.Ordinal))
                    )
                        return false;
                    at = move.To;
                }

                return Map.Has(at);
            }
        );

    private static WorkflowStatus State(string key, bool initial = false, bool end = false) =>
        new()
        {
            Key = key,
            NameEn = key,
            NameAr = key,
            IsInitial = initial,
            Meaning = end ? Meaning.Done : Meaning.Open,
        };

    private static WorkflowMove Move(string from, string to) => new() { From = from, To = to };
}
